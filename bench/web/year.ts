/**
 * A project with a year of nights, as `ferry run` and the steps of a night leave them: commands, graphs, counts of
 * 198 tables in 33 databases, results of 200 models with their checks, logs of every target. Made once into a
 * folder, and used again: it is a third of a million files.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Counts, countsPath, countsText } from '../../src/formats/counts.ts'
import { dateBefore } from '../../test/dashboard/support/made-up-counts.ts'
import { createRandom } from '../../test/dashboard/support/made-up-nights.ts'
import { receiptOf } from '../../test/dashboard/support/made-up-receipt.ts'
import { PagesProject } from '../../test/dashboard/support/pages-project.ts'

export const LAST = '2026-11-21'
/** Newest nights whose targets have logs, 2,000 files each, and whose models have left their numbers. */
export const NIGHTS_WITH_LOGS = 30
const TABLES_OF_NIGHT = 615 // 1,998 targets
const DATABASES = 33
const TABLES = 6
const MODELS = 200
const MARK = 'year-is-made'

export const dateOf = (back: number): string => dateBefore(LAST, back)

export async function openYear(folder: string, nights: number): Promise<PagesProject> {
  const project = await PagesProject.at(folder, configOf())
  const mark = join(folder, `${MARK}-${nights}`)
  if (existsSync(mark)) return project
  writeModels(folder)
  for (let back = nights - 1; back >= 0; back -= 1) {
    const failing = back % 9 === 4 || back === 0 ? [5, 99] : []
    const withLogs = back < NIGHTS_WITH_LOGS
    await project.night({ date: dateOf(back), tables: TABLES_OF_NIGHT, failing, withLogs })
    writeNightCounts(folder, dateOf(back), back)
    writeNightModels(folder, dateOf(back), back)
  }
  writeFileSync(mark, '')
  return project
}

const sourceOf = (at: number): string => `db${Math.floor(at / TABLES)}`
const tableOf = (at: number): string => `table${at % TABLES}`
const modelOf = (at: number): string => `kpi_${String(at).padStart(3, '0')}`

function configOf(): string {
  const sources = Array.from({ length: DATABASES }, (_, database) => {
    const tables = Array.from({ length: TABLES }, (_unused, table) => `table${table}: `).join(', ')
    return `  db${database}: { url: "postgres://reader@db${database}.example/app", tables: { ${tables}} }\n`
  })
  return `warehouses: { hot: "duckdb:./hot.duckdb" }\nsources:\n${sources.join('')}`
}

function writeModels(folder: string): void {
  mkdirSync(join(folder, 'models'), { recursive: true })
  for (let at = 0; at < MODELS; at += 1) {
    const place = at % (DATABASES * TABLES)
    const from = `<%= source('${sourceOf(place)}', '${tableOf(place)}') %>`
    const before = at % 4 === 3 ? ` join <%= ref('${modelOf(at - 1)}') %> using (day)` : ''
    const text = `/*\nmaterialize: table\nresult: csv\nowner: ana@example.org\n*/\nselect day, count(*) as users\nfrom ${from}${before}\ngroup by day\norder by day\n`
    writeFileSync(join(folder, 'models', `${modelOf(at)}.sql`), text)
  }
}

function writeNightCounts(folder: string, date: string, back: number): void {
  const random = createRandom(back + 1)
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  const rhythm = weekday % 6 === 0 ? 0.45 : 1
  const head = { version: 1, date, finishedAt: `${date}T03:12:00.000Z` } as const
  const write = (one: Counts): void => {
    writeFileSync(join(folder, countsPath(one)), countsText(one))
  }
  for (const step of ['mirror', 'load', 'compare', 'crunch', 'collect']) {
    mkdirSync(join(folder, 'results', date, 'counts', step), { recursive: true })
  }
  for (let at = 0; at < DATABASES * TABLES; at += 1) {
    const [source, name] = [sourceOf(at), `${sourceOf(at)}.${tableOf(at)}`]
    const rows = Math.round((at + 1) * 8_100 * rhythm * (0.97 + random() * 0.06))
    const counted = { in: rows, out: rows, filtered: 0, rejected: 0 }
    const tableRows = 200_000 * (at + 1) - back * rows
    const compared = {
      sourceRows: tableRows,
      targetRows: tableRows,
      missing: 0,
      surplus: 0,
      different: 0,
      share: 1,
      repaired: 0,
    }
    const newest = `${date}T01:58:00.000Z`
    write({ ...head, step: 'mirror', name, source, rows: counted, newest })
    write({ ...head, step: 'load', name, source, rows: counted, tableRows: Math.max(0, tableRows) })
    if (tableRows > 0) write({ ...head, step: 'compare', name, source, rows: counted, compared })
  }
  const lines = Math.round(3_000_000 * rhythm)
  const services = Array.from({ length: 40 }, (_, at) => [`pino:service${at}`, { [date]: lines }])
  const crunched = { in: lines * 40 + 120, out: lines * 40, filtered: 100, rejected: 20 }
  const sources = Object.fromEntries(services)
  write({ ...head, step: 'crunch', name: 'all', source: 'crunch', rows: crunched, sources })
  const events = { gaps: back === 0 ? 7 : 0, duplicates: 31, late: 412 }
  const collected = { in: 125_000, out: 125_000, filtered: 0, rejected: 0 }
  write({ ...head, step: 'collect', name: 'clients', source: 'clients', rows: collected, events })
}

function writeNightModels(folder: string, date: string, back: number): void {
  mkdirSync(join(folder, 'results', date, 'models'), { recursive: true })
  for (let at = 0; at < MODELS; at += 1) {
    // What failed on the newest night shows the number of the night before.
    if (back === 0 && at % 25 === 24) continue
    const model = modelOf(at)
    const result = `results/${date}/${model}.csv`
    const passed = { passed: true, failing_rows: 0, found: '' }
    const receipt = receiptOf(date, model, {
      rows: 90,
      checks: [
        { name: 'unique day', severity: 'error', ...passed },
        { name: 'not_null day', severity: 'error', ...passed },
        { name: 'row_count min 1', severity: 'warn', ...passed, failing_rows: null },
      ],
      result,
    })
    writeFileSync(join(folder, 'results', date, 'models', `${model}.json`), JSON.stringify(receipt))
    if (back >= NIGHTS_WITH_LOGS) continue
    const days = Array.from({ length: 90 }, (_, day) => `${dateBefore(date, day)},${day * 7 + at}`)
    writeFileSync(join(folder, result), `day,users\n${days.join('\n')}\n`)
  }
}
