import type { ColumnType } from '../../formats/column-type.ts'
import type { TypeMap } from '../engine.ts'
import { columnTypes as postgres } from '../postgres/column-types.ts'

/**
 * Redshift's type names, as `format_type` prints them. Lengths of texts are bytes, of which a character
 * has up to four. What it cannot hold exactly is text: decimals without a precision or of more than 38
 * digits, intervals, and the types of one engine alone.
 */
export const columnTypes: TypeMap = { read: readType, write: writeType }

const MAX_TEXT_BYTES = 65_535
const MAX_BYTES = 1_024_000
const MAX_DECIMAL_DIGITS = 38
const MAX_DECIMAL_SCALE = 37

function readType(native: string): ColumnType | undefined {
  if (native === 'super') return { kind: 'json' }
  const [, length] = /^(?:binary varying|varbyte)\((\d+)\)$/.exec(native) ?? []
  if (length !== undefined) return { kind: 'bytes', length: Number(length) }
  return postgres.read(native)
}

const INTEGERS = {
  8: 'smallint',
  16: 'smallint',
  32: 'integer',
  64: 'bigint',
  128: 'numeric(38,0)',
}

function writeType(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return 'boolean'
    case 'integer':
      return INTEGERS[type.bits]
    case 'decimal': {
      const { precision, scale = 0 } = type
      const fits = precision !== undefined && precision <= MAX_DECIMAL_DIGITS && scale >= 0
      return fits && scale <= Math.min(precision, MAX_DECIMAL_SCALE)
        ? `numeric(${precision},${scale})`
        : `varchar(${MAX_TEXT_BYTES})`
    }
    case 'float':
      return type.bits === 32 ? 'real' : 'double precision'
    case 'text':
      return `varchar(${Math.min(Math.max(type.length ?? Infinity, 1) * 4, MAX_TEXT_BYTES)})`
    case 'bytes':
      return `varbyte(${Math.min(Math.max(type.length ?? Infinity, 1), MAX_BYTES)})`
    case 'date':
      return 'date'
    case 'time':
      return type.zone ? 'timetz' : 'time'
    case 'timestamp':
      return type.zone ? 'timestamptz' : 'timestamp'
    case 'interval':
      return 'varchar(100)'
    case 'uuid':
      return 'varchar(36)'
    case 'json':
      return 'super'
    case 'other':
      return `varchar(${MAX_TEXT_BYTES})`
    default:
      return type satisfies never
  }
}
