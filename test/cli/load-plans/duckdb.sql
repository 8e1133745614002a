-- production.tasks into duckdb (duckdb)

-- the schema of the source
CREATE SCHEMA IF NOT EXISTS "production";

-- what a load that was killed left
DROP TABLE IF EXISTS "production"."__ferry_stage_tasks";

-- rows are put beside the table first
CREATE TABLE "production"."__ferry_stage_tasks" (
  "id" BIGINT NOT NULL,
  "title" VARCHAR,
  "price" DECIMAL(10,2)
);

-- DuckDB reads the files itself, with all its threads (counted: staged)
INSERT INTO "production"."__ferry_stage_tasks"
SELECT "id", "title", "price"
FROM read_csv(['PROJECT/lake/production.tasks-N-0.csv'], columns = {'id': 'BIGINT', 'title': 'VARCHAR', 'price': 'DECIMAL(10,2)'}, compression = 'zstd', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\n', nullstr = '', allow_quoted_nulls = false, max_line_size = 16777216, buffer_size = 33554432);

BEGIN;

-- of two loads at once one fails here
INSERT INTO "ferry"."loads" ("delivery", "table_name", "night", "strategy", "row_count", "edge", "taken_at", "loaded_at")
VALUES (...);

-- of rows with the same key the last one counts (counted: superseded)
DELETE FROM "production"."__ferry_stage_tasks" AS s
USING (SELECT "id", max(rowid) AS ferry_last FROM "production"."__ferry_stage_tasks" GROUP BY "id" HAVING count(*) > 1) AS d
WHERE s."id" = d."id" AND s.rowid < d.ferry_last;

-- DuckDB replaces rows faster than it changes them (counted: updated)
DELETE FROM "production"."tasks" AS t
USING "production"."__ferry_stage_tasks" AS s
WHERE s."id" = t."id";

-- new and changed rows (counted: written)
INSERT INTO "production"."tasks" ("id", "title", "price")
SELECT "id", "title", "price" FROM "production"."__ferry_stage_tasks";

-- its rows are where they belong
DROP TABLE IF EXISTS "production"."__ferry_stage_tasks";

-- DuckDB knows it (counted: tableRows)
SELECT count(*) FROM "production"."tasks";

COMMIT;
