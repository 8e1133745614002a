import { FerryError } from '../../core/errors.ts'
import { type FingerprintParts, fingerprintWriter } from '../fingerprint-statements.ts'
import type { ComparedColumn } from '../fingerprint.ts'
import type { Relation } from '../dialect.ts'
import { doubleText, singleText } from './canonical-float.ts'
import { isTable } from './introspect.ts'
import { sql } from './sql.ts'

const column = ({ column: { name } }: ComparedColumn): string => sql.identifier(name)

const parts: FingerprintParts = {
  family: 'mysql',
  ownProbe: undefined,
  beginReading: [
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  ],
  sql,
  text: textOf,
  literal: literalOf,
  order: compared => (isOrderedByValue(compared) ? numeric(compared) : bytesOf(textOf(compared))),
  orderLiteral: (compared, text) => {
    if (!isOrderedByValue(compared)) return bytesOf(sql.literal(text))
    // A number may be beyond the column's type: the other side's is wider.
    return /^-?\d+(\.\d+)?$/.test(text) ? text : literalOf(compared, text)
  },
  concat: texts => `CONCAT(${texts.join(', ')})`,
  byteLength: text => `CAST(LENGTH(${text}) AS CHAR)`,
  // What is longer than the server's max_allowed_packet comes out as NULL: no row may vanish by that.
  md5Number: text => `COALESCE(CAST(CONV(LEFT(MD5(${text}), 15), 16, 10) AS SIGNED), -1)`,
  count: 'count(*)',
  sum: integer => `CAST(COALESCE(SUM(${integer}), 0) AS CHAR)`,
  ownChecksum: undefined,
  keyColumns,
}

export const fingerprint = fingerprintWriter(parts)

/** MariaDB sorts UUIDs by parts of them, in another order than that of their text. */
const BY_VALUE = new Set(['integer', 'decimal', 'number', 'date', 'timestamp', 'bytes', 'float'])

function isOrderedByValue({ column: { type }, form }: ComparedColumn): boolean {
  return BY_VALUE.has(form.kind) && BY_VALUE.has(type.kind)
}

/** Compared byte by byte; collations of texts pass over case, accents and blanks at the end. */
const bytesOf = (text: string): string => `CAST(${text} AS BINARY)`

/** The column; bits as a number, and numbers without the zeros that they are filled with. */
function numeric(compared: ComparedColumn): string {
  const { native } = compared.column
  const isFilled = /^(bit|year)\b/.test(native) || native.includes('zerofill')
  return isFilled ? `(${column(compared)} + 0)` : column(compared)
}

function textOf(compared: ComparedColumn): string {
  const { type, native } = compared.column
  const { form } = compared
  const value = column(compared)
  const text = `CAST(${numeric(compared)} AS CHAR)`
  switch (form.kind) {
    case 'number':
      return type.kind === 'integer' ? text : withoutZeros(text, `LOCATE('.', ${text}) > 0`)
    case 'boolean':
      return `CASE WHEN ${value} + 0 <> 0 THEN 't' WHEN ${value} + 0 = 0 THEN 'f' END`
    case 'float': {
      if (type.kind === 'float' && type.bits === 32) return singleText(value)
      return form.bits === 32 ? singleText(`CAST(${value} AS FLOAT)`) : doubleText(value)
    }
    case 'text':
      if (type.kind === 'text' || type.kind === 'json' || type.kind === 'other') return utf8(value)
      return textOf({ ...compared, form: type })
    case 'json':
    case 'other':
      return utf8(value)
    case 'bytes':
      return `CONCAT('\\\\x', LOWER(HEX(${value})))`
    case 'date':
      return orMark(value, text)
    case 'timestamp': {
      const trimmed = native.includes('(') ? withoutZeros(text) : text
      return orMark(
        value,
        type.kind === 'timestamp' && type.zone ? `CONCAT(${trimmed}, '+00')` : trimmed,
      )
    }
    case 'time':
    case 'interval':
      return native.includes('(') ? withoutZeros(text) : text
    case 'uuid':
      return `LOWER(${text})`
    case 'integer':
    case 'decimal':
      return text
    default:
      throw new FerryError('BUG', `no text of \`${String(form satisfies never)}\``)
  }
}

const utf8 = (value: string): string => `CONVERT(${value} USING utf8mb4)`

/** Zeros at the end of decimals, and a point that is left without any. */
function withoutZeros(text: string, hasPoint?: string): string {
  const trimmed = `TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${text}))`
  return hasPoint === undefined ? trimmed : `IF(${hasPoint}, ${trimmed}, ${text})`
}

/**
 * A date that is none (0000-00-00) is NULL in the warehouse, if it came there at all: it has the mark
 * that a row's text has for NULL.
 */
function orMark(value: string, text: string): string {
  const isNone = `YEAR(${value}) = 0 OR MONTH(${value}) = 0 OR DAYOFMONTH(${value}) = 0`
  return `CASE WHEN ${isNone} THEN '~' ELSE ${text} END`
}

function literalOf({ column: { type, native } }: ComparedColumn, text: string | null): string {
  if (text === null) return 'NULL'
  switch (type.kind) {
    case 'boolean':
      return text === 't' ? `b'1'` : `b'0'`
    case 'integer':
    case 'decimal':
      return text
    case 'float': {
      // The largest of 32 bits is written with fewer digits than it has, and would be too large.
      const exact = type.bits === 32 ? String(Math.fround(Number(text))) : text
      return exact.includes('e') ? exact : `${exact}e0`
    }
    case 'bytes':
      return `x'${text.slice(2)}'`
    case 'date':
      return `DATE ${sql.literal(text)}`
    case 'timestamp':
      return `TIMESTAMP ${sql.literal(text.replace(/\+00$/, ''))}`
    case 'uuid':
      return native === 'uuid' ? `CAST(${sql.literal(text)} AS UUID)` : sql.literal(text)
    case 'text':
    case 'json':
    case 'time':
    case 'interval':
    case 'other':
      return sql.literal(text)
    default:
      return type satisfies never
  }
}

/** The primary key, else the unique index of the fewest columns, none of which holds NULLs. */
function keyColumns(relation: Relation): string {
  return `SELECT column_name FROM information_schema.statistics WHERE ${isTable(relation)} AND index_name = (
  SELECT index_name FROM (
    SELECT index_name, count(*) AS size,
      max(nullable = 'YES' OR sub_part IS NOT NULL OR column_name IS NULL) AS is_no_key
    FROM information_schema.statistics WHERE ${isTable(relation)} AND non_unique = 0
    GROUP BY index_name) AS k
  WHERE index_name = 'PRIMARY' OR is_no_key = 0
  ORDER BY index_name <> 'PRIMARY', size, index_name LIMIT 1)
ORDER BY seq_in_index`
}
