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

/** All sets of so many rows are tried. */
const MOST_TRIED = 16

/** `isSince`: rows that say by their own time stamp that they changed since. */
export function tellApart(
  then: RangeThen,
  rows: readonly DifferentRow[],
  isSince: (row: DifferentRow) => boolean,
): ToldApart {
  const since = rows.filter(isSince)
  const open = rows.filter(row => !isSince(row))
  const want = differenceOf(then)
  const proven = (lost: readonly DifferentRow[]): ToldApart => ({
    lost,
    changedSince: rows.filter(row => !lost.includes(row)),
    isProven: true,
  })
  for (const guess of [open, open.filter(row => row.kind !== 'surplus'), []]) {
    if (isSame(effectOf(guess), want)) return proven(guess)
  }
  const found = subsetWith(open, want)
  if (found !== undefined) return proven(found)
  return { lost: open, changedSince: since, isProven: false }
}

interface Effect {
  readonly rows: number
  readonly checksum: bigint
}

const differenceOf = ({ source, target }: RangeThen): Effect => ({
  rows: source.rows - target.rows,
  checksum: source.checksum - target.checksum,
})

/** What repairing these rows would do to the warehouse's sum. */
function effectOf(rows: readonly DifferentRow[]): Effect {
  let effect: Effect = { rows: 0, checksum: 0n }
  for (const row of rows) effect = add(effect, effectOfOne(row))
  return effect
}

const effectOfOne = ({ kind, source, target }: DifferentRow): Effect => ({
  rows: kind === 'missing' ? 1 : kind === 'surplus' ? -1 : 0,
  checksum: source - target,
})

const add = (one: Effect, other: Effect): Effect => ({
  rows: one.rows + other.rows,
  checksum: one.checksum + other.checksum,
})

const isSame = (one: Effect, other: Effect): boolean =>
  one.rows === other.rows && one.checksum === other.checksum

/** The first of all sets of rows that has this effect; sets of few rows cannot do so by chance. */
function subsetWith(
  rows: readonly DifferentRow[],
  want: Effect,
): readonly DifferentRow[] | undefined {
  if (rows.length > MOST_TRIED) return undefined
  let sets: { readonly rows: readonly DifferentRow[]; readonly effect: Effect }[] = [
    { rows: [], effect: { rows: 0, checksum: 0n } },
  ]
  for (const row of rows) {
    const more = sets.map(set => ({
      rows: [...set.rows, row],
      effect: add(set.effect, effectOfOne(row)),
    }))
    sets = [...sets, ...more]
  }
  return sets.find(set => isSame(set.effect, want))?.rows
}
