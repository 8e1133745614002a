import type { FileAccount } from '../../cruncher/account.ts'
import { type Counts, writeCounts } from '../../formats/counts.ts'

/** Of records without a time; it is no day. */
const NO_DAY = 'none'

/**
 * Writes `results/DATE/counts/crunch/all.json` of a project. A record of several lines counts as one, and
 * a line of several records as many.
 * @throws FerryError LOCAL_IO
 */
export async function writeCrunchCounts(
  project: string,
  account: FileAccount,
  date: string,
  finishedAt: Date,
): Promise<void> {
  await writeCounts(project, crunchCounts(account, date, finishedAt))
}

function crunchCounts(account: FileAccount, date: string, finishedAt: Date): Counts {
  const { lines, expanded, merged, out, filtered, rejected, bytes } = account
  const sources = Object.fromEntries(
    Object.entries(account.sources).map(([name, days]) => [name, datedOnly(days)] as const),
  )
  return {
    version: 1,
    step: 'crunch',
    name: 'all',
    source: 'crunch',
    date,
    rows: { in: lines + expanded - merged, out, filtered, rejected },
    days: sumDays(Object.values(sources)),
    sources,
    bySource: rowsBySource(account),
    bytes,
    finishedAt: finishedAt.toISOString(),
  }
}

function rowsBySource({ sources, lost }: FileAccount): NonNullable<Counts['bySource']> {
  const names = [sources, lost.filtered, lost.rejected].flatMap(Object.keys)
  const rows = [...new Set(names)].sort().map(name => {
    const out = Object.values(sources[name] ?? {}).reduce((sum, one) => sum + one, 0)
    const [filtered = 0, rejected = 0] = [lost.filtered[name], lost.rejected[name]]
    return [name, { in: out + filtered + rejected, out, filtered, rejected }] as const
  })
  return Object.fromEntries(rows)
}

const datedOnly = (days: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(days).filter(([day]) => day !== NO_DAY))

function sumDays(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>()
  for (const days of all) {
    for (const [day, rows] of Object.entries(days)) sums.set(day, (sums.get(day) ?? 0) + rows)
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)))
}
