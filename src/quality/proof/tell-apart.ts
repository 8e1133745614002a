import type { DifferentRow } from '../compare/different-rows.ts'
import type { RowSum } from '../compare/table-side.ts'

/**
 * The source has gone on since the fingerprints were taken, so a row that differs now was either lost
 * or changed since. The fingerprint decides: what the range was then is what the warehouse has, with
 * the lost rows as the source has them. So the right set of lost rows, and no other, makes up for the
 * difference of the sums.
 */
export interface RangeThen {
  /** What the source had when it was mirrored. */
  readonly source: RowSum
  /** What the warehouse has now. */
  readonly target: RowSum
}

export interface ToldApart {
  readonly lost: readonly DifferentRow[]
  readonly changedSince: readonly DifferentRow[]
  /** The sums confirm it. Without that, rows that cannot be told apart count as lost. */
  readonly isProven: boolean
}

/** All sets of so many rows are tried, half and half. */
const MOST_TRIED = 24

/** What a row of the source says of its last change. */
export interface Stamped {
  /** By its own time stamp, it changed after the fingerprints were taken. */
  readonly isSince: (row: DifferentRow) => boolean
  /** The time stamp, in a form that sorts; the same for all where there is none. */
  readonly stampOf: (row: DifferentRow) => string
}

/**
 * Deleted rows say nothing of when, and of the others some say little: a stamp may be older than its
 * commit. But what is lost is older than what changed since, but for a few; so the others are cut in
 * two by their stamps, at every place, with every set of the deleted ones.
 */
export function tellApart(
  once: RangeThen,
  rows: readonly DifferentRow[],
  { isSince, stampOf }: Stamped,
): ToldApart {
  const since = rows.filter(isSince)
  const open = rows.filter(row => !isSince(row))
  const want = differenceOf(once)
  const deleted = open.filter(row => row.kind === 'surplus')
  const byAge = open
    .filter(row => row.kind !== 'surplus')
    .toSorted((a, b) => (stampOf(a) < stampOf(b) ? -1 : 1))
  const lost = byAgeAndDeletion(byAge, deleted, want) ?? anySet(open, want)
  if (lost === undefined) return { lost: open, changedSince: since, isProven: false }
  const isLost = new Set(lost)
  return { lost, changedSince: rows.filter(row => !isLost.has(row)), isProven: true }
}

function byAgeAndDeletion(
  byAge: readonly DifferentRow[],
  deleted: readonly DifferentRow[],
  want: Effect,
): readonly DifferentRow[] | undefined {
  const findDeleted = setFinder(deleted)
  let rest = want
  for (let count = 0; count <= byAge.length; count += 1) {
    const older = byAge[count - 1]
    if (older !== undefined) rest = subtract(rest, effectOfOne(older))
    const found = findDeleted(rest)
    if (found !== undefined) return [...byAge.slice(0, count), ...found]
  }
  return undefined
}

const anySet = (
  rows: readonly DifferentRow[],
  want: Effect,
): readonly DifferentRow[] | undefined =>
  rows.length > MOST_TRIED ? undefined : setFinder(rows)(want)

interface Effect {
  readonly rows: number
  readonly checksum: bigint
}

const differenceOf = ({ source, target }: RangeThen): Effect => ({
  rows: source.rows - target.rows,
  checksum: source.checksum - target.checksum,
})

/** What repairing a row would do to the warehouse's sum. */
const effectOfOne = ({ kind, source, target }: DifferentRow): Effect => ({
  rows: kind === 'missing' ? 1 : kind === 'surplus' ? -1 : 0,
  checksum: source - target,
})

const add = (one: Effect, other: Effect): Effect => ({
  rows: one.rows + other.rows,
  checksum: one.checksum + other.checksum,
})

const subtract = (one: Effect, other: Effect): Effect => ({
  rows: one.rows - other.rows,
  checksum: one.checksum - other.checksum,
})

interface RowSet {
  readonly rows: readonly DifferentRow[]
  readonly effect: Effect
}

const NONE: RowSet = { rows: [], effect: { rows: 0, checksum: 0n } }

/**
 * Finds a set of these rows that has an effect: of few rows any set, by the sums of one half looked up
 * for each of the other; of many, all or none. So few sets cannot have the same sum of 60 bits by chance.
 */
function setFinder(
  rows: readonly DifferentRow[],
): (want: Effect) => readonly DifferentRow[] | undefined {
  const middle = rows.length > MOST_TRIED ? 0 : Math.floor(rows.length / 2)
  const one = rows.length > MOST_TRIED ? [NONE] : setsOf(rows.slice(0, middle))
  const other = rows.length > MOST_TRIED ? [NONE, wholeOf(rows)] : setsOf(rows.slice(middle))
  const byEffect = new Map(one.map(set => [nameOf(set.effect), set]))
  return want => {
    for (const set of other) {
      const match = byEffect.get(nameOf(subtract(want, set.effect)))
      if (match !== undefined) return [...match.rows, ...set.rows]
    }
    return undefined
  }
}

const nameOf = ({ rows, checksum }: Effect): string => `${rows} ${checksum}`

function setsOf(rows: readonly DifferentRow[]): readonly RowSet[] {
  let sets: readonly RowSet[] = [NONE]
  for (const row of rows) {
    const effect = effectOfOne(row)
    const more = sets.map(set => ({
      rows: [...set.rows, row],
      effect: add(set.effect, effect),
    }))
    sets = [...sets, ...more]
  }
  return sets
}

function wholeOf(rows: readonly DifferentRow[]): RowSet {
  let { effect } = NONE
  for (const row of rows) effect = add(effect, effectOfOne(row))
  return { rows, effect }
}
