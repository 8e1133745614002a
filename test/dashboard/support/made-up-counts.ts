/** What the steps of nights counted, made up: for the data quality page. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Counts, countsPath, countsText } from '../../../src/formats/counts.ts'

const TABLES = ['billing.invoices', 'production.lists', 'production.tasks', 'production.users']
const SERVICES = ['pino:web', 'nginx-error:proxy', 'lograge:api']

export const dateBefore = (date: string, days: number): string =>
  new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10)

/**
 * Nights up to a date: tables that grow, services with a weekly rhythm. On the last night one table lost
 * half of its rows, one differed and was repaired, one differs, and events have gaps.
 */
export async function writeCounts(project: string, last: string, nights: number): Promise<void> {
  for (let before = nights - 1; before >= 0; before--) {
    const date = dateBefore(last, before)
    for (const counts of countsOf(date, nights - before, before === 0)) {
      const path = join(project, countsPath(counts))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, countsText(counts))
    }
  }
}

function countsOf(date: string, index: number, isLast: boolean): Counts[] {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  const rhythm = weekday === 0 || weekday === 6 ? 0.45 : 1
  const noise = (seed: number): number =>
    1 + (((index * 7_919 + seed * 104_729) % 100) - 50) / 1_500
  const head = { version: 1, date, finishedAt: `${date}T03:12:00.000Z` } as const
  const tables = TABLES.flatMap((name, at): Counts[] => {
    const usual = Math.round((at + 1) * 81_000 * rhythm * 1.01 ** (index / 7) * noise(at))
    const rows = isLast && at === 1 ? Math.round(usual / 2) : usual
    const counted = { in: rows, out: rows, filtered: 0, rejected: 0 }
    const source = name.split('.')[0] ?? ''
    const tableRows = 20_000_000 * (at + 1) + index * usual
    const differences = isLast && at > 1 ? at : 0
    const compared = {
      sourceRows: tableRows,
      targetRows: tableRows - differences,
      missing: differences,
      surplus: 0,
      different: 0,
      share: at === 3 ? 0.125 : 1,
      repaired: at === 2 ? differences : 0,
    }
    const newest = `${date}T01:58:00.000Z`
    return [
      { ...head, step: 'mirror', name, source, rows: counted, newest },
      { ...head, step: 'load', name, source, rows: counted, tableRows },
      { ...head, step: 'compare', name, source, rows: counted, compared },
    ]
  })
  const services = SERVICES.map((name, at): [string, Record<string, number>] => {
    const lines = Math.round(3_000_000 * (at + 1) * rhythm * noise(at + 9))
    return [name, { [date]: lines }]
  })
  const lines = services.reduce((sum, [, days]) => sum + (days[date] ?? 0), 0)
  const crunch: Counts = {
    ...head,
    step: 'crunch',
    name: 'all',
    source: 'crunch',
    rows: { in: lines + 120, out: lines, filtered: 100, rejected: 20 },
    sources: Object.fromEntries(services),
    bySource: Object.fromEntries(
      services.map(([service, days], at) => {
        const out = days[date] ?? 0
        const [filtered, rejected] = [at === 0 ? 100 : 0, at === 2 ? 20 : 0]
        return [service, { in: out + filtered + rejected, out, filtered, rejected }]
      }),
    ),
  }
  const events: Counts = {
    ...head,
    step: 'collect',
    name: 'clients',
    source: 'clients',
    rows: { in: 125_000, out: 125_000, filtered: 0, rejected: 0 },
    events: { gaps: isLast ? 7 : 0, duplicates: 31, late: 412 },
  }
  return [...tables, crunch, events]
}
