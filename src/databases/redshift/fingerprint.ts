import { FerryError } from '../../core/errors.ts'
import type { ColumnType } from '../../formats/column-type.ts'
import type { Relation } from '../dialect.ts'
import { type FingerprintParts, fingerprintWriter } from '../fingerprint-statements.ts'
import type { ComparedColumn } from '../fingerprint.ts'
import { isNamed } from './introspect.ts'
import { sql } from './sql.ts'

const column = ({ column: { name } }: ComparedColumn): string => sql.identifier(name)

const parts: FingerprintParts = {
  family: 'redshift',
  ownProbe: undefined,
  // Every level of isolation is one at which a transaction sees one moment.
  beginReading: ['BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY'],
  sql,
  text: textOf,
  literal: literalOf,
  // Texts sort by their bytes, unless a column was made to pass over case.
  order: compared => (isOrderedByValue(compared) ? column(compared) : textOf(compared)),
  orderLiteral: (compared, text) => {
    if (!isOrderedByValue(compared)) return sql.literal(text)
    // A number may be beyond the column's type: the other side's is wider.
    return /^-?\d+$/.test(text) ? text : literalOf(compared, text)
  },
  concat: texts => texts.join(' || '),
  byteLength: text => `CAST(octet_length(${text}) AS varchar(20))`,
  md5Number: text => `strtol(left(md5(${text}), 15), 16)`,
  count: 'count(*)',
  sum: integer => `CAST(coalesce(sum(CAST(${integer} AS numeric(38,0))), 0) AS varchar(40))`,
  ownChecksum: undefined,
  keyColumns,
}

export const fingerprint = fingerprintWriter(parts)

const BY_VALUE = new Set(['integer', 'decimal', 'number', 'date', 'timestamp'])

function isOrderedByValue({ column: { type }, form }: ComparedColumn): boolean {
  return BY_VALUE.has(form.kind) && BY_VALUE.has(type.kind)
}

function textOf(compared: ComparedColumn): string {
  const { type, native } = compared.column
  const { form } = compared
  const value = column(compared)
  const text = `CAST(${value} AS varchar(65535))`
  if (native === 'super') {
    throw unwritten(compared, 'keeps JSON by its meaning, not by its text')
  }
  switch (form.kind) {
    case 'number':
      return type.kind === 'decimal' && type.scale !== 0 ? withoutZeros(text) : text
    case 'boolean':
      if (type.kind === 'boolean')
        return `CASE WHEN ${value} THEN 't' WHEN NOT ${value} THEN 'f' END`
      return `CASE WHEN ${value} <> 0 THEN 't' WHEN ${value} = 0 THEN 'f' END`
    case 'float':
      throw unwritten(compared, 'prints more digits of a float than it takes, or fewer')
    case 'text':
    case 'json':
    case 'other':
      return isText(type) ? text : textOf({ ...compared, form: type })
    case 'bytes':
      return `${sql.literal('\\x')} || lower(from_varbyte(${value}, 'hex'))`
    case 'date':
      return `to_char(${value}, 'YYYY-MM-DD')${beforeChrist(value)}`
    case 'time':
      if (form.zone) throw unwritten(compared, 'keeps a time with a zone in UTC')
      return withoutZeros(text)
    case 'timestamp': {
      const moment = form.zone ? `(${value} AT TIME ZONE 'UTC')` : value
      const digits = `rtrim(rtrim(to_char(${moment}, 'YYYY-MM-DD HH24:MI:SS.US'), '0'), '.')`
      return `${digits}${form.zone ? ` || '+00'` : ''}${beforeChrist(moment)}`
    }
    case 'interval':
      throw unwritten(compared, 'prints intervals in a way of its own')
    case 'integer':
    case 'decimal':
    case 'uuid':
      return text
    default:
      throw new FerryError('BUG', `no text of \`${String(form satisfies never)}\``)
  }
}

const isText = ({ kind }: ColumnType): boolean =>
  kind === 'text' || kind === 'json' || kind === 'other'

function unwritten({ column: { name, native } }: ComparedColumn, why: string): FerryError {
  return new FerryError('UNSUPPORTED', `\`${name}\` (${native}): Redshift ${why}`)
}

/** Of a text with a point, or without. */
const withoutZeros = (text: string): string =>
  `CASE WHEN strpos(${text}, '.') > 0 THEN rtrim(rtrim(${text}, '0'), '.') ELSE ${text} END`

const beforeChrist = (value: string): string =>
  ` || CASE WHEN ${value} < '0001-01-01' THEN ' BC' ELSE '' END`

function literalOf({ column: { type, native } }: ComparedColumn, text: string | null): string {
  if (text === null) return `CAST(NULL AS ${native})`
  if (type.kind === 'bytes') return `to_varbyte('${text.slice(2)}', 'hex')`
  return `CAST(${sql.literal(text)} AS ${native})`
}

/** Longer keys than that there are none worth their name. */
const MOST_KEY_COLUMNS = 16

/**
 * The primary key, else the unique constraint of the fewest columns, none of which holds NULLs. Redshift
 * believes both and checks neither. In words of PostgreSQL 8: arrays are not unnested.
 */
function keyColumns(relation: Relation): string {
  const places = Array.from({ length: MOST_KEY_COLUMNS }, (_, at) => {
    return `WHEN a.attnum = k.conkey[${at + 1}] THEN ${at + 1}`
  })
  return `SELECT a.attname FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
WHERE k.oid = (
  SELECT p.oid FROM pg_catalog.pg_constraint p
  JOIN pg_catalog.pg_class c ON c.oid = p.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE ${isNamed(relation)} AND p.contype IN ('p', 'u')
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute m
      WHERE m.attrelid = p.conrelid AND m.attnum = ANY (p.conkey) AND NOT m.attnotnull)
  ORDER BY p.contype, array_upper(p.conkey, 1), p.oid LIMIT 1)
ORDER BY CASE ${places.join(' ')} END`
}
