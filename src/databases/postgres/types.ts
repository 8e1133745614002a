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
 * The type of a column in a Parquet file. A numeric without a precision, or with more digits than
 * Parquet's 38, has no exact counterpart and becomes a double: cast it to numeric(p, s) to keep its
 * digits. Everything unknown stays text.
 */
export function duckdbTypeOf({ dataTypeID, dataTypeModifier }: FieldDescription): string {
  if (dataTypeID !== NUMERIC) return DUCKDB_TYPES[dataTypeID] ?? 'VARCHAR'
  if (dataTypeModifier < 4) return 'DOUBLE'
  const precision = (dataTypeModifier - 4) >> 16
  const scale = (dataTypeModifier - 4) & 0xffff
  return precision <= MAX_DECIMAL_DIGITS && scale <= precision
    ? `DECIMAL(${precision}, ${scale})`
    : 'DOUBLE'
}
