import { FerryError } from '../core/errors.ts'
import { addDays, type LogicalDate } from '../core/logical-date.ts'

type Scalar = null | boolean | number | bigint | string | Date

/** How one engine writes names and values; every dialect's SqlWriter is one. */
export interface Quoting {
  identifier(name: string): string
  literal(value: Scalar): string
}

/** The names that every template has: quoting for the dialect at hand, and the night's dates. */
export interface SqlNames {
  /** `identifier('a', 'b')` is `"a"."b"`. */
  readonly identifier: (...names: readonly unknown[]) => string
  /** A list becomes literals with commas between; an empty one `NULL`, so that `in (...)` parses. */
  readonly literal: (value: unknown) => string
  /** The logical date, `YYYY-MM-DD`. */
  readonly today: string
  /** The day before `today`. */
  readonly yesterday: string
}

export function createSqlNames(quoting: Quoting, date: LogicalDate): SqlNames {
  const literal = (value: unknown): string => {
    if (Array.isArray(value)) return value.length === 0 ? 'NULL' : value.map(literal).join(', ')
    if (isScalar(value)) return quoting.literal(value)
    const found = value === undefined ? 'undefined' : `a ${typeof value}`
    throw new FerryError('USAGE', `literal() takes a value or a list, not ${found}`)
  }
  return {
    identifier: (...names) => names.map(name => quoting.identifier(nameText(name))).join('.'),
    literal,
    today: date,
    yesterday: addDays(date, -1),
  }
}

function nameText(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name
  const found = name === '' ? 'an empty one' : `\`${String(name)}\``
  throw new FerryError('USAGE', `identifier() takes names, not ${found}`)
}

function isScalar(value: unknown): value is Scalar {
  if (value === null || value instanceof Date) return true
  return ['boolean', 'number', 'bigint', 'string'].includes(typeof value)
}
