import type { JsonKind } from '../row-encoding.ts'
import type { ValueKind } from '../value-kind.ts'

/** A column as the server describes it. */
export interface FieldDescription {
  readonly name: string
  readonly dataTypeID: number
  readonly dataTypeModifier: number
}

/** Object identifiers of built-in types never change. @see pg_type.dat of PostgreSQL */
const BOOL = 16
const INTEGERS = new Set([20, 21, 23, 26])
const FLOATS = new Set([700, 701])
const NUMERIC = 1700
const JSON_TYPES = new Set([114, 3802])

export function valueKindOf(oid: number): ValueKind {
  if (oid === BOOL) return 'boolean'
  if (INTEGERS.has(oid)) return 'integer'
  return FLOATS.has(oid) ? 'float' : 'text'
}

export function jsonKindOf(oid: number): JsonKind {
  if (oid === NUMERIC) return 'number'
  return JSON_TYPES.has(oid) ? 'json' : valueKindOf(oid)
}

const DUCKDB_TYPES: Readonly<Record<number, string>> = {
  16: 'BOOLEAN',
  17: 'BLOB',
  20: 'BIGINT',
  21: 'SMALLINT',
  23: 'INTEGER',
  26: 'UINTEGER',
  114: 'JSON',
  700: 'FLOAT',
  701: 'DOUBLE',
  1082: 'DATE',
  1083: 'TIME',
  1114: 'TIMESTAMP',
  1184: 'TIMESTAMPTZ',
  2950: 'UUID',
  3802: 'JSON',
}

const MAX_DECIMAL_DIGITS = 38

/**
 * The type of a column in a Parquet file, which keeps all that the column holds. Text for what Parquet
 * has no exact counterpart of: a numeric without a precision or of more than 38 digits, for one.
 */
export function duckdbTypeOf({ dataTypeID, dataTypeModifier }: FieldDescription): string {
  if (dataTypeID !== NUMERIC) return DUCKDB_TYPES[dataTypeID] ?? 'VARCHAR'
  if (dataTypeModifier < 4) return 'VARCHAR'
  const { precision, scale } = numericModifier(dataTypeModifier)
  const decimals = Math.max(scale, 0)
  // numeric(5, -2) has two more digits, which are zeros; numeric(3, 5) has two zeros after the point.
  const digits = scale < 0 ? precision - scale : Math.max(precision, scale)
  return digits <= MAX_DECIMAL_DIGITS ? `DECIMAL(${digits}, ${decimals})` : 'VARCHAR'
}

/** @see make_numeric_typmod in numeric.c of PostgreSQL: 11 bits of scale, signed */
function numericModifier(modifier: number): { precision: number; scale: number } {
  const bits = modifier - 4
  return { precision: (bits >> 16) & 0xffff, scale: ((bits & 0x7ff) ^ 1_024) - 1_024 }
}
