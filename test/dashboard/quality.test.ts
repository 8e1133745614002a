import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelFailure } from '../../src/formats/model-receipt.ts'
import { nightQuality } from '../../src/formats/quality.ts'
import { runFerry } from '../support/run-ferry.ts'
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
  readonly findings: readonly {
    readonly severity: string
    readonly kind: string
    readonly about: string
  }[]
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

test('lines in, out, filtered and rejected are told by source, those with rejected ones first', async () => {
  const page = await (await web.get(`/quality?date=${LAST}`)).text()
  const [, table = ''] = /In = out \+ filtered \+ rejected<\/h2>(.*?)<\/table>/s.exec(page) ?? []
  const rows = [...table.matchAll(/<tr class="part">(.*?)<\/tr>/gs)].map(([, row = '']) =>
    row
      .replaceAll(/<[^>]+>/g, ' ')
      .trim()
      .split(/\s+/),
  )
  expect(rows.map(([source, , , filtered, rejected]) => [source, filtered, rejected])).toEqual([
    ['lograge:api', '0', '20'],
    ['nginx-error:proxy', '0', '0'],
    ['pino:web', '100', '0'],
  ])
})

test('what `ferry check` writes for machines has all that the page shows', async () => {
  const checked = await runFerry(['check', '--date', LAST], { cwd: project.folder })
  expect([checked.code, checked.stderr]).toEqual([1, ''])
  const written = await readFile(join(project.folder, 'results', LAST, 'quality.json'), 'utf8')
  const { version, finishedAt, ...file } = nightQuality.parse(JSON.parse(written))
  const response = await web.get(`/quality?date=${LAST}`, { accept: 'application/json' })
  expect(await response.json()).toEqual(file)
  expect([version, Date.parse(finishedAt) > 0]).toEqual([1, true])
  for (const part of [file.tables, file.steps, file.events, file.nights]) {
    expect(part.length).toBeGreaterThan(0)
  }
})

test('a secret in what a check or a model says is on no page, nor in what machines read', async () => {
  await using own = await PagesProject.make()
  await own.night({ date: LAST, tables: 4 })
  const secret = 'hunter2-of-the-warehouse'
  const failure: ModelFailure = {
    version: 1,
    model: 'leak',
    date: LAST,
    state: 'failed',
    error: { code: 'SQL_INVALID', message: `no login with ${secret}`, details: {} },
    checks: [
      {
        name: `unique ${secret.length}`,
        severity: 'error',
        passed: false,
        failing_rows: 1,
        found: `{"token":"${secret}"}`,
      },
    ],
    finished_at: `${LAST}T03:00:00Z`,
  }
  const folder = join(own.folder, 'results', LAST, 'models')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'leak.failed.json'), JSON.stringify(failure))
  await using served = await own.serve(undefined, { WAREHOUSE_PASSWORD: secret })
  for (const path of ['/', '/quality', '/kpis', '/kpis/view?model=leak', '/feed.xml', '/metrics']) {
    for (const accept of ['text/html', 'application/json']) {
      const answer = await served.get(path, { accept })
      expect(answer.status).toBeLessThan(500) // a model that never had a result has no page
      expect(await answer.text()).not.toContain(secret)
    }
  }
  expect(await (await served.get('/quality')).text()).toContain('***')
})

test('the first page says up to when the data is, in how many sources', async () => {
  const page = await (await web.get(`/?date=${LAST}`)).text()
  const [, date, fresh, all] =
    /; data up to (\d{4}-\d\d-\d\d) in (?:all )?(?:(\d+) of )?(\d+) sources?/.exec(page) ?? []
  expect(date).toBe(LAST)
  expect(Number(all)).toBeGreaterThan(1)
  expect(Number(fresh ?? all)).toBeLessThanOrEqual(Number(all))
})

test('a night without counts says so', async () => {
  const page = await (await web.get('/quality?date=2024-01-01')).text()
  expect(page).toContain('Nothing was counted on 2024-01-01')
})

describe('files that are broken', () => {
  const torn = `results/${LAST}/counts/mirror/billing.torn.json`
  const shape = `results/${LAST}/counts/load/production.shape.json`
  const model = `results/${LAST}/models/kpi.json`
  const past = 'results/2026-11-12/counts/mirror/production.new.json'

  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(join(project.folder, path, '..'), { recursive: true })
    await writeFile(join(project.folder, path), text)
  }
  const modelNow = async (): Promise<Model> =>
    (
      await web.get(`/quality?date=${LAST}`, { accept: 'application/json' })
    ).json() as Promise<Model>

  test('are named on the page, and everything else is shown', async () => {
    const before = await modelNow()
    await put(torn, '{"version":1,"step":"mir')
    await put(shape, '{"version":1,"step":"load","rows":"many"}')
    await put(model, '')
    await put(past, '[]')
    await expect
      .poll(async () => (await modelNow()).findings.length)
      .toBe(before.findings.length + 4)
    const { findings, tables } = await modelNow()
    const broken = findings.filter(({ kind }) => kind === 'broken')
    expect(broken.map(({ severity, about }) => `${severity} ${about}`).sort()).toEqual(
      [`error ${model}`, `error ${shape}`, `error ${torn}`, `warn ${past}`].sort(),
    )
    expect(tables).toEqual(before.tables)
    const page = await (await web.get(`/quality?date=${LAST}`)).text()
    expect(page).toContain(torn)
    expect(page).toContain('Rows by source and night')
    for (const path of ['/', '/kpis'])
      expect((await web.get(`${path}?date=${LAST}`)).status).toBe(200)
  })

  test('are forgotten when they are gone', async () => {
    await Promise.all([torn, shape, model, past].map(path => rm(join(project.folder, path))))
    await expect
      .poll(async () => (await modelNow()).findings.filter(({ kind }) => kind === 'broken'))
      .toEqual([])
  })

  test('an index that is torn or of other files is made again', async () => {
    const series = async (): Promise<unknown> => Object(await modelNow()).series
    const before = await series()
    for (const text of ['{"version":1,"signature":"', '{}', '', '[1]']) {
      await put('.ferry/web/results/2026-11-14.json', text)
      const folder = join(project.folder, 'results/2026-11-14/counts/mirror')
      await utimes(folder, new Date(), new Date(Date.now() - 60_000))
      expect(await series()).toEqual(before)
    }
  })
})
