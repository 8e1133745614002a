import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeCounts } from './support/made-up-counts.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

const LAST = '2026-11-20' // a Friday

let project: PagesProject
let web: RunningWeb

beforeAll(async () => {
  project = await PagesProject.make()
  await project.night({ date: '2026-11-19', tables: 4 })
  await project.night({ date: LAST, tables: 4 })
  await writeCounts(project.folder, LAST, 40)
  web = await project.serve()
})
afterAll(async () => {
  await web.stop()
  await project[Symbol.asyncDispose]()
})

interface Model {
  readonly findings: readonly { readonly severity: string; readonly about: string }[]
  readonly tables: readonly { readonly name: string; readonly rows: number }[]
}

test('the page says what is wrong first, and marks what is out of the ordinary', async () => {
  const response = await web.get(`/quality?date=${LAST}`, { accept: 'application/json' })
  const model = (await response.json()) as Model
  expect(model.findings.map(({ severity, about }) => `${severity} ${about}`)).toEqual([
    'error compare/production.users',
    'warn collect/clients',
    'warn compare/production.tasks',
    'warn crunch/all',
    'warn mirror/production.lists',
  ])
  expect(model.tables.map(({ name }) => name)).toContain('billing.invoices')
  const page = await (await web.get(`/quality?date=${LAST}`)).text()
  expect(page).toContain(`<h1>The data of ${LAST}: 1 error, 4 warnings</h1>`)
  expect(page).toMatch(/class="number unusual" title="[\d,]+ to [\d,]+ rows are in order"/)
  expect(page).toContain('3 missing, 0 too many, 0 different')
})

test('a night without counts says so', async () => {
  const page = await (await web.get('/quality?date=2024-01-01')).text()
  expect(page).toContain('Nothing was counted on 2024-01-01')
})
