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

/** A report for people: a line when all is well. */
export function* reportLines(report: ComparisonReport): Generator<string> {
  const { source, target, rows, equal } = report
  const counted = `${source} has ${rows.source} rows, ${target} has ${rows.target}`
  if (equal) {
    yield `${counted}: the same\n`
    return
  }
  if (report.key.length === 0) {
    yield `${counted}: not the same\n`
    yield 'there is no key to tell rows by: only counts and the sum of all checksums were compared (name columns: --key)\n'
    return
  }
  const { missing, surplus, different } = report
  yield `${counted}: ${missing} missing, ${surplus} too many, ${different} different\n`
  for (const { is, key } of report.keys) yield `${is}\t${JSON.stringify(key)}\n`
  const more = missing + surplus + different - report.keys.length
  if (more > 0) yield `and ${more} more\n`
}
