import type { Column, Introspector, TableInfo } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import { sql } from './sql.ts'

export const introspect: Introspector = {
  async tables(session) {
    const rows = await readAll(
      session,
      `SELECT n.nspname, c.relname, c.relkind IN ('v', 'm') FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname !~ '^pg_'
         AND n.nspname <> 'information_schema'
       ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`,
    )
    return rows.map(
      ([schema, name, isView]): TableInfo => ({
        schema: String(schema),
        name: String(name),
        kind: isView === true ? 'view' : 'table',
      }),
    )
  },
  async kind(session, relation) {
    const rows = await readAll(
      session,
      `SELECT relkind IN ('v', 'm') FROM pg_catalog.pg_class
       WHERE oid = pg_catalog.to_regclass(${sql.literal(sql.relation(relation))})`,
    )
    if (rows[0] === undefined) return undefined
    return rows[0][0] === true ? 'view' : 'table'
  },
  async columns(session, relation) {
    const table = sql.literal(sql.relation(relation))
    const rows = await readAll(
      session,
      `SELECT attname, pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute
       WHERE attrelid = pg_catalog.to_regclass(${table}) AND attnum > 0 AND NOT attisdropped
       ORDER BY attnum`,
    )
    if (rows.length > 0) {
      return rows.map(([name, type]): Column => ({ name: String(name), type: String(type) }))
    }
    // A table without columns is a table.
    const found = await readAll(session, `SELECT pg_catalog.to_regclass(${table}) IS NOT NULL`)
    return found[0]?.[0] === true ? [] : undefined
  },
  async defaultSchema(session) {
    const rows = await readAll(session, 'SELECT coalesce(current_schema(), $$public$$)')
    return String(rows[0]?.[0])
  },
}
