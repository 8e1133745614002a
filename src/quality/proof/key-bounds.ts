import type { Key } from '../../databases/fingerprint.ts'
import { equalWidths } from '../compare/first-bounds.ts'
import { readCuts, readSpan, type TableSide } from '../compare/table-side.ts'

/** Ranges that a table is cut into. */
const RANGES = 256
/** A range of so many times the rows of an even one shows that widths do not tell rows. */
const SKEW = 8

/**
 * Bounds that cut a table for many nights. Those of a key that begins with an integer are of equal
 * width between the least and the greatest, which an index knows; those of one that begins with a uuid
 * are of equal width among all uuids. Any other key is cut by counting rows, which reads all keys once;
 * and so are these two where widths were seen to say nothing of rows (`byCounting`).
 */
export async function keyBounds(
  side: TableSide,
  { rows, byCounting }: { readonly rows: number; readonly byCounting: boolean },
): Promise<readonly Key[]> {
  const [first] = side.key
  if (first === undefined) return []
  if (byCounting) return await countedBounds(side, rows)
  if (first.column.type.kind === 'integer' && ['integer', 'number'].includes(first.form.kind)) {
    const span = await readSpan(side)
    return span === undefined ? [] : equalWidths(BigInt(span[0]), BigInt(span[1]))
  }
  if (first.column.type.kind === 'uuid' && first.form.kind === 'uuid') return uuidBounds()
  return await countedBounds(side, rows)
}

/** Whether these rows of ranges are so uneven that the ranges had better been cut by counting. */
export function isSkewed(ranges: readonly { readonly rows: number }[]): boolean {
  const counts = ranges.map(range => range.rows)
  const rows = counts.reduce((total, count) => total + count, 0)
  return Math.max(...counts) > Math.max(100, (SKEW * rows) / counts.length)
}

async function countedBounds(side: TableSide, rows: number): Promise<readonly Key[]> {
  const cuts = await readCuts(side, {
    ranges: [],
    bounds: [],
    every: Math.max(1, Math.ceil(rows / RANGES)),
  })
  return distinct(cuts.map(cut => cut.key)).slice(0, RANGES - 1)
}

const uuidBounds = (): readonly Key[] =>
  Array.from({ length: RANGES - 1 }, (_, index) => [
    `${(index + 1).toString(16).padStart(2, '0')}000000-0000-0000-0000-000000000000`,
  ])

const distinct = (keys: readonly Key[]): readonly Key[] =>
  keys.filter((key, index) => JSON.stringify(key) !== JSON.stringify(keys[index - 1]))
