import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chartOf, newestFirst } from '../../src/dashboard/pages/kpis/chart-data.ts'
import type { ModelFailure, ModelReceipt } from '../../src/formats/model-receipt.ts'
import { receiptOf } from './support/made-up-receipt.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

describe('the chart that a result suggests', () => {
  const day = { name: 'day', type: 'DATE' }
  const users = { name: 'users', type: 'BIGINT' }
  const country = { name: 'country', type: 'VARCHAR' }

  test('numbers over time are lines, in the order of time; what is no number is a gap', () => {
    const rows = [
      ['2026-03-02', '7', 'x'],
      ['2026-03-01', '5', 'x'],
      ['2026-03-03', null, 'x'],
    ].map(row => row.slice(0, 2))
    expect(chartOf({ columns: [day, users], rows })).toEqual({
      kind: 'lines',
      times: [1_772_323_200, 1_772_409_600, 1_772_496_000],
      series: [{ name: 'users', values: [5, 7, null] }],
    })
  })

  test('a text beside the time is a line each, those with most first', () => {
    const rows = [
      ['2026-03-01', 'HU', '1'],
      ['2026-03-01', 'DE', '5'],
      ['2026-03-02', 'HU', '2'],
    ]
    const chart = chartOf({ columns: [day, country, users], rows })
    expect(chart).toMatchObject({
      series: [
        { name: 'DE', values: [5, null] },
        { name: 'HU', values: [1, 2] },
      ],
    })
  })

  test('without a time there are bars; without a number there is nothing', () => {
    expect(chartOf({ columns: [country, users], rows: [['HU', '3']] })).toEqual({
      kind: 'bars',
      name: 'users',
      bars: [{ label: 'HU', value: 3 }],
    })
    expect(chartOf({ columns: [country], rows: [['HU']] })).toBeNull()
  })

  test('numbers that only say where a row stands are not drawn', () => {
    const rank = { name: 'rank', type: 'INTEGER' }
    const rows = [
      ['1', 'HU', '30'],
      ['2', 'DE', '20'],
    ]
    expect(chartOf({ columns: [rank, country, users], rows })).toMatchObject({
      name: 'users',
      bars: [{ value: 30 }, { value: 20 }],
    })
    expect(
      chartOf({ columns: [rank, country], rows: rows.map(row => row.slice(0, 2)) }),
    ).toMatchObject({ name: 'rank' })
  })

  test('many numbers of one moment that nothing tells apart are no line', () => {
    const rows = [
      ['2026-03-01', '1'],
      ['2026-03-01', '2'],
      ['2026-03-02', '3'],
    ]
    expect(chartOf({ columns: [day, users], rows })).toBeNull()
  })

  test.each([
    ['2026-03-01 12:00:00', 1_772_366_400],
    ['2026-03-01 12:00:00+00', 1_772_366_400],
    ['2026-03-01 12:00:00+02', 1_772_359_200],
    ['2026-03-01 12:00:00.5+05:30', 1_772_346_600.5],
  ])('%s is a time', (text, seconds) => {
    const rows = [
      [text, '1'],
      ['2026-04-01 00:00:00', '2'],
    ]
    const columns = [{ name: 'at', type: 'TIMESTAMP WITH TIME ZONE' }, users]
    expect(chartOf({ columns, rows })).toMatchObject({ times: [seconds, expect.any(Number)] })
    expect(newestFirst({ columns, rows })[0]).toEqual(rows[1])
  })
})

