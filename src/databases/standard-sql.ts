import { FerryError } from '../core/errors.ts'
import type { Relation, Value } from './dialect.ts'

/** The parts of SQL that PostgreSQL and DuckDB write alike. */
export const standardSql = {
  identifier,
  relation,
  literal,
  moment: (text: string): string => literal(text),
  createSchema: (schema: string): string => `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}`,
  createTableAs: (table: Relation, query: string): string =>
    `CREATE TABLE ${relation(table)} AS\n${query}`,
  dropTable: (table: Relation): string => `DROP TABLE IF EXISTS ${relation(table)}`,
  createOrReplaceView: (view: Relation, query: string): string =>
    `CREATE OR REPLACE VIEW ${relation(view)} AS\n${query}`,
  createTemporaryTableAs: (name: string, query: string): string =>
    `CREATE TEMPORARY TABLE ${identifier(name)} AS\n${query}`,
  minusSeconds: (expression: string, seconds: number): string =>
    `(${expression} - INTERVAL '${seconds} seconds')`,
}

function identifier(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new FerryError('USAGE', `\`${name}\` cannot be the name of a table or a column`)
  }
  return `"${name.replaceAll('"', '""')}"`
}

function relation({ schema, name }: Relation): string {
  return schema === undefined ? identifier(name) : `${identifier(schema)}.${identifier(name)}`
}

function literal(value: Value | Date): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value)
    throw new FerryError('USAGE', `\`${value}\` cannot be written as a SQL literal`)
  }
  if (value instanceof Date) return dateLiteral(value)
  if (value.includes('\0')) {
    throw new FerryError('USAGE', 'a text with a NUL character cannot be a SQL literal')
  }
  return `'${value.replaceAll("'", "''")}'`
}

/** A midnight in UTC is a date; anything else a time stamp with its zone. */
function dateLiteral(value: Date): string {
  if (Number.isNaN(value.getTime())) {
    throw new FerryError('USAGE', 'an invalid date cannot be written as a SQL literal')
  }
  const iso = value.toISOString()
  if (iso.endsWith('T00:00:00.000Z')) return `DATE '${iso.slice(0, 10)}'`
  return `TIMESTAMPTZ '${iso.slice(0, 10)} ${iso.slice(11, 23)}+00'`
}
