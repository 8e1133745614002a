import type { ColumnType } from '../../formats/column-type.ts'
import { FerryError } from '../../core/errors.ts'
import { type FingerprintParts, fingerprintWriter } from '../fingerprint-statements.ts'
import type { ComparedColumn, FingerprintWriter } from '../fingerprint.ts'
import { doubleText, singleText, withoutZeros } from './canonical-float.ts'
import { keyColumns } from './key-columns.ts'
import { sql } from './sql.ts'

const column = ({ column: { name } }: ComparedColumn): string => sql.identifier(name)

/** Texts are put together in one collation; in this one, no two that differ are equal, but for blanks. */
const BINARY = 'COLLATE Latin1_General_100_BIN2'
/** By which a text's bytes are UTF-8; SQL Server 2019, Azure SQL and Synapse have it. */
const UTF8 = 'COLLATE Latin1_General_100_BIN2_UTF8'

/** The whole of the database is read as of one moment, where it keeps older versions of its rows. */
const BEGIN_READING: readonly string[] = [
  `IF EXISTS (SELECT 1 FROM sys.databases WHERE name = DB_NAME() AND snapshot_isolation_state = 1)
SET TRANSACTION ISOLATION LEVEL SNAPSHOT`,
  'BEGIN TRANSACTION',
]

export const fingerprint = tsqlFingerprint({
  family: 'mssql',
  beginReading: BEGIN_READING,
  keyColumns,
})

/** What SQL Server and Synapse have in common. */
export function tsqlFingerprint(
  own: Pick<FingerprintParts, 'family' | 'beginReading' | 'keyColumns'>,
): FingerprintWriter {
  return fingerprintWriter({
    ...own,
    ownProbe: undefined,
    sql,
    text: textOf,
    literal: literalOf,
    order: compared =>
      isOrderedByValue(compared) ? column(compared) : hexadecimal(compared, textOf(compared)),
    orderLiteral: (compared, text) => {
      if (!isOrderedByValue(compared)) {
        return `'${Buffer.from(text).toString('hex').toUpperCase()}' ${BINARY}`
      }
      // A number may be beyond the column's type: the other side's is wider.
      return /^-?\d+$/.test(text) ? text : literalOf(compared, text)
    },
    concat: concatenated,
    byteLength: text => `CONVERT(varchar(20), DATALENGTH(${utf8(text)}))`,
    md5Number: text =>
      `CONVERT(bigint, CONVERT(varbinary(8), CONCAT('0', LEFT(CONVERT(varchar(32), HASHBYTES('MD5', ${utf8(text)}), 2), 15)), 2))`,
    count: 'COUNT_BIG(*)',
    sum: integer =>
      `CONVERT(varchar(40), COALESCE(SUM(CAST(${integer} AS decimal(38,0))), CAST(0 AS decimal(38,0))))`,
    ownChecksum: undefined,
  })
}

/** CONCAT takes so many. */
const MOST_ARGUMENTS = 250

/** The first is `max`, else the server cuts them all together at 8,000 bytes. */
function concatenated(texts: readonly string[]): string {
  if (texts.length <= MOST_ARGUMENTS) {
    return `CONCAT(CAST(N'' AS nvarchar(max)), ${texts.join(', ')})`
  }
  const groups: string[] = []
  for (let at = 0; at < texts.length; at += MOST_ARGUMENTS) {
    groups.push(concatenated(texts.slice(at, at + MOST_ARGUMENTS)))
  }
  return concatenated(groups)
}

const utf8 = (text: string): string => `CAST(${text} ${UTF8} AS varchar(max))`

/** Collations pass over case, accents and blanks at the end; a GUID sorts by its last bytes. */
const BY_VALUE = new Set(['integer', 'decimal', 'number', 'date', 'timestamp', 'float'])

function isOrderedByValue({ column: { type }, form }: ComparedColumn): boolean {
  return BY_VALUE.has(form.kind) && BY_VALUE.has(type.kind)
}

/** Of these lengths an index can be. */
const KEY_UNITS = 850

/** The text's bytes: bytes themselves are equal to the server when they end in other zeros. */
function hexadecimal({ column: { native } }: ComparedColumn, text: string): string {
  const length = Number(/^n?(?:var)?char\((\d+)\)$/.exec(native)?.[1] ?? Infinity)
  const isShort = length <= KEY_UNITS || native === 'uniqueidentifier'
  const bytes = `CAST(${utf8(text)} AS varbinary(${isShort ? 3 * KEY_UNITS : 'max'}))`
  return `CONVERT(varchar(${isShort ? 6 * KEY_UNITS : 'max'}), ${bytes}, 2) ${BINARY}`
}

