import type { LogicalDate } from '../../../core/logical-date.ts'
import type { Counts } from '../../../formats/counts.ts'

/** How fresh the data of a night is, by its sources. */
export interface Freshness {
  readonly sources: number
  /** How many have data of the night's own day, or later. */
  readonly current: number
  /** The sources that do not, with the newest day that they have. Of which no day is known, nothing is said. */
  readonly late: readonly { readonly source: string; readonly newest: string | null }[]
}

/** Undefined when nothing that the night did counts its rows. */
export function freshnessOf(date: LogicalDate, all: readonly Counts[]): Freshness | undefined {
  const newest = new Map<string, string>()
  for (const one of all) {
    const days = Object.keys(one.days ?? {})
    const said = one.newest === undefined ? days : [...days, one.newest.slice(0, 10)]
    if (said.length === 0) continue
    const last = said.reduce((a, b) => (a > b ? a : b), '')
    const before = newest.get(one.source) ?? ''
    newest.set(one.source, last > before ? last : before)
  }
  if (newest.size === 0) return undefined
  const late = [...newest].filter(([, day]) => day < date)
  return {
    sources: newest.size,
    current: newest.size - late.length,
    late: late.map(([source, day]) => ({ source, newest: day === '' ? null : day })),
  }
}
