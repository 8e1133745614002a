-- the ledger
CREATE SCHEMA IF NOT EXISTS "ferry";

-- the ledger
CREATE TABLE IF NOT EXISTS "ferry"."loads" ("delivery" varchar(256), "table_name" varchar(1040), "night" varchar(40), "strategy" varchar(64), "row_count" bigint, "edge" varchar(16000), "taken_at" varchar(160), "loaded_at" varchar(160)) DISTSTYLE ALL;

-- the schema of the source
CREATE SCHEMA IF NOT EXISTS "production";

BEGIN;

-- of two loads at once one waits here
LOCK "ferry"."loads";

-- and fails here, when the other one had the same delivery
SELECT 1 / (1 - count(*)) FROM "ferry"."loads"
WHERE delivery = 'a1b2c3' AND table_name = 'production.tasks';

-- the delivery is in the table with this transaction
INSERT INTO "ferry"."loads" ("delivery", "table_name", "night", "strategy", "row_count", "edge", "taken_at", "loaded_at")
VALUES ('a1b2c3', 'production.tasks', '2026-11-28', 'merge', 3, NULL, '2026-11-28T01:00:00.5Z', '2026-11-28T04:00:00Z');

-- what somebody left
DROP TABLE IF EXISTS "production"."__ferry_stage_tasks";

-- rows are put beside the table first
CREATE TABLE "production"."__ferry_stage_tasks" (
  "id" bigint NOT NULL,
  "title" varchar(320),
  "body" varchar(65535),
  "price" numeric(10,2),
  "done" boolean,
  "meta" super,
  "blob" varbyte(1024000),
  "updated_at" timestamptz,
  "ferry_row" bigint IDENTITY(1,1)
)
BACKUP NO DISTSTYLE EVEN;

-- one COPY of all 4 parts
COPY "production"."__ferry_stage_tasks" ("id", "title", "body", "price", "done", "meta", "blob", "updated_at")
FROM 's3://lake/stage/manifest'
IAM_ROLE 'arn:aws:iam::123456789012:role/ferry' REGION 'eu-central-1'
MANIFEST FORMAT AS CSV GZIP IGNOREHEADER 1 DATEFORMAT 'auto' TIMEFORMAT 'auto'
COMPUPDATE OFF STATUPDATE OFF;

-- COPY itself does not tell the driver (staged)
SELECT pg_last_copy_count();

-- one row a key (superseded)
DELETE FROM "production"."__ferry_stage_tasks"
WHERE "ferry_row" IN (SELECT "ferry_row" FROM (
  SELECT "ferry_row", ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "ferry_row" DESC) AS ferry_turn FROM "production"."__ferry_stage_tasks") AS t
  WHERE ferry_turn > 1);

-- the source has it now
ALTER TABLE "production"."tasks" ADD COLUMN "done" boolean;

-- rows that have changed; those that are as they were are left alone (written)
UPDATE "production"."tasks" SET "title" = s."title", "body" = s."body", "price" = s."price", "done" = s."done", "meta" = s."meta", "blob" = s."blob", "updated_at" = s."updated_at"
FROM "production"."__ferry_stage_tasks" AS s
WHERE s."id" = "production"."tasks"."id" AND ("production"."tasks"."title" <> s."title" OR ("production"."tasks"."title" IS NULL AND s."title" IS NOT NULL) OR ("production"."tasks"."title" IS NOT NULL AND s."title" IS NULL)
  OR "production"."tasks"."body" <> s."body" OR ("production"."tasks"."body" IS NULL AND s."body" IS NOT NULL) OR ("production"."tasks"."body" IS NOT NULL AND s."body" IS NULL)
  OR "production"."tasks"."price" <> s."price" OR ("production"."tasks"."price" IS NULL AND s."price" IS NOT NULL) OR ("production"."tasks"."price" IS NOT NULL AND s."price" IS NULL)
  OR "production"."tasks"."done" <> s."done" OR ("production"."tasks"."done" IS NULL AND s."done" IS NOT NULL) OR ("production"."tasks"."done" IS NOT NULL AND s."done" IS NULL)
  OR JSON_SERIALIZE("production"."tasks"."meta") <> JSON_SERIALIZE(s."meta") OR ("production"."tasks"."meta" IS NULL AND s."meta" IS NOT NULL) OR ("production"."tasks"."meta" IS NOT NULL AND s."meta" IS NULL)
  OR "production"."tasks"."blob" <> s."blob" OR ("production"."tasks"."blob" IS NULL AND s."blob" IS NOT NULL) OR ("production"."tasks"."blob" IS NOT NULL AND s."blob" IS NULL)
  OR "production"."tasks"."updated_at" <> s."updated_at" OR ("production"."tasks"."updated_at" IS NULL AND s."updated_at" IS NOT NULL) OR ("production"."tasks"."updated_at" IS NOT NULL AND s."updated_at" IS NULL));

-- those that are not there yet (written)
INSERT INTO "production"."tasks" ("id", "title", "body", "price", "done", "meta", "blob", "updated_at")
SELECT "id", "title", "body", "price", "done", "meta", "blob", "updated_at" FROM "production"."__ferry_stage_tasks" AS s
WHERE NOT EXISTS (SELECT 1 FROM "production"."tasks" AS t WHERE s."id" = t."id");

-- its rows are where they belong
DROP TABLE "production"."__ferry_stage_tasks";

COMMIT;

-- the planner learns of the rows
ANALYZE "production"."tasks";

-- for the pages (tableRows)
SELECT count(*) FROM "production"."tasks";
