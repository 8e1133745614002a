-- the ledger
BEGIN TRY IF SCHEMA_ID(N'ferry') IS NULL EXEC(N'CREATE SCHEMA [ferry]') END TRY
BEGIN CATCH IF SCHEMA_ID(N'ferry') IS NULL EXEC(N'CREATE SCHEMA [ferry]') END CATCH;

-- the ledger
BEGIN TRY IF OBJECT_ID(N'[ferry].[loads]') IS NULL CREATE TABLE [ferry].[loads] ([delivery] varchar(64) NOT NULL, [table_name] varchar(260) NOT NULL, [night] varchar(10) NULL, [strategy] varchar(16) NULL, [row_count] bigint NULL, [edge] varchar(4000) NULL, [taken_at] varchar(40) NULL, [loaded_at] varchar(40) NULL, PRIMARY KEY ([delivery], [table_name])) END TRY
BEGIN CATCH IF OBJECT_ID(N'[ferry].[loads]') IS NULL CREATE TABLE [ferry].[loads] ([delivery] varchar(64) NOT NULL, [table_name] varchar(260) NOT NULL, [night] varchar(10) NULL, [strategy] varchar(16) NULL, [row_count] bigint NULL, [edge] varchar(4000) NULL, [taken_at] varchar(40) NULL, [loaded_at] varchar(40) NULL, PRIMARY KEY ([delivery], [table_name])) END CATCH;

-- the schema of the source
BEGIN TRY IF SCHEMA_ID(N'production') IS NULL EXEC(N'CREATE SCHEMA [production]') END TRY
BEGIN CATCH IF SCHEMA_ID(N'production') IS NULL EXEC(N'CREATE SCHEMA [production]') END CATCH;

-- what a load that was killed left
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

-- rows are put beside the table first
CREATE TABLE [production].[__ferry_stage_tasks] (
  [id] bigint NOT NULL,
  [title] nvarchar(160) COLLATE Latin1_General_100_BIN2 NULL,
  [body] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
  [price] decimal(10,2) NULL,
  [done] bit NULL,
  [meta] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
  [blob] varbinary(max) NULL,
  [updated_at] datetimeoffset(6) NULL,
  [ferry_row] bigint IDENTITY(1,1) NOT NULL
);

-- the rows of 1 parts, under a lock of the heap (staged)
INSERT BULK [production].[__ferry_stage_tasks] ([id] bigint, [title] nvarchar(160), [body] nvarchar(max), [price] decimal(10,2), [done] bit, [meta] nvarchar(max), [blob] varbinary(max), [updated_at] datetimeoffset(6)) WITH (KEEP_NULLS, TABLOCK);

-- of rows with the same key the last one counts (superseded)
DELETE FROM [production].[__ferry_stage_tasks]
WHERE EXISTS (SELECT 1 FROM [production].[__ferry_stage_tasks] AS later WHERE later.[id] = [production].[__ferry_stage_tasks].[id] AND later.[ferry_row] > [production].[__ferry_stage_tasks].[ferry_row]);

BEGIN;

-- of two loads at once one waits here, and fails
INSERT INTO [ferry].[loads] ([delivery], [table_name], [night], [strategy], [row_count], [edge], [taken_at], [loaded_at])
VALUES (N'a1b2c3', N'production.tasks', N'2026-11-28', N'append', 3, NULL, N'2026-11-28T01:00:00.5Z', N'2026-11-28T04:00:00Z');

-- those that are not there yet (written)
INSERT INTO [production].[tasks] ([id], [title], [body], [price], [done], [meta], [blob], [updated_at])
SELECT [id], [title], [body], [price], [done], [meta], [blob], [updated_at] FROM [production].[__ferry_stage_tasks] AS s
WHERE NOT EXISTS (SELECT 1 FROM [production].[tasks] AS t WHERE s.[id] = t.[id]);

-- its rows are where they belong
IF OBJECT_ID(N'[production].[__ferry_stage_tasks]', N'U') IS NOT NULL DROP TABLE [production].[__ferry_stage_tasks];

COMMIT;

-- the planner learns of the rows
UPDATE STATISTICS [production].[tasks];

-- for the pages (tableRows)
SELECT COUNT_BIG(*) FROM [production].[tasks];
