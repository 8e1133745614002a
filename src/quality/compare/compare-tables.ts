import type { KeyRange } from '../../databases/fingerprint.ts'
import { findDifferentRows, type RowWatcher } from './different-rows.ts'
import { firstBounds } from './first-bounds.ts'
import { isUnequal, narrow, type RangePair, rangesBetween } from './narrow-ranges.ts'
import { NO_ROWS, onBoth, readSums, type TwoTables } from './table-side.ts'

export interface TableComparison {
  readonly rows: { readonly source: number; readonly target: number }
  /** In the source only, in the target only, in both but not the same. */
  readonly missing: number
  readonly surplus: number
  readonly different: number
  /** Rows whose key and checksum were moved here to tell. */
  readonly moved: number
  /** False when there is no key, so that only counts and one sum could be compared. */
  readonly byKey: boolean
}

/**
 * Compares two tables by sums of checksums over ranges of the key, both sides at once, and cuts those
 * that differ into smaller ones, down to some whose rows are looked at one by one.
 */
export async function compareTables(
  tables: TwoTables,
  watcher: RowWatcher,
): Promise<TableComparison> {
  const bounds = await firstBounds([tables.source, tables.target])
  const pairs = await sumsOfRanges(tables, rangesBetween(bounds))
  const rows = {
    source: pairs.reduce((total, pair) => total + pair.source.rows, 0),
    target: pairs.reduce((total, pair) => total + pair.target.rows, 0),
  }
  const unequal = pairs.filter(isUnequal)
  if (tables.source.key.length === 0) return { ...withoutKey(unequal), rows }
  return { ...(await examineRanges(tables, unequal, watcher)), rows }
}

/** Sums of all ranges of a table on both sides, in one query each. */
async function sumsOfRanges(
  tables: TwoTables,
  ranges: readonly KeyRange[],
): Promise<readonly RangePair[]> {
  const bounds = ranges.flatMap(({ to }) => (to === null ? [] : [to]))
  const [source, target] = await onBoth(tables, side =>
    readSums(side, tables.kind, { ranges: [], bounds }),
  )
  return ranges.map((range, bucket) => ({
    range,
    source: source.get(bucket) ?? NO_ROWS,
    target: target.get(bucket) ?? NO_ROWS,
  }))
}

/** Finds and counts the rows that differ in ranges that are known to. */
export async function examineRanges(
  tables: TwoTables,
  unequal: readonly RangePair[],
  watcher: RowWatcher,
): Promise<Omit<TableComparison, 'rows'>> {
  const found = { missing: 0, surplus: 0, different: 0, moved: 0 }
  // Depth first, so that no more waits than what a few ranges were cut into.
  const waiting = [...unequal]
  while (waiting.length > 0) {
    const step = await narrow(tables, waiting)
    waiting.push(...step.ranges)
    const rows = await findDifferentRows(tables, step, watcher)
    found.missing += rows.missing
    found.surplus += rows.surplus
    found.different += rows.different
    found.moved += rows.moved
  }
  return { ...found, byKey: true }
}

/** What is known of two tables whose rows cannot be told apart: at least so much. */
function withoutKey(unequal: readonly RangePair[]): Omit<TableComparison, 'rows'> {
  const [pair] = unequal
  if (pair === undefined) return { missing: 0, surplus: 0, different: 0, moved: 0, byKey: false }
  const more = pair.source.rows - pair.target.rows
  return {
    missing: Math.max(0, more),
    surplus: Math.max(0, -more),
    different: more === 0 ? 1 : 0,
    moved: 0,
    byKey: false,
  }
}
