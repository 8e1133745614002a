import type { Key } from '../../databases/fingerprint.ts'
import { equalWidths } from '../compare/first-bounds.ts'
import { readCuts, readSpan, type TableSide } from '../compare/table-side.ts'

/** Ranges that a table is cut into. */
const RANGES = 256

/**
 * Bounds that cut a table for many nights. Those of a key that begins with an integer are of equal
 * width between the least and the greatest, which an index knows; those of one that begins with a uuid
 * are of equal width among all uuids. Any other key is cut by counting rows, which reads all keys once.
 */
export async function keyBounds(side: TableSide, rows: number): Promise<readonly Key[]> {
  const [first] = side.key
  if (first === undefined) return []
  if (first.column.type.kind === 'integer' && ['integer', 'number'].includes(first.form.kind)) {
    const span = await readSpan(side)
    return span === undefined ? [] : equalWidths(BigInt(span[0]), BigInt(span[1]))
  }
  if (first.column.type.kind === 'uuid' && first.form.kind === 'uuid') return uuidBounds()
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
