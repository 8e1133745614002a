import type { ColumnType } from '../../formats/column-type.ts'

const PLAIN: Readonly<Record<string, ColumnType>> = {
  boolean: { kind: 'boolean' },
  smallint: { kind: 'integer', bits: 16 },
  integer: { kind: 'integer', bits: 32 },
  bigint: { kind: 'integer', bits: 64 },
  decimal: { kind: 'decimal' },
  float: { kind: 'float', bits: 64 },
  text: { kind: 'text' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp', zone: false },
  timestamptz: { kind: 'timestamp', zone: true },
  json: { kind: 'json' },
}

/** What a column may be declared as, for messages. */
export const DECLARED_TYPES = [...Object.keys(PLAIN), 'decimal(P,S)', 'text(N)'].join(', ')

/** The type that `pull.NAME.columns` declares; undefined for a word that is none. */
export function parseDeclaredType(text: string): ColumnType | undefined {
  const plain = PLAIN[text]
  if (plain !== undefined) return plain
  const [, precision, scale] = /^decimal\((\d{1,4}) *(?:, *(\d{1,4}))?\)$/.exec(text) ?? []
  if (precision !== undefined) {
    const digits = { precision: Number(precision), scale: Number(scale ?? 0) }
    return digits.precision < 1 || digits.scale > digits.precision
      ? undefined
      : { kind: 'decimal', ...digits }
  }
  const [, length] = /^text\((\d{1,9})\)$/.exec(text) ?? []
  return length === undefined ? undefined : { kind: 'text', length: Number(length) }
}
