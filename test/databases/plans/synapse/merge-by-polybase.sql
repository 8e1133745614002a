-- the ledger
BEGIN TRY IF SCHEMA_ID(N'ferry') IS NULL EXEC(N'CREATE SCHEMA [ferry]') END TRY
BEGIN CATCH IF SCHEMA_ID(N'ferry') IS NULL EXEC(N'CREATE SCHEMA [ferry]') END CATCH;

-- the ledger
BEGIN TRY IF OBJECT_ID(N'[ferry].[loads]') IS NULL CREATE TABLE [ferry].[loads] ([delivery] varchar(64) NULL, [table_name] varchar(260) NULL, [night] varchar(10) NULL, [strategy] varchar(16) NULL, [row_count] bigint NULL, [edge] varchar(4000) NULL, [taken_at] varchar(40) NULL, [loaded_at] varchar(40) NULL) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP) END TRY
BEGIN CATCH IF OBJECT_ID(N'[ferry].[loads]') IS NULL CREATE TABLE [ferry].[loads] ([delivery] varchar(64) NULL, [table_name] varchar(260) NULL, [night] varchar(10) NULL, [strategy] varchar(16) NULL, [row_count] bigint NULL, [edge] varchar(4000) NULL, [taken_at] varchar(40) NULL, [loaded_at] varchar(40) NULL) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP) END CATCH;

-- the schema of the source
BEGIN TRY IF SCHEMA_ID(N'production') IS NULL EXEC(N'CREATE SCHEMA [production]') END TRY
BEGIN CATCH IF SCHEMA_ID(N'production') IS NULL EXEC(N'CREATE SCHEMA [production]') END CATCH;

-- what a load that was killed left
IF EXISTS (SELECT 1 FROM sys.external_tables WHERE object_id = OBJECT_ID(N'[production].[__ferry_stage_tasks_files]')) DROP EXTERNAL TABLE [production].[__ferry_stage_tasks_files];

-- what a load that was killed left
IF EXISTS (SELECT 1 FROM sys.external_file_formats WHERE name = N'production___ferry_stage_tasks_files') DROP EXTERNAL FILE FORMAT [production___ferry_stage_tasks_files];

-- what a load that was killed left
IF EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = N'production___ferry_stage_tasks_files') DROP EXTERNAL DATA SOURCE [production___ferry_stage_tasks_files];

-- what a load that was killed left
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_texts]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_texts];

-- what a load that was killed left
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

-- the stage, by the credential that ferry.yaml names
CREATE EXTERNAL DATA SOURCE [production___ferry_stage_tasks_files]
WITH (TYPE = HADOOP, LOCATION = 'wasbs://stage@lake.blob.core.windows.net', CREDENTIAL = [lake]);

-- values are written so that none needs quotes
CREATE EXTERNAL FILE FORMAT [production___ferry_stage_tasks_files]
WITH (FORMAT_TYPE = DELIMITEDTEXT,
  FORMAT_OPTIONS (FIELD_TERMINATOR = ',', FIRST_ROW = 2, USE_TYPE_DEFAULT = FALSE, ENCODING = 'UTF8'),
  DATA_COMPRESSION = 'org.apache.hadoop.io.compress.GzipCodec');

-- the parts where they lie; what begins with an underscore is none
CREATE EXTERNAL TABLE [production].[__ferry_stage_tasks_files] (
  [id] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  [title] nvarchar(160) COLLATE Latin1_General_100_BIN2 NULL,
  [body] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [price] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  [done] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  [meta] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [blob] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [updated_at] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL
)
WITH (LOCATION = '/2026-11-28/tasks/', DATA_SOURCE = [production___ferry_stage_tasks_files], FILE_FORMAT = [production___ferry_stage_tasks_files], REJECT_TYPE = VALUE, REJECT_VALUE = 0);

-- PolyBase reads 2 parts at once (staged)
CREATE TABLE [production].[__ferry_stage_tasks_texts]
WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
AS SELECT [id] AS [id],
  CAST(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE([title], N'%00', N''), N'%0A', NCHAR(10)), N'%0D', NCHAR(13)), N'%22', N'"'), N'%2C', N','), N'%5C', N'\'), N'%25', N'%') AS nvarchar(160)) AS [title],
  CAST(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE([body], N'%00', N''), N'%0A', NCHAR(10)), N'%0D', NCHAR(13)), N'%22', N'"'), N'%2C', N','), N'%5C', N'\'), N'%25', N'%') AS nvarchar(max)) AS [body],
  [price] AS [price],
  [done] AS [done],
  CAST(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE([meta], N'%00', N''), N'%0A', NCHAR(10)), N'%0D', NCHAR(13)), N'%22', N'"'), N'%2C', N','), N'%5C', N'\'), N'%25', N'%') AS nvarchar(max)) AS [meta],
  [blob] AS [blob],
  [updated_at] AS [updated_at],
  CAST(0 AS bigint) AS [ferry_row]
FROM [production].[__ferry_stage_tasks_files]
OPTION (LABEL = N'ferry load production.tasks 2026-11-28');

