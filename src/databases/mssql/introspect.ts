import type { Column, Introspector, Relation, TableInfo } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import { sql } from './sql.ts'
import { declaredType } from './type-names.ts'

export const introspect: Introspector = {
  async tables(session) {
    const rows = await readAll(
      session,
      `SELECT s.name, o.name, o.type FROM sys.objects AS o
       JOIN sys.schemas AS s ON s.schema_id = o.schema_id
       WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
       ORDER BY s.name COLLATE Latin1_General_BIN2, o.name COLLATE Latin1_General_BIN2`,
    )
    return rows.map(
      ([schema, name, type]): TableInfo => ({
        schema: String(schema),
        name: String(name),
        kind: kindOf(type),
      }),
    )
  },
  async kind(session, relation) {
    const rows = await readAll(
      session,
      `SELECT type FROM sys.objects WHERE object_id = ${objectId(relation)} AND type IN ('U', 'V')`,
    )
    return rows[0] === undefined ? undefined : kindOf(rows[0][0])
  },
  async columns(session, relation) {
    const rows = await readAll(
      session,
      `SELECT c.name, t.name, c.max_length, c.precision, c.scale FROM sys.columns AS c
       JOIN sys.types AS t ON t.user_type_id = c.user_type_id
       WHERE c.object_id = ${objectId(relation)} ORDER BY c.column_id`,
    )
    if (rows.length > 0) {
      return rows.map(([name, type, maxLength, precision, scale]): Column => {
        const size = {
          maxLength: Number(maxLength),
          precision: Number(precision),
          scale: Number(scale),
        }
        return { name: String(name), type: declaredType(String(type), size) }
      })
    }
    return undefined // there is no table without columns
  },
  async defaultSchema(session) {
    const rows = await readAll(session, `SELECT ISNULL(SCHEMA_NAME(), 'dbo')`)
    return String(rows[0]?.[0])
  },
}

const kindOf = (type: unknown): 'table' | 'view' => (String(type).trim() === 'V' ? 'view' : 'table')

const objectId = (relation: Relation): string => `OBJECT_ID(${sql.literal(sql.relation(relation))})`
