-- production.tasks into mssql (mssql)

-- the schema of the source
BEGIN TRY IF SCHEMA_ID(N'production') IS NULL EXEC(N'CREATE SCHEMA [production]') END TRY
BEGIN CATCH IF SCHEMA_ID(N'production') IS NULL EXEC(N'CREATE SCHEMA [production]') END CATCH;

-- what a load that was killed left
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

-- rows are put beside the table first
CREATE TABLE [production].[__ferry_stage_tasks] (
  [id] bigint NOT NULL,
  [title] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
  [price] decimal(10,2) NULL,
  [ferry_row] bigint IDENTITY(1,1) NOT NULL
);

-- the rows of 1 parts, under a lock of the heap (counted: staged); the rows are streamed into it
INSERT BULK [production].[__ferry_stage_tasks] ([id] bigint, [title] nvarchar(max), [price] decimal(10,2)) WITH (KEEP_NULLS, TABLOCK);

-- of rows with the same key the last one counts (counted: superseded)
DELETE FROM [production].[__ferry_stage_tasks]
WHERE EXISTS (SELECT 1 FROM [production].[__ferry_stage_tasks] AS later WHERE later.[id] = [production].[__ferry_stage_tasks].[id] AND later.[ferry_row] > [production].[__ferry_stage_tasks].[ferry_row]);

BEGIN;

-- of two loads at once one waits here, and fails
INSERT INTO [ferry].[loads] ([delivery], [table_name], [night], [strategy], [row_count], [edge], [taken_at], [loaded_at])
VALUES (...);

-- rows that have changed; those that are as they were are left alone (counted: written)
UPDATE [production].[tasks] SET [title] = s.[title], [price] = s.[price]
FROM [production].[__ferry_stage_tasks] AS s
WHERE s.[id] = [production].[tasks].[id] AND (CONCAT([production].[tasks].[title], N'.') COLLATE Latin1_General_100_BIN2 <> CONCAT(s.[title], N'.') COLLATE Latin1_General_100_BIN2 OR ([production].[tasks].[title] IS NULL AND s.[title] IS NOT NULL) OR ([production].[tasks].[title] IS NOT NULL AND s.[title] IS NULL)
  OR [production].[tasks].[price] <> s.[price] OR ([production].[tasks].[price] IS NULL AND s.[price] IS NOT NULL) OR ([production].[tasks].[price] IS NOT NULL AND s.[price] IS NULL));

-- those that are not there yet (counted: written)
INSERT INTO [production].[tasks] ([id], [title], [price])
SELECT [id], [title], [price] FROM [production].[__ferry_stage_tasks] AS s
WHERE NOT EXISTS (SELECT 1 FROM [production].[tasks] AS t WHERE s.[id] = t.[id]);

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

COMMIT;

-- the planner learns of the rows
UPDATE STATISTICS [production].[tasks];

-- for the pages (counted: tableRows)
SELECT COUNT_BIG(*) FROM [production].[tasks];
