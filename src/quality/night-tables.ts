import type { Counts } from '../formats/counts.ts'
import type { CountSeries, QualityTable } from '../formats/quality.ts'

/** Steps that bring tables. */
const BRINGING: ReadonlySet<string> = new Set(['mirror', 'pull'])

/** Tables of a night, and those that were brought in the nights before and are missing now, by name. */
export function nightTables(
  counts: readonly Counts[],
  series: readonly CountSeries[],
  date: string,
): QualityTable[] {
  const tables = new Map<string, QualityTable>()
  // What was brought this night is in the warehouse when it was loaded, too.
  const isLoaded = counts.every(({ step }) => step !== 'load')
  for (const { step, name, nights } of series) {
    const last = nights.findLast(night => isLoaded || night.date < date)?.date ?? null
    if (!BRINGING.has(step)) continue
    tables.set(name, { name, rows: null, newest: null, updated: last, compared: null })
  }
  for (const one of counts) {
    if (!BRINGING.has(one.step) && one.step !== 'load' && one.step !== 'compare') continue
    const known = tables.get(one.name)
    tables.set(one.name, {
      name: one.name,
      rows: one.tableRows ?? known?.rows ?? null,
      newest: latest(one.newest, known?.newest),
      updated: one.step === 'load' ? one.finishedAt : (known?.updated ?? null),
      compared: one.compared ?? known?.compared ?? null,
    })
  }
  return [...tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const latest = (one: string | undefined, other: string | null | undefined): string | null =>
  one === undefined || (other ?? '') > one ? (other ?? null) : one
