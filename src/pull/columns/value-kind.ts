import type { ColumnType } from '../../formats/column-type.ts'

/**
 * What the values of a column were found to be. They widen, and never narrow: `nothing` (nulls only)
 * to anything, whole numbers to larger ones and to numbers with a fraction, all else to `text`.
 *
 * - `int53`: whole numbers that a double holds; `int64`: those of a bigint.
 * - `float`: numbers that a double holds; `decimal`: all others.
 */
export const KINDS = [
  'nothing',
  'boolean',
  'int53',
  'int64',
  'float',
  'decimal',
  'date',
  'timestamp',
  'timestamptz',
  'json',
  'text',
] as const

export type Kind = (typeof KINDS)[number]

const NUMBERS: readonly Kind[] = ['int53', 'int64', 'float', 'decimal']

/** The narrowest kind that holds the values of both. */
export function widest(a: Kind, b: Kind): Kind {
  if (a === b || b === 'nothing') return a
  if (a === 'nothing') return b
  if (!NUMBERS.includes(a) || !NUMBERS.includes(b)) return 'text'
  const [less, more] = NUMBERS.indexOf(a) < NUMBERS.indexOf(b) ? [a, b] : [b, a]
  return less === 'int64' && more === 'float' ? 'decimal' : more
}

/** `nothing` is no type yet: such a column is not delivered. */
export function typeOfKind(kind: Exclude<Kind, 'nothing'>): ColumnType {
  switch (kind) {
    case 'boolean':
    case 'date':
    case 'json':
    case 'text':
    case 'decimal':
      return { kind }
    case 'int53':
    case 'int64':
      return { kind: 'integer', bits: 64 }
    case 'float':
      return { kind: 'float', bits: 64 }
    case 'timestamp':
      return { kind: 'timestamp', zone: false }
    case 'timestamptz':
      return { kind: 'timestamp', zone: true }
    default:
      throw new Error(kind satisfies never)
  }
}
