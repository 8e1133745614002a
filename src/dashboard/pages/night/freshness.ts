import { addDays, type LogicalDate } from '../../../core/logical-date.ts'
import type { Counts } from '../../../formats/counts.ts'
import type { CountSeries } from '../../../formats/quality.ts'

/** How fresh the data of a night is, by its sources. */
export interface Freshness {
  readonly sources: number
  /** How many have data of the night's own day, or later. */
  readonly current: number
  /** The sources that do not, with the newest day that they have. Of which no day is known, nothing is said. */
  readonly late: readonly { readonly source: string; readonly newest: string | null }[]
}

/** A source that brought nothing for so long is no source any more. */
const FORGOTTEN_DAYS = 14

/**
 * From what the steps of the night counted. A source that the nights before had, and this one has not,
 * is late: `series` tells of it. Undefined when nothing counts its rows.
 */
export function freshnessOf(
  date: LogicalDate,
  all: readonly Counts[],
  series: readonly CountSeries[],
): Freshness | undefined {
  const newest = earlierSources(date, series)
  for (const one of all) {
    const days = newestDays(one)
    if (days.length === 0) continue
    const last = days.reduce((a, b) => (a > b ? a : b), '')
    const before = newest.get(one.source) ?? ''
    newest.set(one.source, last > before ? last : before)
  }
  if (newest.size === 0) return undefined
  const late = [...newest].filter(([, day]) => day < date)
  return {
    sources: newest.size,
    current: newest.size - late.length,
    late: late
      .map(([source, day]) => ({ source, newest: day === '' ? null : day }))
      .sort((a, b) => (a.source < b.source ? -1 : 1)),
  }
}

function newestDays({ step, days, newest, date }: Counts): string[] {
  const said = Object.keys(days ?? {})
  if (newest !== undefined) said.push(newest.slice(0, 10))
  // A mirror without a time is one of the whole table, as it was this night.
  else if (step === 'mirror') said.push(date)
  return said
}

/** Mirrored sources of the nights before, with the last night that brought something of them. */
function earlierSources(date: LogicalDate, series: readonly CountSeries[]): Map<string, string> {
  const since = addDays(date, -FORGOTTEN_DAYS)
  const sources = new Map<string, string>()
  for (const { step, name, nights } of series) {
    const last = nights.findLast(night => night.date < date)?.date
    if (step !== 'mirror' || last === undefined || last < since) continue
    const [source = name] = name.split('.')
    if (last > (sources.get(source) ?? '')) sources.set(source, last)
  }
  return sources
}
