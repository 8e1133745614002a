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
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_texts]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_texts];

-- what a load that was killed left
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

-- what a load that was killed left
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_days]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_days];

-- what a load that was killed left
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_fresh]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_fresh];

-- rows are fetched as texts: an empty one and NULL are told apart then
CREATE TABLE [production].[__ferry_stage_tasks_texts] (
  [id] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  [title] nvarchar(160) COLLATE Latin1_General_100_BIN2 NULL,
  [body] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
  [price] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  [done] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  [meta] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
  [blob] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
  [updated_at] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  [ferry_row] bigint IDENTITY(1,1) NOT NULL
)
WITH (DISTRIBUTION = ROUND_ROBIN, HEAP);

-- the engine fetches 2 parts at once (staged)
COPY INTO [production].[__ferry_stage_tasks_texts] ([id] 1, [title] 2, [body] 3, [price] 4, [done] 5, [meta] 6, [blob] 7, [updated_at] 8)
FROM 'https://lake.blob.core.windows.net/stage/2026-11-28/tasks/part-0.csv.gz',
  'https://lake.blob.core.windows.net/stage/2026-11-28/tasks/part-1.csv.gz'
WITH (FILE_TYPE = 'CSV', COMPRESSION = 'GZIP', ENCODING = 'UTF8', FIELDTERMINATOR = ',', FIELDQUOTE = '"', ROWTERMINATOR = '0x0A', FIRSTROW = 2, MAXERRORS = 0, CREDENTIAL = (IDENTITY = 'Managed Identity'))
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

-- a table that was made otherwise is not taken apart
IF NOT EXISTS (SELECT 1 FROM sys.partition_range_values AS v
  JOIN sys.partition_schemes AS p ON p.function_id = v.function_id
  JOIN sys.indexes AS i ON i.data_space_id = p.data_space_id AND i.index_id IN (0, 1) WHERE i.object_id = OBJECT_ID(N'[production].[tasks]')) THROW 50000, N'[production].[tasks] has no partitions: load it once under another name, or drop it, and it is made with them', 1;

-- the periods that the files are of
CREATE TABLE [production].[__ferry_stage_tasks_days]
WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
AS SELECT DISTINCT CAST(SWITCHOFFSET([updated_at], N'+00:00') AS date) AS ferry_from FROM [production].[__ferry_stage_tasks];

-- partitions of their own: those were empty until now
DECLARE @ferry nvarchar(max) = COALESCE((SELECT STRING_AGG(CAST(CONCAT(N'BEGIN TRY ALTER TABLE [production].[tasks] SPLIT RANGE (''', CONVERT(nvarchar(10), b.ferry_bound, 23), N''') END TRY BEGIN CATCH PRINT N''it is there'' END CATCH') AS nvarchar(max)), N';
') FROM (SELECT ferry_from AS ferry_bound FROM [production].[__ferry_stage_tasks_days] WHERE ferry_from IS NOT NULL
  UNION SELECT DATEADD(day, 1, ferry_from) FROM [production].[__ferry_stage_tasks_days] WHERE ferry_from IS NOT NULL) AS b), N'')
EXEC(@ferry);

-- a table as the target is, with these partitions
DECLARE @ferry nvarchar(max) = COALESCE((SELECT CAST(CONCAT(N'CREATE TABLE [production].[__ferry_stage_tasks_fresh]
WITH (DISTRIBUTION = HASH([id]), HEAP, PARTITION ([updated_at] RANGE RIGHT FOR VALUES (''0001-01-01''', (SELECT STRING_AGG(CAST(CONCAT(N', ''', CONVERT(nvarchar(10), b.ferry_bound, 23), N'''') AS nvarchar(max)), N'') WITHIN GROUP (ORDER BY b.ferry_bound)
  FROM (SELECT ferry_from AS ferry_bound FROM [production].[__ferry_stage_tasks_days] WHERE ferry_from IS NOT NULL
  UNION SELECT DATEADD(day, 1, ferry_from) FROM [production].[__ferry_stage_tasks_days] WHERE ferry_from IS NOT NULL) AS b), N')))
AS SELECT * FROM [production].[tasks] WHERE 1 = 2') AS nvarchar(max))), N'')
EXEC(@ferry);

-- its rows are compressed before anybody sees them (written)
INSERT INTO [production].[__ferry_stage_tasks_fresh] ([id], [title], [body], [price], [done], [meta], [blob], [updated_at])
SELECT [id], [title], [body], [price], [done], [meta], [blob], [updated_at] FROM [production].[__ferry_stage_tasks]
OPTION (LABEL = N'ferry load production.tasks 2026-11-28');

-- rows of those periods until now (deleted)
SELECT COUNT_BIG(*) FROM [production].[tasks] AS t
WHERE EXISTS (SELECT 1 FROM [production].[__ferry_stage_tasks_days] AS s WHERE t.[updated_at] >= s.ferry_from AND t.[updated_at] < DATEADD(day, 1, s.ferry_from))
  OR (t.[updated_at] IS NULL AND EXISTS (SELECT 1 FROM [production].[__ferry_stage_tasks_days] AS s WHERE s.ferry_from IS NULL));

-- those periods, whole; a matter of names, not of rows
DECLARE @ferry nvarchar(max) = COALESCE((SELECT STRING_AGG(CASE WHEN d.ferry_from IS NULL THEN N'ALTER TABLE [production].[__ferry_stage_tasks_fresh] SWITCH PARTITION 1 TO [production].[tasks] PARTITION 1 WITH (TRUNCATE_TARGET = ON)' ELSE CAST(CONCAT(N'DECLARE @switch', d.ferry_turn, N' nvarchar(max) = (SELECT CONCAT(N''ALTER TABLE [production].[__ferry_stage_tasks_fresh] SWITCH PARTITION '', 1 + SUM(CASE WHEN i.object_id = OBJECT_ID(N''[production].[__ferry_stage_tasks_fresh]'') THEN 1 ELSE 0 END), N'' TO [production].[tasks] PARTITION '', 1 + SUM(CASE WHEN i.object_id = OBJECT_ID(N''[production].[tasks]'') THEN 1 ELSE 0 END), N'' WITH (TRUNCATE_TARGET = ON)'')
  FROM sys.partition_range_values AS v
  JOIN sys.partition_schemes AS p ON p.function_id = v.function_id
  JOIN sys.indexes AS i ON i.data_space_id = p.data_space_id AND i.index_id IN (0, 1) WHERE CAST(v.value AS date) <= ''', CONVERT(nvarchar(10), d.ferry_from, 23), N''') EXEC(@switch', d.ferry_turn, N')') AS nvarchar(max)) END, N';
')
FROM (SELECT ferry_from, ROW_NUMBER() OVER (ORDER BY ferry_from) AS ferry_turn FROM [production].[__ferry_stage_tasks_days]) AS d), N'')
EXEC(@ferry);

-- the delivery is in the table from here on
INSERT INTO [ferry].[loads] ([delivery], [table_name], [night], [strategy], [row_count], [edge], [taken_at], [loaded_at])
VALUES (N'a1b2c3', N'production.tasks', N'2026-11-28', N'partition', 3, NULL, N'2026-11-28T01:00:00.5Z', N'2026-11-28T04:00:00Z');

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_texts]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_texts];

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_days]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_days];

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_fresh]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_fresh];

-- the planner learns of the rows
UPDATE STATISTICS [production].[tasks];

-- for the pages (tableRows)
SELECT COUNT_BIG(*) FROM [production].[tasks];
