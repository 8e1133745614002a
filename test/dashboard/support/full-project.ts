/** A project in which every page has something to show. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ModelFailure, ModelReceipt } from '../../../src/formats/model-receipt.ts'
import { runFerry } from '../../support/run-ferry.ts'
import { writeCounts } from './made-up-counts.ts'
import { receiptOf } from './made-up-receipt.ts'
import { PagesProject } from './pages-project.ts'

export const NIGHT = '2026-11-20' // a Friday
export const NIGHT_BEFORE = '2026-11-19'

/** Two nights with models, counts, a warehouse and a saved query; one result is of the night before. */
export async function makeFullProject(config = ''): Promise<PagesProject> {
  const project = await PagesProject.make(
    `warehouses: { hot: "duckdb:./hot.duckdb" }\nsources: { production: { url: "postgres://h/d", tables: { users: } } }\n${config}`,
  )
  for (const date of [NIGHT_BEFORE, NIGHT]) {
    await project.night({ date, tables: 4, failing: date === NIGHT ? [1] : [], withLogs: true })
    const daily = receiptOf(date, 'daily', { checks: checks(true) })
    await writeInto(project, `results/${date}/models/daily.json`, JSON.stringify(daily))
    await writeInto(
      project,
      `results/${date}/daily.csv`,
      `day,users\n2026-11-17,3\n2026-11-18,5\n${date},70\n`,
    )
  }
  const result = `results/${NIGHT_BEFORE}/daily.csv`
  const late = receiptOf(NIGHT_BEFORE, 'late', { result })
  await writeInto(project, `results/${NIGHT_BEFORE}/models/late.json`, JSON.stringify(late))
  const failure: ModelFailure = {
    version: 1,
    model: 'late',
    date: NIGHT,
    state: 'failed',
    error: { code: 'SQL_INVALID', message: 'no column `due`\nin line 3', details: {} },
    checks: [],
    finished_at: `${NIGHT}T03:00:00Z`,
  }
  await writeInto(project, `results/${NIGHT}/models/late.failed.json`, JSON.stringify(failure))
  await writeInto(
    project,
    'models/daily.sql',
    "/* materialize: table\nresult: csv */\nselect * from <%= source('production', 'users') %>\n",
  )
  await writeInto(
    project,
    'models/late.sql',
    "/* materialize: table\nresult: csv */\nselect * from <%= ref('daily') %>\n",
  )
  await writeInto(project, 'queries/by-country.sql', 'select country, users from totals\n')
  await writeCounts(project.folder, NIGHT, 40)
  const sql = `create table totals (country text, users bigint);
    insert into totals values ('HU', 30), ('DE', 20), ('<script>alert(1)</script>', 10)`
  const made = await runFerry(['sql', '-e', sql], { cwd: project.folder })
  if (made.code !== 0) throw new Error(made.stderr)
  return project
}

export async function writeInto(
  project: PagesProject,
  path: string,
  content: string,
): Promise<void> {
  await mkdir(dirname(join(project.folder, path)), { recursive: true })
  await writeFile(join(project.folder, path), content)
}

const checks = (passed: boolean): ModelReceipt['checks'] => [
  { name: 'unique day', severity: 'error', passed, failing_rows: passed ? 0 : 2, found: '' },
]
