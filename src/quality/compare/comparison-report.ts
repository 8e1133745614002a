import type { Field } from '../../formats/csv.ts'
import type { TableComparison } from './compare-tables.ts'
import type { DifferenceKind, DifferentRow } from './different-rows.ts'
import type { LeftOut } from './match-columns.ts'

/** What a comparison found, as `ferry compare --json` prints it. */
export interface ComparisonReport {
  readonly source: string
  readonly target: string
  readonly equal: boolean
  readonly rows: { readonly source: number; readonly target: number }
  readonly missing: number
  readonly surplus: number
  readonly different: number
  /** Rows that differ because the source changed them after it was mirrored; no fault of anybody. */
  readonly changed_since: number
  /** False when some of the rows that differ may have changed since: the sums do not tell them apart. */
  readonly told_apart: boolean
  /** Of the rows that differed, those that were written anew and then were the same. */
  readonly repaired: number
  /** The part of the key's ranges that was compared: 1 is all of them. */
  readonly share: number
  /** Whether the source was taken as it was when it was mirrored, or as it is. */
  readonly source_as_of: 'mirror' | 'now'
  /** The columns that rows were told apart by; empty when there are none. */
  readonly key: readonly string[]
  /** The first keys that differ. */
  readonly keys: readonly DifferentKey[]
  readonly left_out: readonly LeftOut[]
  readonly checksum: 'own' | 'common'
  /** Rows whose key and checksum were moved to find this out. */
  readonly moved: number
  readonly seconds: number
}

export interface DifferentKey {
  readonly is: DifferenceKind
  readonly key: Readonly<Record<string, Field>>
}

/** Keeps the first rows that differ, by their keys. */
export class FirstKeys {
  readonly keys: DifferentKey[] = []
  readonly #names: readonly string[]
  readonly #most: number

  constructor(names: readonly string[], most: number) {
    this.#names = names
    this.#most = most
  }

  readonly room = (): number => this.#most - this.keys.length

  readonly onRow = ({ kind, key }: DifferentRow): void => {
    if (this.room() <= 0) return
    const named = this.#names.map((name, index) => [name, key[index] ?? null] as const)
    this.keys.push({ is: kind, key: Object.fromEntries(named) })
  }
}

export const isEqual = ({ missing, surplus, different }: TableComparison): boolean =>
  missing + surplus + different === 0

/** What is left to be done about: with all of it repaired, nothing. */
export const unrepaired = (report: ComparisonReport): number =>
  report.missing + report.surplus + report.different - report.repaired

/** A report for people: a line when all is well. */
export function* reportLines(report: ComparisonReport): Generator<string> {
  const { source, target, rows, equal, share } = report
  const where = share === 1 ? '' : ` in ${(100 * share).toFixed(1)} % of the keys`
  const counted = `${source} has ${rows.source} rows${where}, ${target} has ${rows.target}`
  if (equal) {
    yield `${counted}: the same\n`
    return
  }
  if (report.key.length === 0) {
    yield `${counted}: not the same\n`
    yield 'there is no key to tell rows by: only counts and the sum of all checksums were compared (name columns: --key)\n'
    return
  }
  const { missing, surplus, different, repaired, changed_since } = report
  const since = changed_since === 0 ? '' : `, ${changed_since} changed since`
  const done = repaired === 0 ? '' : `; ${repaired} repaired`
  yield `${counted}: ${missing} missing, ${surplus} too many, ${different} different${since}${done}\n`
  for (const { is, key } of report.keys) yield `${is}\t${JSON.stringify(key)}\n`
  const more = missing + surplus + different - report.keys.length
  if (more > 0) yield `and ${more} more\n`
}

/** The report of a comparison that has not been repaired. */
export function reportOf(
  titles: { readonly source: string; readonly target: string },
  found: TableComparison,
  more: Pick<ComparisonReport, 'key' | 'keys' | 'left_out' | 'checksum' | 'seconds'>,
): ComparisonReport {
  const { rows, missing, surplus, different, moved } = found
  const counted = { rows, missing, surplus, different, moved }
  const nothing = {
    changed_since: 0,
    told_apart: true,
    repaired: 0,
    share: 1,
    source_as_of: 'now',
  } as const
  return { ...titles, equal: isEqual(found), ...counted, ...nothing, ...more }
}
