-- production.tasks into synapse (synapse)

-- the schema of the source
BEGIN TRY IF SCHEMA_ID(N'production') IS NULL EXEC(N'CREATE SCHEMA [production]') END TRY
BEGIN CATCH IF SCHEMA_ID(N'production') IS NULL EXEC(N'CREATE SCHEMA [production]') END CATCH;

-- what a load that was killed left
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_texts]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_texts];

-- what a load that was killed left
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

-- rows are fetched as texts: an empty one and NULL are told apart then
CREATE TABLE [production].[__ferry_stage_tasks_texts] (
  [id] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  [title] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
  [price] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  [ferry_row] bigint IDENTITY(1,1) NOT NULL
)
WITH (DISTRIBUTION = ROUND_ROBIN, HEAP);

-- the engine fetches 60 parts at once (counted: staged)
COPY INTO [production].[__ferry_stage_tasks_texts] ([id] 1, [title] 2, [price] 3)
FROM 'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0000.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0001.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0002.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0003.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0004.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0005.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0006.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0007.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0008.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0009.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0010.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0011.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0012.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0013.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0014.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0015.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0016.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0017.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0018.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0019.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0020.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0021.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0022.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0023.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0024.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0025.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0026.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0027.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0028.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0029.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0030.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0031.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0032.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0033.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0034.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0035.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0036.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0037.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0038.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0039.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0040.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0041.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0042.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0043.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0044.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0045.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0046.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0047.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0048.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0049.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0050.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0051.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0052.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0053.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0054.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0055.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0056.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0057.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0058.csv.gz',
  'https://account.blob.core.windows.net/stage/ferry-load/production.tasks/DELIVERY/part-0059.csv.gz'
WITH (FILE_TYPE = 'CSV', COMPRESSION = 'GZIP', ENCODING = 'UTF8', FIELDTERMINATOR = ',', FIELDQUOTE = '"', ROWTERMINATOR = '0x0A', FIRSTROW = 2, MAXERRORS = 0)
OPTION (LABEL = N'ferry load production.tasks 2026-11-30');

-- values of their types, where the table has its rows
CREATE TABLE [production].[__ferry_stage_tasks]
WITH (DISTRIBUTION = HASH([id]), HEAP)
AS SELECT CAST(NULLIF([id], N'\N') AS bigint) AS [id],
  NULLIF([title], N'\N') COLLATE Latin1_General_100_BIN2 AS [title],
  CAST(NULLIF([price], N'\N') AS decimal(10,2)) AS [price]
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY [id] ORDER BY [ferry_row] DESC) AS ferry_turn
  FROM [production].[__ferry_stage_tasks_texts]) AS t
WHERE ferry_turn = 1
OPTION (LABEL = N'ferry load production.tasks 2026-11-30');

-- rows with a key that another row has (counted: superseded)
SELECT a.n - b.n FROM (SELECT COUNT_BIG(*) AS n FROM [production].[__ferry_stage_tasks_texts]) AS a
CROSS JOIN (SELECT COUNT_BIG(*) AS n FROM [production].[__ferry_stage_tasks]) AS b;

BEGIN;

-- the delivery is in the table from here on
INSERT INTO [ferry].[loads] ([delivery], [table_name], [night], [strategy], [row_count], [edge], [taken_at], [loaded_at])
VALUES (...);

-- rows that have changed; those that are as they were are left alone (counted: written)
UPDATE [production].[tasks] SET [title] = s.[title], [price] = s.[price]
FROM [production].[__ferry_stage_tasks] AS s
WHERE s.[id] = [production].[tasks].[id] AND (CONCAT([production].[tasks].[title], N'.') COLLATE Latin1_General_100_BIN2 <> CONCAT(s.[title], N'.') COLLATE Latin1_General_100_BIN2 OR ([production].[tasks].[title] IS NULL AND s.[title] IS NOT NULL) OR ([production].[tasks].[title] IS NOT NULL AND s.[title] IS NULL)
  OR [production].[tasks].[price] <> s.[price] OR ([production].[tasks].[price] IS NULL AND s.[price] IS NOT NULL) OR ([production].[tasks].[price] IS NOT NULL AND s.[price] IS NULL))
OPTION (LABEL = N'ferry load production.tasks 2026-11-30');

-- those that are not there yet (counted: written)
INSERT INTO [production].[tasks] ([id], [title], [price])
SELECT [id], [title], [price] FROM [production].[__ferry_stage_tasks] AS s
WHERE NOT EXISTS (SELECT 1 FROM [production].[tasks] AS t WHERE s.[id] = t.[id])
OPTION (LABEL = N'ferry load production.tasks 2026-11-30');

COMMIT;

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks_texts]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks_texts];

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

-- the planner learns of the rows
UPDATE STATISTICS [production].[tasks];

-- for the pages (counted: tableRows)
SELECT COUNT_BIG(*) FROM [production].[tasks];
