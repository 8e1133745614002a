import { FerryError } from '../../core/errors.ts'
import { type FingerprintParts, fingerprintWriter } from '../fingerprint-statements.ts'
import type { ComparedColumn } from '../fingerprint.ts'
import type { Relation } from '../dialect.ts'
import { sql } from './sql.ts'

const column = ({ column: { name } }: ComparedColumn): string => sql.identifier(name)

const parts: FingerprintParts = {
  family: 'postgres',
  // Hashes are the same from all servers that hash alike: they may change with a major version, and
  // with the order of bytes in the machine.
  ownProbe: `SELECT ${ownHash(
    `1::int2, 2::int4, 3::int8, true, DATE '2026-01-01', TIME '12:34:56', TIMESTAMP '2026-01-01',
     TIMESTAMPTZ '2026-01-01 00:00:00+00', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid, '\\x00ff'::bytea,
     1.10::numeric(5, 2), 'text'::text COLLATE "C", NULL::int4`,
  )}::text`,
  beginReading: [
    'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
    `SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true),
       set_config('IntervalStyle', 'postgres', true), set_config('extra_float_digits', '3', true),
       set_config('bytea_output', 'hex', true)`,
  ],
  sql,
  text: textOf,
  literal: (compared, text) =>
    `CAST(${text === null ? 'NULL' : sql.literal(text)} AS ${compared.column.native})`,
  order: compared =>
    isOrderedByValue(compared) ? column(compared) : `${textOf(compared)} COLLATE "C"`,
  orderLiteral: (compared, text) => {
    if (!isOrderedByValue(compared)) return sql.literal(text)
    // A number may be beyond the column's type: the other side's is wider.
    if (/^-?\d+$/.test(text)) return text
    return `CAST(${sql.literal(text)} AS ${compared.column.native})`
  },
  concat: texts => texts.join(' || '),
  byteLength: text => `CAST(octet_length(${text}) AS text)`,
  md5Number: text => `CAST(CAST('x' || substr(md5(${text}), 1, 15) AS bit(60)) AS bigint)`,
  count: 'count(*)',
  sum: integer => `CAST(coalesce(sum(${integer}), 0) AS text)`,
  ownChecksum: columns => ownHash(columns.map(hashed).join(', ')),
  keyColumns,
}

export const fingerprint = fingerprintWriter(parts)

/**
 * The server's hash of a row adds up those of its values, each times a power of 31: sums of it would
 * not see two rows that swapped a value. Hashing the hash does away with that.
 */
function ownHash(values: string): string {
  return `hashint8extended(hash_record_extended(ROW(${values}), 0), 0)`
}

/** Types of which two values hash alike only if their texts are the same. */
const HASHED_BY_VALUE = new Set(['boolean', 'integer', 'bytes', 'date', 'timestamp', 'uuid'])
/** Not that of bits, money or enumerations, which say `integer` or `text` in other engines. */
const NATIVE = /^(smallint|integer|bigint|boolean|bytea|date|uuid|timestamp.*|time.*without.*)$/

/** What is hashed in place of a value: text where equal values may be written in several ways (1.0, 1.00). */
function hashed(compared: ComparedColumn): string {
  const { type, native } = compared.column
  const { form } = compared
  if (form.kind === type.kind && HASHED_BY_VALUE.has(type.kind) && NATIVE.test(native)) {
    return column(compared)
  }
  if (type.kind === 'decimal' && type.scale !== undefined && native.startsWith('numeric(')) {
    return column(compared)
  }
  return `${textOf(compared)} COLLATE "C"`
}

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
  const { type, native } = compared.column
  const { form } = compared
  const value = column(compared)
  const text = `CAST(${value} AS text)`
  switch (form.kind) {
    case 'number':
      return type.kind === 'integer' ? text : `CAST(trim_scale(${value}) AS text)`
    case 'boolean':
      if (type.kind === 'boolean') return `CASE ${value} WHEN true THEN 't' WHEN false THEN 'f' END`
      return `CASE WHEN ${value} <> 0 THEN 't' WHEN ${value} = 0 THEN 'f' END`
    case 'float':
      if (form.bits === 32 && type.kind === 'float' && type.bits === 64) {
        return `CAST(CAST(${value} AS real) AS text)`
      }
      return text
    case 'text':
    case 'json':
    case 'other':
      if (type.kind === 'boolean') return textOf({ ...compared, form: type })
      // A cast takes the blanks from the end of a character(n); concat() writes what COPY does.
      return /^(character|bpchar)\b(?! varying)/.test(native) ? padded(value) : text
    case 'integer':
    case 'decimal':
    case 'bytes':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'interval':
    case 'uuid':
      return text
    default:
      throw new FerryError('BUG', `no text of \`${String(form satisfies never)}\``)
  }
}

const padded = (value: string): string => `CASE WHEN ${value} IS NOT NULL THEN concat(${value}) END`

/** The primary key first; else the unique index with the fewest columns, all of them NOT NULL. */
function keyColumns(relation: Relation): string {
  return `SELECT a.attname FROM (
  SELECT i.indrelid, i.indkey, i.indnkeyatts FROM pg_catalog.pg_index i
  WHERE i.indrelid = pg_catalog.to_regclass(${sql.literal(sql.relation(relation))})
    AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute n
      WHERE n.attrelid = i.indrelid AND n.attnum = ANY (i.indkey) AND NOT n.attnotnull)
  ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1) AS k
JOIN LATERAL unnest(k.indkey::int2[]) WITH ORDINALITY AS c(attnum, n) ON c.n <= k.indnkeyatts
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.indrelid AND a.attnum = c.attnum
ORDER BY c.n`
}
