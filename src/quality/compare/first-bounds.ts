import type { Key } from '../../databases/fingerprint.ts'
import { readSpan, type TableSide } from './table-side.ts'

/** Ranges of the first look at a table. */
const FIRST_RANGES = 256n

/**
 * Bounds for a first look: a key of one integer is cut into ranges of equal width between the least and
 * the greatest of both tables, which an index knows. Any other key is not cut before there is a
 * difference to be found, since cutting it would read the table one more time.
 */
export async function firstBounds(sides: readonly TableSide[]): Promise<readonly Key[]> {
  const isInteger = ({ key }: TableSide): boolean =>
    key.length === 1 &&
    key[0]?.column.type.kind === 'integer' &&
    ['integer', 'number'].includes(key[0].form.kind)
  if (!sides.every(isInteger)) return []
  const spans = (await Promise.all(sides.map(readSpan))).filter(span => span !== undefined)
  if (spans.length === 0) return []
  const ends = spans.flat().map(text => BigInt(text))
  return equalWidths(least(ends), greatest(ends))
}

export function equalWidths(low: bigint, high: bigint): readonly Key[] {
  const span = high - low + 1n
  const ranges = span < FIRST_RANGES ? span : FIRST_RANGES
  return Array.from({ length: Number(ranges) - 1 }, (_, index) => [
    String(low + (span * BigInt(index + 1)) / ranges),
  ])
}

const least = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a))
const greatest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a))