-- values of their types, where the table has its rows
CREATE TABLE [production].[__ferry_stage_tasks]
WITH (DISTRIBUTION = HASH([id]), HEAP)
AS SELECT CAST(NULLIF([id], N'\N') AS bigint) AS [id],
  NULLIF([title], N'\N') COLLATE Latin1_General_100_BIN2 AS [title],
  NULLIF([body], N'\N') COLLATE Latin1_General_100_BIN2 AS [body],
  CAST(NULLIF([price], N'\N') AS decimal(10,2)) AS [price],
  CAST(CASE [done] WHEN N't' THEN 1 WHEN N'f' THEN 0 END AS bit) AS [done],
  CAST(NULLIF([meta], N'\N') AS nvarchar(max)) COLLATE Latin1_General_100_BIN2 AS [meta],
  CONVERT(varbinary(max), SUBSTRING(NULLIF([blob], N'\N'), 3, 2147483647), 2) AS [blob],
  CAST(REPLACE(NULLIF([updated_at], N'\N'), N'+00', N'+00:00') AS datetimeoffset(6)) AS [updated_at]
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY [id] ORDER BY [ferry_row] DESC) AS ferry_turn
  FROM [production].[__ferry_stage_tasks_texts]) AS t
WHERE ferry_turn = 1
OPTION (LABEL = N'ferry load production.tasks 2026-11-28');

-- rows with a key that another row has (superseded)
SELECT a.n - b.n FROM (SELECT COUNT_BIG(*) AS n FROM [production].[__ferry_stage_tasks_texts]) AS a
CROSS JOIN (SELECT COUNT_BIG(*) AS n FROM [production].[__ferry_stage_tasks]) AS b;

-- the source has it now
ALTER TABLE [production].[tasks] ADD [done] bit NULL;

BEGIN;

-- the delivery is in the table from here on
INSERT INTO [ferry].[loads] ([delivery], [table_name], [night], [strategy], [row_count], [edge], [taken_at], [loaded_at])
VALUES (N'a1b2c3', N'production.tasks', N'2026-11-28', N'merge', 3, NULL, N'2026-11-28T01:00:00.5Z', N'2026-11-28T04:00:00Z');

-- rows that have changed; those that are as they were are left alone (written)
UPDATE [production].[tasks] SET [title] = s.[title], [body] = s.[body], [price] = s.[price], [done] = s.[done], [meta] = s.[meta], [blob] = s.[blob], [updated_at] = s.[updated_at]
FROM [production].[__ferry_stage_tasks] AS s
WHERE s.[id] = [production].[tasks].[id] AND (CONCAT([production].[tasks].[title], N'.') COLLATE Latin1_General_100_BIN2 <> CONCAT(s.[title], N'.') COLLATE Latin1_General_100_BIN2 OR ([production].[tasks].[title] IS NULL AND s.[title] IS NOT NULL) OR ([production].[tasks].[title] IS NOT NULL AND s.[title] IS NULL)
  OR CONCAT([production].[tasks].[body], N'.') COLLATE Latin1_General_100_BIN2 <> CONCAT(s.[body], N'.') COLLATE Latin1_General_100_BIN2 OR ([production].[tasks].[body] IS NULL AND s.[body] IS NOT NULL) OR ([production].[tasks].[body] IS NOT NULL AND s.[body] IS NULL)
  OR [production].[tasks].[price] <> s.[price] OR ([production].[tasks].[price] IS NULL AND s.[price] IS NOT NULL) OR ([production].[tasks].[price] IS NOT NULL AND s.[price] IS NULL)
  OR [production].[tasks].[done] <> s.[done] OR ([production].[tasks].[done] IS NULL AND s.[done] IS NOT NULL) OR ([production].[tasks].[done] IS NOT NULL AND s.[done] IS NULL)
  OR CONCAT([production].[tasks].[meta], N'.') COLLATE Latin1_General_100_BIN2 <> CONCAT(s.[meta], N'.') COLLATE Latin1_General_100_BIN2 OR ([production].[tasks].[meta] IS NULL AND s.[meta] IS NOT NULL) OR ([production].[tasks].[meta] IS NOT NULL AND s.[meta] IS NULL)
  OR [production].[tasks].[blob] <> s.[blob] OR ([production].[tasks].[blob] IS NULL AND s.[blob] IS NOT NULL) OR ([production].[tasks].[blob] IS NOT NULL AND s.[blob] IS NULL)
  OR [production].[tasks].[updated_at] <> s.[updated_at] OR ([production].[tasks].[updated_at] IS NULL AND s.[updated_at] IS NOT NULL) OR ([production].[tasks].[updated_at] IS NOT NULL AND s.[updated_at] IS NULL))
OPTION (LABEL = N'ferry load production.tasks 2026-11-28');

-- those that are not there yet (written)
INSERT INTO [production].[tasks] ([id], [title], [body], [price], [done], [meta], [blob], [updated_at])
SELECT [id], [title], [body], [price], [done], [meta], [blob], [updated_at] FROM [production].[__ferry_stage_tasks] AS s
WHERE NOT EXISTS (SELECT 1 FROM [production].[tasks] AS t WHERE s.[id] = t.[id])
OPTION (LABEL = N'ferry load production.tasks 2026-11-28');

COMMIT;

-- its rows are where they belong
IF EXISTS (SELECT 1 FROM sys.external_tables WHERE object_id = OBJECT_ID(N'[production].[__ferry_stage_tasks_files]')) DROP EXTERNAL TABLE [production].[__ferry_stage_tasks_files];

-- its rows are where they belong
IF EXISTS (SELECT 1 FROM sys.external_file_formats WHERE name = N'production___ferry_stage_tasks_files') DROP EXTERNAL FILE FORMAT [production___ferry_stage_tasks_files];

-- its rows are where they belong
IF EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = N'production___ferry_stage_tasks_files') DROP EXTERNAL DATA SOURCE [production___ferry_stage_tasks_files];

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_texts]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_texts];

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

-- the planner learns of the rows
UPDATE STATISTICS [production].[tasks];

-- for the pages (tableRows)
SELECT COUNT_BIG(*) FROM [production].[tasks];
