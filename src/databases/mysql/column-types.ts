import type { ColumnType } from '../../formats/column-type.ts'
import type { TypeMap } from '../engine.ts'

/**
 * MySQL's type names, as the catalogue has them, in terms that all engines share. Enumerations, sets and
 * addresses are taken as their own text. Geometry has no text that keeps it whole: it is refused.
 */
export const columnTypes: TypeMap = { read: readType, write: writeType }

const PLAIN: Readonly<Record<string, ColumnType>> = {
  bool: { kind: 'integer', bits: 8 },
  boolean: { kind: 'integer', bits: 8 },
  double: { kind: 'float', bits: 64 },
  real: { kind: 'float', bits: 64 },
  float: { kind: 'float', bits: 32 },
  tinytext: { kind: 'text' },
  text: { kind: 'text' },
  mediumtext: { kind: 'text' },
  longtext: { kind: 'text' },
  tinyblob: { kind: 'bytes' },
  blob: { kind: 'bytes' },
  mediumblob: { kind: 'bytes' },
  longblob: { kind: 'bytes' },
  date: { kind: 'date' },
  year: { kind: 'integer', bits: 16 },
  json: { kind: 'json' },
  uuid: { kind: 'uuid' },
}

/** Bits of a signed integer that holds each, and of one that holds the unsigned. */
const INTEGERS: Readonly<Record<string, readonly [signed: IntegerBits, unsigned: IntegerBits]>> = {
  tinyint: [8, 16],
  smallint: [16, 32],
  mediumint: [32, 32],
  int: [32, 64],
  integer: [32, 64],
  bigint: [64, 128],
}

type IntegerBits = Extract<ColumnType, { kind: 'integer' }>['bits']

const OWN_TEXT = new Set(['enum', 'set', 'inet4', 'inet6'])

function readType(native: string): ColumnType | undefined {
  const [, word = '', inner, rest = ''] = /^([a-z0-9]+)(?:\((.*)\))?( .*)?$/s.exec(native) ?? []
  const integer = INTEGERS[word]
  // What is filled with zeros is unsigned.
  const isUnsigned = /\b(unsigned|zerofill)\b/.test(rest)
  if (integer !== undefined) return { kind: 'integer', bits: integer[isUnsigned ? 1 : 0] }
  const [first, second] = (inner ?? '').split(',').map(Number)
  switch (word) {
    case 'bit':
      return bitType(first ?? 1)
    case 'decimal':
    case 'numeric':
      return { kind: 'decimal', precision: first || 10, scale: second ?? 0 }
    case 'char':
    case 'varchar':
      return { kind: 'text', length: first ?? 1 }
    case 'binary':
    case 'varbinary':
      return { kind: 'bytes', length: first ?? 1 }
    case 'time':
      return { kind: 'time', zone: false, digits: first ?? 0 }
    case 'datetime':
      return { kind: 'timestamp', zone: false, digits: first ?? 0 }
    case 'timestamp':
      return { kind: 'timestamp', zone: true, digits: first ?? 0 }
    default:
      return OWN_TEXT.has(word) ? { kind: 'other', name: native } : PLAIN[word]
  }
}

/** One bit is yes or no; more are a number without a sign. */
function bitType(bits: number): ColumnType {
  if (bits <= 1) return { kind: 'boolean' }
  const sizes = [8, 16, 32, 64] as const
  return { kind: 'integer', bits: sizes.find(size => bits < size) ?? 128 }
}

const INTEGER_NAMES = {
  8: 'tinyint',
  16: 'smallint',
  32: 'int',
  64: 'bigint',
  128: 'decimal(39,0)',
} as const

const MAX_DIGITS = 65
const MAX_DECIMALS = 30
/** Characters of four bytes, of which a row has 65,535. */
const MAX_CHARACTERS = 16_000

function writeType(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return 'bit(1)'
    case 'date':
    case 'json':
      return type.kind
    case 'integer':
      return INTEGER_NAMES[type.bits]
    case 'decimal': {
      const { precision, scale = 0 } = type
      const fits = precision !== undefined && precision <= MAX_DIGITS && scale <= MAX_DECIMALS
      return fits ? `decimal(${precision},${scale})` : 'longtext'
    }
    case 'float':
      return type.bits === 32 ? 'float' : 'double'
    case 'text':
      return (type.length ?? Infinity) <= MAX_CHARACTERS ? `varchar(${type.length})` : 'longtext'
    case 'bytes':
      return (type.length ?? Infinity) <= MAX_CHARACTERS ? `varbinary(${type.length})` : 'longblob'
    case 'time':
      return type.zone ? 'varchar(32)' : `time(${Math.min(type.digits ?? 6, 6)})`
    case 'timestamp':
      // A TIMESTAMP ends in 2038.
      return type.zone ? 'varchar(40)' : `datetime(${Math.min(type.digits ?? 6, 6)})`
    case 'uuid':
      return 'char(36)'
    case 'interval':
      return 'varchar(64)'
    case 'other':
      return 'longtext'
    default:
      return type satisfies never
  }
}
