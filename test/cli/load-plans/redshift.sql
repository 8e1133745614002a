-- production.tasks into redshift (redshift)

-- the schema of the source
CREATE SCHEMA IF NOT EXISTS "production";

BEGIN;

-- of two loads at once one waits here
LOCK "ferry"."loads";

-- and fails here, when the other one had the same delivery
SELECT 1 / (1 - count(*)) FROM "ferry"."loads"
WHERE delivery = 'DELIVERY' AND table_name = 'production.tasks';

-- the delivery is in the table with this transaction
INSERT INTO "ferry"."loads" ("delivery", "table_name", "night", "strategy", "row_count", "edge", "taken_at", "loaded_at")
VALUES (...);

-- what somebody left
DROP TABLE IF EXISTS "production"."__ferry_stage_tasks";

-- rows are put beside the table first
CREATE TABLE "production"."__ferry_stage_tasks" (
  "id" bigint NOT NULL,
  "title" varchar(65535),
  "price" numeric(10,2),
  "ferry_row" bigint IDENTITY(1,1)
)
BACKUP NO DISTSTYLE EVEN;

-- one COPY of all 4 parts
COPY "production"."__ferry_stage_tasks" ("id", "title", "price")
FROM 's3://stage/ferry-load/production.tasks/DELIVERY/_manifest'
IAM_ROLE default
MANIFEST FORMAT AS CSV GZIP IGNOREHEADER 1 DATEFORMAT 'auto' TIMEFORMAT 'auto'
COMPUPDATE OFF STATUPDATE OFF;

-- COPY itself does not tell the driver (counted: staged)
SELECT pg_last_copy_count();

-- one row a key (counted: superseded)
DELETE FROM "production"."__ferry_stage_tasks"
WHERE "ferry_row" IN (SELECT "ferry_row" FROM (
  SELECT "ferry_row", ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "ferry_row" DESC) AS ferry_turn FROM "production"."__ferry_stage_tasks") AS t
  WHERE ferry_turn > 1);

-- rows that have changed; those that are as they were are left alone (counted: written)
UPDATE "production"."tasks" SET "title" = s."title", "price" = s."price"
FROM "production"."__ferry_stage_tasks" AS s
WHERE s."id" = "production"."tasks"."id" AND ("production"."tasks"."title" <> s."title" OR ("production"."tasks"."title" IS NULL AND s."title" IS NOT NULL) OR ("production"."tasks"."title" IS NOT NULL AND s."title" IS NULL)
  OR "production"."tasks"."price" <> s."price" OR ("production"."tasks"."price" IS NULL AND s."price" IS NOT NULL) OR ("production"."tasks"."price" IS NOT NULL AND s."price" IS NULL));

-- those that are not there yet (counted: written)
INSERT INTO "production"."tasks" ("id", "title", "price")
SELECT "id", "title", "price" FROM "production"."__ferry_stage_tasks" AS s
WHERE NOT EXISTS (SELECT 1 FROM "production"."tasks" AS t WHERE s."id" = t."id");

-- its rows are where they belong
DROP TABLE "production"."__ferry_stage_tasks";

COMMIT;

-- the planner learns of the rows
ANALYZE "production"."tasks";

-- for the pages (counted: tableRows)
SELECT count(*) FROM "production"."tasks";
