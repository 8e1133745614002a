import type { Column, Introspector, Relation, TableInfo } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import { sql } from './sql.ts'

/** By PostgreSQL 8's catalog, which Redshift has kept: without to_regclass. */
export const introspect: Introspector = {
  async tables(session) {
    const rows = await readAll(
      session,
      `SELECT n.nspname, c.relname, c.relkind IN ('v', 'm') FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname !~ '^pg_'
         AND n.nspname NOT IN ('information_schema', 'catalog_history')
       ORDER BY 1, 2`,
    )
    const found = rows.map(
      ([schema, name, isView]): TableInfo => ({
        schema: String(schema),
        name: String(name),
        kind: isView === true ? 'view' : 'table',
      }),
    )
    const key = ({ schema, name }: TableInfo): string => `${schema}\0${name}`
    return found.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  },
  async kind(session, table) {
    const rows = await readAll(
      session,
      `SELECT c.relkind IN ('v', 'm') FROM ${CLASSES} WHERE c.relkind IN ('r', 'v', 'm') AND ${isNamed(table)}`,
    )
    if (rows[0] === undefined) return undefined
    return rows[0][0] === true ? 'view' : 'table'
  },
  async columns(session, table) {
    const rows = await readAll(
      session,
      `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM ${CLASSES}
       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
       WHERE ${isNamed(table)} AND a.attnum > 0 AND NOT a.attisdropped
       ORDER BY a.attnum`,
    )
    if (rows.length === 0) return undefined // there is no table without columns
    return rows.map(([name, type]): Column => ({ name: String(name), type: String(type) }))
  },
  async defaultSchema(session) {
    const rows = await readAll(session, `SELECT coalesce(current_schema(), 'public')`)
    return String(rows[0]?.[0])
  },
}

const CLASSES = `pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`

export function isNamed({ schema, name }: Relation): string {
  const inSchema =
    schema === undefined
      ? '(pg_catalog.pg_table_is_visible(c.oid))'
      : `n.nspname = ${sql.literal(schema)}`
  return `${inSchema} AND c.relname = ${sql.literal(name)}`
}