function textOf(compared: ComparedColumn): string {
  const { type, native } = compared.column
  const { form } = compared
  const value = column(compared)
  switch (form.kind) {
    case 'number':
      return type.kind === 'integer' ? integerText(value) : numberText(value, type)
    case 'boolean':
      return `CASE WHEN ${value} <> 0 THEN 't' WHEN ${value} = 0 THEN 'f' END`
    case 'integer':
      return integerText(value)
    case 'decimal':
      return decimalText(value, type)
    case 'float': {
      const bits = type.kind === 'float' ? Math.min(type.bits, form.bits) : form.bits
      if (bits === 64) return doubleText(value)
      return singleText(native === 'real' ? value : `CAST(${value} AS real)`)
    }
    case 'text':
    case 'json':
    case 'other':
      return isText(type) ? plainText(value) : textOf({ ...compared, form: wholeForm(type) })
    case 'bytes':
      return `CASE WHEN ${value} IS NOT NULL THEN CONCAT('\\x', LOWER(CONVERT(varchar(max), CAST(${value} AS varbinary(max)), 2))) END`
    case 'date':
      return `CONVERT(varchar(10), ${value}, 23)`
    case 'time':
      return momentText(
        value,
        `CONVERT(varchar(16), CAST(${value} AS time(7)), 121)`,
        8,
        form.digits,
      )
    case 'timestamp': {
      const inUtc = form.zone ? `SWITCHOFFSET(${value}, '+00:00')` : value
      // An old `datetime` counts 300ths of a second, of which it shows three digits.
      const plain = `CAST(${inUtc} AS datetime2(${native === 'datetime' ? 3 : 7}))`
      const text = momentText(value, `CONVERT(varchar(27), ${plain}, 121)`, 19, form.digits)
      return form.zone ? text.replace(/\) END$/, `, '+00') END`) : text
    }
    case 'uuid':
      return `LOWER(CONVERT(varchar(36), ${value}))`
    case 'interval':
      return plainText(value)
    default:
      throw new FerryError('BUG', `no text of \`${String(form satisfies never)}\``)
  }
}

const isText = ({ kind }: ColumnType): boolean =>
  kind === 'text' || kind === 'json' || kind === 'other' || kind === 'interval'

/** As text a moment has all its digits. */
function wholeForm(type: ColumnType): ColumnType {
  return type.kind === 'time' || type.kind === 'timestamp' ? { ...type, digits: 7 } : type
}

const plainText = (value: string): string => `CAST(${value} AS nvarchar(max)) ${BINARY}`
const integerText = (value: string): string => `CONVERT(varchar(40), ${value})`

/** `money` prints two of its four digits unless it is a decimal. */
function decimalText(value: string, type: ColumnType): string {
  if (type.kind !== 'decimal' || type.precision === undefined) return plainText(value)
  return `CONVERT(varchar(41), CAST(${value} AS decimal(${type.precision},${type.scale ?? 0})))`
}

function numberText(value: string, type: ColumnType): string {
  const text = decimalText(value, type)
  return type.kind === 'decimal' && (type.scale ?? 0) > 0 ? withoutZeros(text) : text
}

/**
 * A moment's text with its fraction, which begins at `at`, without zeros at the end. Other engines keep six
 * digits: the seventh is cut off, as a mirror does that was told to, unless all are wanted.
 */
function momentText(value: string, text: string, at: 8 | 19, digits: number | undefined): string {
  const fraction = `SUBSTRING(${text}, ${at + 1}, ${digits === 7 ? 8 : 7})`
  return `CASE WHEN ${value} IS NOT NULL THEN CONCAT(LEFT(${text}, ${at}), ${withoutZeros(fraction)}) END`
}

function literalOf({ column: { type, native } }: ComparedColumn, text: string | null): string {
  if (text === null) return `CAST(NULL AS ${native})`
  switch (type.kind) {
    case 'boolean':
      return `CAST(${text === 't' ? 1 : 0} AS bit)`
    case 'integer':
      return `CAST(${text} AS ${native})`
    case 'bytes':
      return `0x${text.slice(2)}`
    case 'timestamp':
      return `CAST('${text.replace(/\+00$/, '+00:00')}' AS ${native})`
    case 'decimal':
    case 'float':
    case 'date':
    case 'time':
    case 'uuid':
      return `CAST(${sql.literal(text)} AS ${native})`
    case 'text':
    case 'json':
    case 'interval':
    case 'other':
      return sql.literal(text)
    default:
      return type satisfies never
  }
}
