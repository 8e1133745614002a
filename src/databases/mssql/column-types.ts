import type { ColumnType } from '../../formats/column-type.ts'
import type { TypeMap } from '../engine.ts'

/**
 * SQL Server's type names, as sys.columns has them, in terms that all engines share. What it cannot hold
 * exactly is text: decimals without a precision or of more than 38 digits, intervals, times with a zone,
 * and the types of one engine alone.
 */
export const columnTypes: TypeMap = { read: readType, write: writeType }

const PLAIN: Readonly<Record<string, ColumnType>> = {
  bit: { kind: 'boolean' },
  tinyint: { kind: 'integer', bits: 16 }, // 0 to 255
  smallint: { kind: 'integer', bits: 16 },
  int: { kind: 'integer', bits: 32 },
  bigint: { kind: 'integer', bits: 64 },
  money: { kind: 'decimal', precision: 19, scale: 4 },
  smallmoney: { kind: 'decimal', precision: 10, scale: 4 },
  real: { kind: 'float', bits: 32 },
  float: { kind: 'float', bits: 64 },
  text: { kind: 'text' },
  ntext: { kind: 'text' },
  xml: { kind: 'text' },
  sysname: { kind: 'text', length: 128 },
  image: { kind: 'bytes' },
  timestamp: { kind: 'bytes', length: 8 }, // the version of a row, no moment
  date: { kind: 'date' },
  datetime: { kind: 'timestamp', zone: false, digits: 3 },
  smalldatetime: { kind: 'timestamp', zone: false, digits: 0 },
  uniqueidentifier: { kind: 'uuid' },
}

function readType(native: string): ColumnType | undefined {
  const plain = PLAIN[native]
  if (plain !== undefined) return plain
  const [, name, first = '', second = ''] = /^(\w+)\((\w+)(?:,\s*(\d+))?\)$/.exec(native) ?? []
  const length = first === 'max' ? {} : { length: Number(first) }
  switch (name) {
    case 'decimal':
    case 'numeric':
      return { kind: 'decimal', precision: Number(first), scale: Number(second) }
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
      return { kind: 'text', ...length }
    case 'binary':
    case 'varbinary':
      return { kind: 'bytes', ...length }
    case 'time':
      return { kind: 'time', zone: false, digits: Number(first) }
    case 'datetime2':
      return { kind: 'timestamp', zone: false, digits: Number(first) }
    case 'datetimeoffset':
      return { kind: 'timestamp', zone: true, digits: Number(first) }
    default:
      return undefined // sql_variant, hierarchyid, geography and types that users made
  }
}

const MAX_DECIMAL_DIGITS = 38
/** In units of two bytes, of which some characters take two. */
const MAX_TEXT_UNITS = 4_000
const MAX_BYTES = 8_000
const MAX_TIME_DIGITS = 7

const INTEGERS = {
  8: 'smallint',
  16: 'smallint',
  32: 'int',
  64: 'bigint',
  128: 'decimal(38,0)',
}

function writeType(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return 'bit'
    case 'integer':
      return INTEGERS[type.bits]
    case 'decimal': {
      const { precision, scale = 0 } = type
      const fits = precision !== undefined && precision <= MAX_DECIMAL_DIGITS
      return fits && scale >= 0 && scale <= precision
        ? `decimal(${precision},${scale})`
        : 'nvarchar(max)'
    }
    case 'float':
      return type.bits === 32 ? 'real' : 'float'
    case 'text': {
      const units = (type.length ?? Infinity) * 2
      return units > 0 && units <= MAX_TEXT_UNITS ? `nvarchar(${units})` : 'nvarchar(max)'
    }
    case 'bytes': {
      const length = type.length ?? Infinity
      return length > 0 && length <= MAX_BYTES ? `varbinary(${length})` : 'varbinary(max)'
    }
    case 'date':
      return 'date'
    case 'time':
      return type.zone ? 'nvarchar(40)' : `time(${digitsOf(type)})`
    case 'timestamp':
      return `${type.zone ? 'datetimeoffset' : 'datetime2'}(${digitsOf(type)})`
    case 'interval':
      return 'nvarchar(100)'
    case 'uuid':
      return 'uniqueidentifier'
    case 'json':
    case 'other':
      return 'nvarchar(max)'
    default:
      return type satisfies never
  }
}

const digitsOf = (type: { readonly digits?: number | undefined }): number =>
  Math.min(type.digits ?? 6, MAX_TIME_DIGITS)
