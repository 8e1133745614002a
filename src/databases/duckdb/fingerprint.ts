import { FerryError } from '../../core/errors.ts'
import { type FingerprintParts, fingerprintWriter } from '../fingerprint-statements.ts'
import type { ComparedColumn } from '../fingerprint.ts'
import type { Relation } from '../dialect.ts'
import { floatText, intervalText, temporalText } from './canonical-text.ts'
import { sql } from './sql.ts'

const column = ({ column: { name } }: ComparedColumn): string => sql.identifier(name)

const parts: FingerprintParts = {
  family: 'duckdb',
  ownProbe: undefined,
  beginReading: ['BEGIN TRANSACTION'],
  sql,
  text: textOf,
  literal: literalOf,
  order: compared => (isOrderedByValue(compared) ? column(compared) : textOf(compared)),
  orderLiteral: (compared, text) => {
    if (!isOrderedByValue(compared)) return sql.literal(text)
    // A number may be beyond the column's type: the other side's is wider.
    return /^-?\d+$/.test(text) ? text : literalOf(compared, text)
  },
  concat: texts => texts.join(' || '),
  byteLength: text => `CAST(strlen(${text}) AS VARCHAR)`,
  md5Number: text => `CAST('0x' || substr(md5(${text}), 1, 15) AS BIGINT)`,
  count: 'count(*)',
  sum: integer => `CAST(coalesce(sum(${integer}), 0) AS VARCHAR)`,
  ownChecksum: undefined,
  keyColumns,
}

export const fingerprint = fingerprintWriter(parts)

const BY_VALUE = new Set([
  'integer',
  'decimal',
  'number',
  'date',
  'timestamp',
  'uuid',
  'bytes',
  'float',
])

function isOrderedByValue({ column: { type }, form }: ComparedColumn): boolean {
  return BY_VALUE.has(form.kind) && BY_VALUE.has(type.kind)
}

function textOf(compared: ComparedColumn): string {
  const { type } = compared.column
  const { form } = compared
  const value = column(compared)
  const text = `CAST(${value} AS VARCHAR)`
  switch (form.kind) {
    case 'number':
      // Decimals of a DECIMAL stand behind a point, always.
      return type.kind === 'integer' ? text : trimmedDecimal(text)
    case 'boolean':
      if (type.kind === 'boolean') return `CASE ${value} WHEN true THEN 't' WHEN false THEN 'f' END`
      return `CASE WHEN ${value} <> 0 THEN 't' WHEN ${value} = 0 THEN 'f' END`
    case 'float': {
      const bits = type.kind === 'float' ? Math.min(type.bits, form.bits) : form.bits
      return floatText(bits === 32 ? `CAST(${value} AS FLOAT)` : value, bits === 32 ? 32 : 64)
    }
    case 'text':
      return type.kind === 'text' || type.kind === 'json' || type.kind === 'other'
        ? text
        : textOf({ ...compared, form: type })
    case 'bytes':
      return `'\\x' || lower(hex(${value}))`
    case 'date':
    case 'timestamp':
      return temporalText(value, form)
    case 'interval':
      return type.kind === 'interval' ? intervalText(value) : text
    case 'integer':
    case 'decimal':
    case 'time':
    case 'uuid':
    case 'json':
    case 'other':
      return text
    default:
      throw new FerryError('BUG', `no text of \`${String(form satisfies never)}\``)
  }
}

const trimmedDecimal = (text: string): string =>
  `CASE WHEN contains(${text}, '.') THEN rtrim(rtrim(${text}, '0'), '.') ELSE ${text} END`

/** BC is written in other words here, and bytes in other escapes. */
function literalOf({ column: { type, native } }: ComparedColumn, text: string | null): string {
  if (text === null) return `CAST(NULL AS ${native})`
  switch (type.kind) {
    case 'bytes':
      return `unhex(${sql.literal(text.slice(2))})`
    case 'date':
    case 'timestamp': {
      const bc = text.endsWith(' BC') ? text.slice(0, -3).replace(/^\S+/, '$& (BC)') : text
      return `CAST(${sql.literal(bc)} AS ${native})`
    }
    case 'interval':
      return `CAST(${sql.literal(text.replace(/\bmons?\b/, 'months').replaceAll('+', ''))} AS ${native})`
    default:
      return `CAST(${sql.literal(text)} AS ${native})`
  }
}

/** Constraints are told in the order of their making. */
function keyColumns({ schema, name }: Relation): string {
  return `SELECT unnest(constraint_column_names) FROM (
  SELECT constraint_column_names FROM duckdb_constraints()
  WHERE database_name = current_database()
    AND lower(schema_name) = lower(${schema === undefined ? 'current_schema()' : sql.literal(schema)})
    AND lower(table_name) = lower(${sql.literal(name)}) AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')
    AND (constraint_type = 'PRIMARY KEY' OR NOT EXISTS (
      SELECT 1 FROM duckdb_columns() c
      WHERE c.database_name = current_database() AND c.is_nullable AND c.table_oid = duckdb_constraints.table_oid
        AND list_contains(constraint_column_names, c.column_name)))
  ORDER BY constraint_type, constraint_index LIMIT 1)`
}
