import type { Column, Introspector, Relation, TableInfo } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import { sql } from './sql.ts'
import { plainTypeName } from './type-names.ts'

/** Databases of the server itself. */
export const SYSTEM_SCHEMAS = "('information_schema', 'mysql', 'performance_schema', 'sys')"

export const introspect: Introspector = {
  async tables(session) {
    const rows = await readAll(
      session,
      `SELECT table_schema, table_name, table_type LIKE '%VIEW%' FROM information_schema.tables
       WHERE table_schema NOT IN ${SYSTEM_SCHEMAS} AND table_type IN ('BASE TABLE', 'VIEW',
         'SYSTEM VERSIONED') ORDER BY BINARY table_schema, BINARY table_name`,
    )
    return rows.map(
      ([schema, name, isView]): TableInfo => ({
        schema: String(schema),
        name: String(name),
        kind: isView === 1 ? 'view' : 'table',
      }),
    )
  },
  async kind(session, relation) {
    const rows = await readAll(
      session,
      `SELECT table_type LIKE '%VIEW%' FROM information_schema.tables WHERE ${isTable(relation)}`,
    )
    if (rows[0] === undefined) return undefined
    return rows[0][0] === 1 ? 'view' : 'table'
  },
  async columns(session, relation) {
    const rows = await readAll(
      session,
      `SELECT column_name, column_type FROM information_schema.columns WHERE ${isTable(relation)}
       ORDER BY ordinal_position`,
    )
    if (rows.length === 0) return undefined
    return rows.map(
      ([name, type]): Column => ({ name: String(name), type: plainTypeName(String(type)) }),
    )
  },
  async defaultSchema(session) {
    const rows = await readAll(session, `SELECT coalesce(database(), '')`)
    return String(rows[0]?.[0])
  },
}

/** Condition on the columns `table_schema` and `table_name` of the catalogue. */
export function isTable({ schema, name }: Relation): string {
  const where = schema === undefined ? 'database()' : sql.literal(schema)
  return `table_schema = ${where} AND table_name = ${sql.literal(name)}`
}
