import type { KeyRange } from '../../databases/fingerprint.ts'
import type { Field } from '../../formats/csv.ts'
import type { Narrowed, RangePair } from './narrow-ranges.ts'
import { onBoth, readRows, type SeenRow, type TableSide, type TwoTables } from './table-side.ts'

export type DifferenceKind = 'missing' | 'surplus' | 'different'

/** A key of which the two tables do not hold the same. */
export interface DifferentRow {
  readonly kind: DifferenceKind
  readonly key: readonly Field[]
  /** Checksums of the row, 0 where a side does not have it. */
  readonly source: bigint
  readonly target: bigint
  /** What the `also` expressions said of the source's row. */
  readonly also: readonly Field[]
}

/** Who wants to know of rows that differ. */
export interface RowWatcher {
  /** Told of rows that differ, in no order. */
  readonly onRow: (row: DifferentRow) => void
  /** How many more it wants to be told of at least; those of whole ranges are then not even read. */
  readonly room: () => number
  /** More expressions of the source's SQL, whose values come with the rows that it has. */
  readonly also?: readonly string[]
}

export interface FoundRows {
  readonly missing: number
  readonly surplus: number
  readonly different: number
  readonly moved: number
}

/** Looks at the rows of small ranges one by one, and at those of ranges that one side lacks. */
export async function findDifferentRows(
  tables: TwoTables,
  { leaves, oneSided }: Narrowed,
  watcher: RowWatcher,
): Promise<FoundRows> {
  const found = { missing: 0, surplus: 0, different: 0, moved: 0 }
  if (leaves.length > 0) {
    const ranges = leaves.map(leaf => leaf.range)
    const { rows, moved } = await compareRows(tables, ranges, watcher.also ?? [])
    found.moved += moved
    for (const row of rows) {
      found[row.kind] += 1
      watcher.onRow(row)
    }
  }
  for (const pair of oneSided) {
    found.missing += pair.source.rows
    found.surplus += pair.target.rows
    found.moved += await tellOneSide(tables, pair, watcher)
  }
  return found
}

async function compareRows(
  tables: TwoTables,
  ranges: readonly KeyRange[],
  also: readonly string[],
): Promise<{ readonly rows: readonly DifferentRow[]; readonly moved: number }> {
  const read = async (side: TableSide): Promise<readonly SeenRow[]> => {
    const more = side === tables.source ? also : []
    return Array.fromAsync(readRows(side, tables.kind, { ranges, also: more }))
  }
  const [source, target] = await onBoth(tables, read)
  return { rows: unmatched(source, target), moved: source.length + target.length }
}

/** Pairs rows by key; a key may come several times, on either side. */
function unmatched(source: readonly SeenRow[], target: readonly SeenRow[]): DifferentRow[] {
  const byKey = new Map<string, { source: SeenRow[]; target: SeenRow[] }>()
  const rowsOf = (row: SeenRow): { source: SeenRow[]; target: SeenRow[] } => {
    const name = JSON.stringify(row.key)
    const rows = byKey.get(name) ?? { source: [], target: [] }
    byKey.set(name, rows)
    return rows
  }
  for (const row of source) rowsOf(row).source.push(row)
  for (const row of target) rowsOf(row).target.push(row)
  return [...byKey.values()].flatMap(rows => differencesOf(rows.source, rows.target))
}

function differencesOf(source: readonly SeenRow[], target: readonly SeenRow[]): DifferentRow[] {
  const rest = [...target]
  const alone = source.filter(row => {
    const same = rest.findIndex(other => other.checksum === row.checksum)
    if (same !== -1) rest.splice(same, 1)
    return same === -1
  })
  const count = Math.max(alone.length, rest.length)
  return Array.from({ length: count }, (_, index) => differenceOf(alone[index], rest[index]))
}

function differenceOf(source: SeenRow | undefined, target: SeenRow | undefined): DifferentRow {
  return {
    kind: target === undefined ? 'missing' : source === undefined ? 'surplus' : 'different',
    key: (source ?? target)?.key ?? [],
    source: source?.checksum ?? 0n,
    target: target?.checksum ?? 0n,
    also: source?.also ?? [],
  }
}

/** Tells rows of a range that the other side has none of, as many as somebody wants to know. */
async function tellOneSide(
  tables: TwoTables,
  { range, source, target }: RangePair,
  { onRow, room, also = [] }: RowWatcher,
): Promise<number> {
  const most = Math.min(room(), source.rows + target.rows)
  if (most <= 0) return 0
  const isSource = source.rows > 0
  const side = isSource ? tables.source : tables.target
  const wanted = { ranges: [range], also: isSource ? also : [], most }
  let moved = 0
  // Read to its end: a query that is broken off takes its transaction with it.
  for await (const row of readRows(side, tables.kind, wanted)) {
    moved += 1
    onRow(isSource ? differenceOf(row, undefined) : differenceOf(undefined, row))
  }
  return moved
}
