import type { ColumnType } from '../../formats/column-type.ts'
import type { TypeMap } from '../engine.ts'

/**
 * PostgreSQL's type names, as `format_type` prints them, in terms that all engines share. A domain is
 * told by its base type. What has no counterpart elsewhere (arrays, ranges, enumerations, points) is
 * taken as its own text, which PostgreSQL reads back unchanged.
 */
export const columnTypes: TypeMap = { read: readType, write: writeType }

const PLAIN: Readonly<Record<string, ColumnType>> = {
  boolean: { kind: 'boolean' },
  smallint: { kind: 'integer', bits: 16 },
  integer: { kind: 'integer', bits: 32 },
  bigint: { kind: 'integer', bits: 64 },
  oid: { kind: 'integer', bits: 64 },
  numeric: { kind: 'decimal' },
  real: { kind: 'float', bits: 32 },
  'double precision': { kind: 'float', bits: 64 },
  text: { kind: 'text' },
  name: { kind: 'text' },
  bpchar: { kind: 'text' },
  'character varying': { kind: 'text' },
  bytea: { kind: 'bytes' },
  date: { kind: 'date' },
  uuid: { kind: 'uuid' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
}

/** Their text is of the server's settings or of its process, not of the value. */
const REFUSED = new Set(['money', 'cstring', 'record', 'unknown', 'pg_snapshot'])

function readType(native: string): ColumnType | undefined {
  const plain = PLAIN[native]
  if (plain !== undefined) return plain
  if (REFUSED.has(native.replace(/(\[\])+$/, ''))) return undefined
  const [, word = '', , inner, rest = ''] =
    /^([a-z ]+?)(\(([^)]*)\))?( with(?:out)? time zone)?$/.exec(native) ?? []
  const numbers = (inner ?? '').split(',').map(Number)
  const [first] = inner === undefined ? [] : numbers
  switch (word) {
    case 'numeric':
      return decimalOf(first ?? 0, numbers[1] ?? 0)
    case 'character varying':
    case 'character':
      return { kind: 'text', length: first ?? 1 }
    case 'time':
    case 'timestamp': {
      const digits = first === undefined ? {} : { digits: first }
      return { kind: word, zone: rest === ' with time zone', ...digits }
    }
    default:
  }
  if (/^interval( |\(|$)/.test(native)) return { kind: 'interval' }
  if (/(^|\.)citext$/.test(native)) return { kind: 'text' }
  return { kind: 'other', name: native }
}

/** numeric(5,-2) has two more digits, which are zeros; numeric(3,5) has two zeros behind the point. */
function decimalOf(precision: number, scale: number): ColumnType {
  return {
    kind: 'decimal',
    precision: scale < 0 ? precision - scale : Math.max(precision, scale),
    scale: Math.max(scale, 0),
  }
}

const INTEGERS = {
  8: 'smallint',
  16: 'smallint',
  32: 'integer',
  64: 'bigint',
  128: 'numeric(39,0)',
} as const

function writeType(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
    case 'date':
    case 'interval':
    case 'uuid':
    case 'json':
      return type.kind
    case 'integer':
      return INTEGERS[type.bits]
    case 'decimal':
      return type.precision === undefined
        ? 'numeric'
        : `numeric(${type.precision},${type.scale ?? 0})`
    case 'float':
      return type.bits === 32 ? 'real' : 'double precision'
    case 'text':
      return type.length === undefined ? 'text' : `character varying(${type.length})`
    case 'bytes':
      return 'bytea'
    case 'time':
    case 'timestamp': {
      // It keeps six digits; others' seventh (SQL Server's) would be rounded.
      const digits = type.digits === undefined || type.digits > 6 ? '' : `(${type.digits})`
      return `${type.kind}${digits} ${type.zone ? 'with' : 'without'} time zone`
    }
    case 'other':
      return 'text'
    default:
      return type satisfies never
  }
}
