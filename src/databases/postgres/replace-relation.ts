import type { Relation } from '../dialect.ts'
import { standardSql } from '../standard-sql.ts'

const { literal, relation } = standardSql

/**
 * PostgreSQL ties views, grants and comments to a relation's identity, not to its name. These
 * statements take them from the relation that goes and give them to the one that comes:
 *
 * 1. The views on it, and the views on those, are noted with their definitions and dropped, the
 *    outermost first. A reader locks a view before what is under it, so nobody deadlocks.
 * 2. The old relation is dropped and the new one takes its name.
 * 3. Owner, grants (also of single columns) and comments are given back; the views are made again,
 *    the innermost first.
 *
 * All in one DO block: one round trip, and part of the caller's transaction. What cannot be carried
 * over is refused: row-level security and triggers by us, foreign keys and materialized views by
 * DROP. Indexes of the old table go with it.
 * @see https://www.postgresql.org/docs/current/ddl-depend.html
 */
export function replaceRelation(live: Relation, kind: 'TABLE' | 'VIEW', create: string): string {
  return doBlock(live, exchange(live, kind, create))
}

/** Replaces a view in place when its columns allow it: then nothing has to be dropped. */
export function replaceView(live: Relation, query: string): string {
  const inPlace = `CREATE OR REPLACE VIEW ${relation(live)} AS\n${query}`
  return doBlock(
    live,
    `  IF old IS NULL OR (SELECT relkind FROM pg_catalog.pg_class WHERE oid = old) = 'v' THEN
    BEGIN
      EXECUTE ${literal(inPlace)};
      RETURN;
    EXCEPTION WHEN invalid_table_definition THEN
      NULL; -- its columns are others now
    END;
  END IF;
${exchange(live, 'VIEW', `CREATE VIEW ${relation(live)} AS\n${query}`)}`,
  )
}

function doBlock(live: Relation, body: string): string {
  return `DO ${literal(`DECLARE
  old oid := pg_catalog.to_regclass(${literal(relation(live))});
  commands text[] := '{}';
  columns text[] := '{}'; -- for each command, the column that it is about, or ''
  one record;
  more record;
BEGIN
${body}END`)}`
}

function exchange(live: Relation, kind: 'TABLE' | 'VIEW', create: string): string {
  return `  IF EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = old)
    OR EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = old AND NOT tgisinternal)
  THEN
    RAISE EXCEPTION '% has row-level security or triggers, which a new one would not have', old::regclass
      USING HINT = 'drop them, or put them on a table that no model replaces';
  END IF;
  FOR one IN ${RELATIONS_ABOVE} LOOP
    SELECT coalesce(pg_catalog.array_agg(s.command ORDER BY s.place), '{}') AS commands,
      coalesce(pg_catalog.array_agg(s.col ORDER BY s.place), '{}') AS columns
    INTO more FROM (${whatItHas(kind)}) s;
    commands := more.commands || commands;
    columns := more.columns || columns;
    IF one.oid <> old THEN
      EXECUTE pg_catalog.format('DROP VIEW %s', one.name);
    END IF;
  END LOOP;
  IF old IS NOT NULL THEN
    EXECUTE pg_catalog.format('DROP %s %s', (SELECT CASE relkind WHEN 'v' THEN 'VIEW'
      WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END FROM pg_catalog.pg_class WHERE oid = old),
      ${literal(relation(live))});
  END IF;
  EXECUTE ${literal(create)};
  FOR i IN 1 .. coalesce(pg_catalog.array_length(commands, 1), 0) LOOP
    IF columns[i] = '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attname = columns[i]
      AND attrelid = pg_catalog.to_regclass(${literal(relation(live))}) AND NOT attisdropped)
    THEN
      BEGIN
        EXECUTE commands[i];
      EXCEPTION WHEN OTHERS THEN
        RAISE EXCEPTION '%, in: %', SQLERRM, pg_catalog.left(commands[i], 200) USING ERRCODE = SQLSTATE,
          HINT = 'what reads the old columns cannot be made again: drop it first, or keep the columns';
      END;
    END IF;
  END LOOP;
`
}

/** The old relation and all views above it, the outermost first. */
const RELATIONS_ABOVE = `
    WITH RECURSIVE above AS (
      SELECT old AS oid, 0 AS depth WHERE old IS NOT NULL
      UNION
      SELECT r.ev_class, above.depth + 1
      FROM above
      JOIN pg_catalog.pg_depend d ON d.refobjid = above.oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.classid = 'pg_catalog.pg_rewrite'::regclass
      JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> above.oid
    )
    SELECT c.oid, c.relowner, c.relacl, c.reloptions,
      pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
    FROM above
    JOIN pg_catalog.pg_class c ON c.oid = above.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = old OR c.relkind = 'v'
    GROUP BY c.oid, n.nspname
    ORDER BY max(above.depth) DESC`

const GRANTEE = `CASE acl.grantee WHEN 0 THEN 'PUBLIC'
        ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(acl.grantee)) END
        || CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`

/** The commands that give a relation what it has now; a view is made first. */
function whatItHas(kind: 'TABLE' | 'VIEW'): string {
  const kindOfOne = `CASE WHEN one.oid = old THEN '${kind}' ELSE 'VIEW' END`
  return `
      SELECT 1 AS place, '' AS col, pg_catalog.format('CREATE VIEW %s%s AS %s', one.name,
        ' WITH (' || pg_catalog.array_to_string(one.reloptions, ', ') || ')',
        pg_catalog.pg_get_viewdef(one.oid)) AS command
      WHERE one.oid <> old
      UNION ALL
      SELECT 2, '', pg_catalog.format('ALTER TABLE %s OWNER TO %I', one.name,
        pg_catalog.pg_get_userbyid(one.relowner))
      WHERE pg_catalog.pg_get_userbyid(one.relowner) <> current_user
      UNION ALL
      SELECT 3, '', pg_catalog.format('GRANT %s ON %s TO %s', acl.privilege_type, one.name, ${GRANTEE})
      FROM pg_catalog.aclexplode(one.relacl) acl WHERE acl.grantee <> one.relowner
      UNION ALL
      SELECT 4, a.attname::text, pg_catalog.format('GRANT %s (%I) ON %s TO %s', acl.privilege_type,
        a.attname, one.name, ${GRANTEE})
      FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) acl
      WHERE a.attrelid = one.oid AND NOT a.attisdropped
      UNION ALL
      SELECT 5, '', pg_catalog.format('COMMENT ON %s %s IS %L', ${kindOfOne}, one.name,
        pg_catalog.obj_description(one.oid, 'pg_class'))
      WHERE pg_catalog.obj_description(one.oid, 'pg_class') IS NOT NULL
      UNION ALL
      SELECT 6, a.attname::text, pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', one.name, a.attname,
        pg_catalog.col_description(one.oid, a.attnum))
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = one.oid AND a.attnum > 0
        AND pg_catalog.col_description(one.oid, a.attnum) IS NOT NULL
    `
}
