import { type Key, type KeyRange, MAX_BOUNDS } from '../../databases/fingerprint.ts'
import { NO_ROWS, onBoth, readCuts, readSums, type RowSum, type TwoTables } from './table-side.ts'

/** A range with the sums of both sides. */
export interface RangePair {
  readonly range: KeyRange
  readonly source: RowSum
  readonly target: RowSum
}

/** What is left to do after ranges were narrowed down. */
export interface Narrowed {
  /** Smaller ranges that differ. */
  readonly ranges: readonly RangePair[]
  /** Ranges with few rows, which are looked at one by one. */
  readonly leaves: readonly RangePair[]
  /** Ranges that one side has no rows of. */
  readonly oneSided: readonly RangePair[]
}

/** Rows of a range that are looked at one by one; their checksums move. */
export const LEAF_ROWS = 100
/** Leaves that are read by one query. */
const LEAVES_AT_ONCE = 50
/** Ranges that are cut by one query: for keys that no index orders by bytes, each reads all rows. */
const CUT_AT_ONCE = 64

/**
 * Takes some ranges that differ from the end of `waiting`, where all are disjoint and ascending, and
 * says what is to be done with them.
 */
export async function narrow(tables: TwoTables, waiting: RangePair[]): Promise<Narrowed> {
  const size = ({ source, target }: RangePair): number => Math.max(source.rows, target.rows)
  const isOneSided = ({ source, target }: RangePair): boolean =>
    source.rows === 0 || target.rows === 0
  const isLeaf = (pair: RangePair): boolean => !isOneSided(pair) && size(pair) <= LEAF_ROWS
  const taken = takeWhileAlike(waiting, pair =>
    isOneSided(pair) ? 'one-sided' : isLeaf(pair) ? 'leaf' : 'large',
  )
  const nothing = { ranges: [], leaves: [], oneSided: [] }
  const [first] = taken
  if (first === undefined) return nothing
  if (isOneSided(first)) return { ...nothing, oneSided: taken }
  if (isLeaf(first)) return { ...nothing, leaves: taken }
  const parts = await cutRanges(tables, taken)
  // Keys of which there are more than a leaf holds cannot be cut.
  const stuck = parts.filter(part => taken.some(pair => isSameRange(pair.range, part.range)))
  return { ...nothing, leaves: stuck, ranges: parts.filter(part => !stuck.includes(part)) }
}

function takeWhileAlike(
  waiting: RangePair[],
  kindOf: (pair: RangePair) => 'one-sided' | 'leaf' | 'large',
): readonly RangePair[] {
  const taken: RangePair[] = []
  const last = waiting.at(-1)
  if (last === undefined) return taken
  const kind = kindOf(last)
  const most = kind === 'large' ? CUT_AT_ONCE : kind === 'leaf' ? LEAVES_AT_ONCE : 1
  for (;;) {
    const next = waiting.at(-1)
    if (next === undefined || kindOf(next) !== kind || taken.length === most) break
    waiting.pop()
    taken.unshift(next)
  }
  return taken
}

/**
 * Cuts ranges, which are disjoint and ascending, into smaller ones of like size, and returns those of
 * them that differ, ascending.
 */
async function cutRanges(
  tables: TwoTables,
  pairs: readonly RangePair[],
): Promise<readonly RangePair[]> {
  const ranges = pairs.map(pair => pair.range)
  const rows = (side: 'source' | 'target'): number =>
    pairs.reduce((total, pair) => total + pair[side].rows, 0)
  const edges = edgesOf(ranges)
  // The side with more rows is cut; of equal ones the target, which is not somebody's production.
  const larger = rows('source') > rows('target') ? 'source' : 'target'
  const every = Math.max(LEAF_ROWS, Math.ceil(rows(larger) / (MAX_BOUNDS - edges.length)))
  const cuts = await readCuts(tables[larger], { ranges, bounds: edges, every })
  const bounds = [...edges, null].flatMap((edge, bucket) => {
    const inside = cuts.flatMap(cut => (cut.bucket === bucket ? [cut.key] : []))
    return edge === null ? inside : [...inside, edge]
  })
  const distinct = bounds.filter((bound, index) => !isSameKey(bound, bounds[index - 1]))
  const [source, target] = await onBoth(tables, side =>
    readSums(side, tables.kind, { ranges, bounds: distinct }),
  )
  return rangesBetween(distinct).flatMap((range, bucket) => {
    const pair = {
      range,
      source: source.get(bucket) ?? NO_ROWS,
      target: target.get(bucket) ?? NO_ROWS,
    }
    return isUnequal(pair) ? [pair] : []
  })
}

/** The ends of ascending ranges, each once. */
export function edgesOf(ranges: readonly KeyRange[]): readonly Key[] {
  const edges: Key[] = []
  for (const { from, to } of ranges) {
    for (const edge of [from, to]) {
      if (edge !== null && !isSameKey(edge, edges.at(-1))) edges.push(edge)
    }
  }
  return edges
}

/** The ranges that bounds cut all keys into: one more than there are bounds. */
export function rangesBetween(bounds: readonly Key[]): readonly KeyRange[] {
  const ends = [null, ...bounds, null]
  return ends.slice(1).map((to, index) => ({ from: ends[index] ?? null, to }))
}

export const isUnequal = ({ source, target }: RangePair): boolean =>
  source.rows !== target.rows || source.checksum !== target.checksum

const isSameKey = (one: Key | null, other: Key | null | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

const isSameRange = (one: KeyRange, other: KeyRange): boolean =>
  isSameKey(one.from, other.from) && isSameKey(one.to, other.to)
