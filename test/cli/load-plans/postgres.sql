-- production.tasks into postgres (postgres)

-- the schema of the source
CREATE SCHEMA IF NOT EXISTS "production";

-- what a load that was killed left
DROP TABLE IF EXISTS "production"."__ferry_stage_tasks";

-- rows are put beside the table first, without a log
CREATE UNLOGGED TABLE "production"."__ferry_stage_tasks" (
  "id" bigint NOT NULL,
  "title" text,
  "price" numeric(10,2)
);

-- as they come (counted: staged); the rows are streamed into it
COPY "production"."__ferry_stage_tasks" ("id", "title", "price") FROM STDIN (FORMAT csv);

-- the planner learns how few they are
ANALYZE "production"."__ferry_stage_tasks";

BEGIN;

-- of two loads at once one waits here, and fails
INSERT INTO "ferry"."loads" ("delivery", "table_name", "night", "strategy", "row_count", "edge", "taken_at", "loaded_at")
VALUES (...);

-- of rows with the same key the last one counts (counted: superseded)
DELETE FROM "production"."__ferry_stage_tasks" AS s
USING (SELECT "id", max(ctid) AS ferry_last FROM "production"."__ferry_stage_tasks" GROUP BY "id" HAVING count(*) > 1) AS d
WHERE s."id" = d."id" AND s.ctid < d.ferry_last;

-- rows that are as they were are left alone (counted: written)
MERGE INTO "production"."tasks" AS t
USING "production"."__ferry_stage_tasks" AS s ON t."id" = s."id"
WHEN MATCHED AND (t."title", t."price") IS DISTINCT FROM (s."title", s."price") THEN UPDATE SET "title" = s."title", "price" = s."price"
WHEN NOT MATCHED THEN INSERT ("id", "title", "price") VALUES (...);

-- its rows are where they belong
DROP TABLE IF EXISTS "production"."__ferry_stage_tasks";

COMMIT;

-- the planner learns of the rows
ANALYZE "production"."tasks";

-- for the pages (counted: tableRows)
SELECT count(*) FROM "production"."tasks";
