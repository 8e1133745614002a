import type { ColumnType } from '../../formats/column-type.ts'
import type { TypeMap } from '../engine.ts'

/**
 * DuckDB's type names, as it prints them, in terms that all engines share. What it cannot hold
 * exactly is text: decimals without a precision or of more than 38 digits, intervals (its own has no
 * infinity and reads none of PostgreSQL's negative ones), time stamps finer than a microsecond, and
 * the types of one engine alone.
 */
export const columnTypes: TypeMap = { read: readType, write: writeType }

const MAX_DECIMAL_DIGITS = 38

const PLAIN: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: { kind: 'boolean' },
  TINYINT: { kind: 'integer', bits: 8 },
  UTINYINT: { kind: 'integer', bits: 16 },
  SMALLINT: { kind: 'integer', bits: 16 },
  USMALLINT: { kind: 'integer', bits: 32 },
  INTEGER: { kind: 'integer', bits: 32 },
  UINTEGER: { kind: 'integer', bits: 64 },
  BIGINT: { kind: 'integer', bits: 64 },
  UBIGINT: { kind: 'integer', bits: 128 },
  HUGEINT: { kind: 'integer', bits: 128 },
  FLOAT: { kind: 'float', bits: 32 },
  DOUBLE: { kind: 'float', bits: 64 },
  VARCHAR: { kind: 'text' },
  BLOB: { kind: 'bytes' },
  DATE: { kind: 'date' },
  TIME: { kind: 'time', zone: false },
  'TIME WITH TIME ZONE': { kind: 'time', zone: true },
  TIMESTAMP: { kind: 'timestamp', zone: false },
  'TIMESTAMP WITH TIME ZONE': { kind: 'timestamp', zone: true },
  INTERVAL: { kind: 'interval' },
  UUID: { kind: 'uuid' },
  JSON: { kind: 'json' },
}

function readType(native: string): ColumnType {
  const plain = PLAIN[native]
  if (plain !== undefined) return plain
  const [, precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(native) ?? []
  if (precision === undefined) return { kind: 'other', name: native }
  return { kind: 'decimal', precision: Number(precision), scale: Number(scale) }
}

const INTEGERS = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT', 128: 'HUGEINT' }

function writeType(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN'
    case 'integer':
      return INTEGERS[type.bits]
    case 'decimal': {
      const { precision, scale = 0 } = type
      const fits = precision !== undefined && precision <= MAX_DECIMAL_DIGITS && scale <= precision
      return fits && scale >= 0 ? `DECIMAL(${precision},${scale})` : 'VARCHAR'
    }
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE'
    case 'bytes':
      return 'BLOB'
    case 'date':
      return 'DATE'
    case 'time':
    case 'timestamp': {
      if ((type.digits ?? 6) > 6) return 'VARCHAR'
      return `${type.kind.toUpperCase()}${type.zone ? ' WITH TIME ZONE' : ''}`
    }
    case 'uuid':
      return 'UUID'
    case 'json':
      return 'JSON'
    case 'text':
    case 'interval':
    case 'other':
      return 'VARCHAR'
    default:
      return type satisfies never
  }
}