describe('the pages of results', () => {
  let project: PagesProject
  let web: RunningWeb

  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(project.folder, path)), { recursive: true })
    await writeFile(join(project.folder, path), content)
  }

  const receipt = (date: string, model: string, more: Partial<ModelReceipt> = {}): ModelReceipt =>
    receiptOf(date, model, {
      description: 'Users <b>by</b> day',
      rows: 2,
      checks: [{ name: 'unique day', severity: 'error', passed: true, failing_rows: 0, found: '' }],
      ...more,
    })

  beforeAll(async () => {
    const source = 'production: { url: "postgres://h/d", tables: { users: } }'
    project = await PagesProject.make(`sources: { ${source} }\n`)
    await write(
      'models/daily.sql',
      "/* materialize: table */\nselect * from <%= source('production', 'users') %>\n",
    )
    for (const date of ['2026-11-20', '2026-11-21']) {
      await project.night({ date, tables: 4 })
      await write(`results/${date}/models/daily.json`, JSON.stringify(receipt(date, 'daily')))
      await write(`results/${date}/daily.csv`, `day,users\n2026-11-19,5\n${date},7\n`)
    }
    await write(
      'results/2026-11-20/models/late.json',
      JSON.stringify(receipt('2026-11-20', 'late', { result: 'results/2026-11-20/daily.csv' })),
    )
    const failure: ModelFailure = {
      version: 1,
      model: 'late',
      date: '2026-11-21',
      state: 'failed',
      error: { code: 'CHECK_FAILED', message: 'unique day: 3 rows <script>', details: {} },
      checks: [],
      finished_at: '2026-11-21T03:00:00Z',
    }
    await write('results/2026-11-21/models/late.failed.json', JSON.stringify(failure))
    await write(
      'results/2026-11-21/models/evil.json',
      JSON.stringify(receipt('2026-11-21', 'evil', { result: '../../../../etc/passwd' })),
    )
    web = await project.serve()
  })
  afterAll(async () => {
    await web.stop()
    await project[Symbol.asyncDispose]()
  })

  test('each number has its night, its checks, its sources and its owner', async () => {
    const page = await (await web.get('/kpis?date=2026-11-21')).text()
    expect(page).toContain('1 check passed')
    expect(page).toContain('production.users')
    expect(page).toContain('ana@example.org')
    expect(page).toContain('Users &lt;b&gt;by&lt;/b&gt; day')
  })

  test('a night that failed shows the number of the night before, and says so', async () => {
    const page = await (await web.get('/kpis/view?model=late&date=2026-11-21')).text()
    expect(page).toContain('There is no number of 2026-11-21: unique day: 3 rows &lt;script&gt;')
    expect(page).toContain('These are of 2026-11-20')
    expect(page).not.toMatch(/[.!?]\. These are/)
  })

  test('one result: chart, rows, SQL; the same as CSV and as Parquet', async () => {
    const response = await web.get('/kpis/view?model=daily', { accept: 'application/json' })
    expect(await response.json()).toMatchObject({
      chart: { kind: 'lines', series: [{ name: 'users', values: [5, 7] }] },
      rows: [
        ['2026-11-21', '7'],
        ['2026-11-19', '5'],
      ],
      reads: ['production.users'],
      file: 'models/daily.sql',
    })
    const csv = await web.get('/kpis/download?model=daily&format=csv')
    expect(csv.headers.get('content-disposition')).toContain('daily-2026-11-21.csv')
    expect(await csv.text()).toBe('day,users\n2026-11-19,5\n2026-11-21,7\n')
    const parquet = await web.get('/kpis/download?model=daily&format=parquet')
    const file = await parquet.arrayBuffer()
    expect(
      await parquetReadObjects({ file, compressors: { ZSTD: bytes => zstdDecompressSync(bytes) } }),
    ).toMatchObject([{ users: 5n }, { users: 7n }])
  })

  test('a result that is gone is told before anything is sent', async () => {
    const gone = receipt('2026-11-21', 'gone', { result: 'results/2026-11-21/gone.csv' })
    await write('results/2026-11-21/models/gone.json', JSON.stringify(gone))
    for (const path of ['/kpis/view?model=gone', '/kpis/download?model=gone']) {
      expect((await web.get(path)).status).toBe(404)
    }
  })

  test('a receipt that names a file elsewhere opens nothing', async () => {
    for (const path of ['/kpis/view?model=evil', '/kpis/download?model=evil']) {
      const response = await web.get(path)
      expect(response.status).toBe(404)
      expect(await response.text()).not.toContain('root:')
    }
  })
})
