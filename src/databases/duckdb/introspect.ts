import type { Column, Introspector, Relation, TableInfo } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import { sql } from './sql.ts'

export const introspect: Introspector = {
  async tables(session) {
    const rows = await readAll(
      session,
      `SELECT schema_name, table_name, 'table' FROM duckdb_tables()
       WHERE NOT internal AND NOT temporary AND database_name = current_database()
       UNION ALL
       SELECT schema_name, view_name, 'view' FROM duckdb_views()
       WHERE NOT internal AND NOT temporary AND database_name = current_database()
       ORDER BY 1, 2`,
    )
    return rows.map(
      ([schema, name, kind]): TableInfo => ({
        schema: String(schema),
        name: String(name),
        kind: kind === 'view' ? 'view' : 'table',
      }),
    )
  },
  async kind(session, relation) {
    const schema = schemaOf(relation)
    const name = sql.literal(relation.name)
    const rows = await readAll(
      session,
      `SELECT 'table' FROM duckdb_tables()
       WHERE database_name = current_database() AND lower(schema_name) = lower(${schema})
         AND lower(table_name) = lower(${name})
       UNION ALL
       SELECT 'view' FROM duckdb_views()
       WHERE database_name = current_database() AND lower(schema_name) = lower(${schema})
         AND lower(view_name) = lower(${name})`,
    )
    if (rows[0] === undefined) return undefined
    return rows[0][0] === 'view' ? 'view' : 'table'
  },
  async columns(session, relation) {
    const rows = await readAll(
      session,
      `SELECT column_name, data_type, database_name FROM duckdb_columns()
       WHERE (database_name = current_database() AND lower(schema_name) = lower(${schemaOf(relation)})
           OR database_name = 'temp' AND ${relation.schema === undefined})
         AND lower(table_name) = lower(${sql.literal(relation.name)})
       ORDER BY column_index`,
    )
    if (rows.length === 0) return undefined
    // An unqualified name is that of the session's own table first.
    const own = rows.filter(([, , database]) => database === 'temp')
    return (own.length > 0 ? own : rows).map(
      ([name, type]): Column => ({ name: String(name), type: String(type) }),
    )
  },
  async defaultSchema(session) {
    const rows = await readAll(session, 'SELECT current_schema()')
    return String(rows[0]?.[0])
  },
}

const schemaOf = ({ schema }: Relation): string =>
  schema === undefined ? 'current_schema()' : sql.literal(schema)
