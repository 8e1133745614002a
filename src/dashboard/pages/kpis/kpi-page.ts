import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { FerryError } from '../../../core/errors.ts'
import type { LogicalDate } from '../../../core/logical-date.ts'
import type { Dashboard } from '../../dashboard.ts'
import { definePage, type PageRequest, type WebApp } from '../../page.ts'
import { readRequest } from '../../server/read-request.ts'
import { chartOf, newestFirst } from './chart-data.ts'
import { type LatestResult, latestResults } from './latest-results.ts'
import { assertThere, readResult, resultPath } from './read-result.ts'
import type { KpiModel } from './kpi-model.ts'
import { renderKpi } from './render-kpi.ts'
import { trustOf } from './trust.ts'

/** Rows that make a chart, and rows of the table. */
const CHART_ROWS = 5_000
const TABLE_ROWS = 100

/** One model's result as a chart and a table, with its SQL and what it comes from. */
export const kpiPage = definePage<KpiModel>({
  path: '/kpis/view',
  title: 'KPI',
  style: 'kpis',
  script: 'kpi',
  model: kpiModel,
  render: renderKpi,
  routes(app: WebApp, dashboard: Dashboard) {
    app.get('/kpis/download', async context => {
      const request = await readRequest(context, dashboard)
      const { receipt } = await resultOf(request)
      const path = resultPath(dashboard.project, receipt.result)
      await assertThere(path)
      const format = request.query.get('format') === 'parquet' ? 'parquet' : 'csv'
      const name = `${receipt.model}-${receipt.date}.${format}`
      const bytes =
        format === 'csv' || receipt.result.endsWith('.parquet')
          ? createReadStream(path)
          : Readable.from(await dashboard.parquetOf(path, receipt.columns, request.signal))
      context.header(
        'content-type',
        format === 'csv' ? 'text/csv; charset=utf-8' : 'application/octet-stream',
      )
      context.header('content-disposition', `attachment; filename="${name}"`)
      return context.body(Readable.toWeb(bytes) as ReadableStream) // Node's and the browser's are one
    })
  },
})

async function resultOf({ dashboard, date, query }: PageRequest): Promise<LatestResult> {
  return resultIn(await latestResults(dashboard, date), query.get('model') ?? '', date)
}

function resultIn(
  results: ReadonlyMap<string, LatestResult>,
  name: string,
  date: LogicalDate,
): LatestResult {
  const latest = results.get(name)
  if (latest !== undefined) return latest
  throw new FerryError('INPUT_MISSING', `there is no result of \`${name}\` up to ${date}`)
}

async function kpiModel(request: PageRequest): Promise<KpiModel> {
  const { dashboard, date, query } = request
  const results = await latestResults(dashboard, date)
  const latest = resultIn(results, query.get('model') ?? '', date)
  const { receipt } = latest
  const source = (await dashboard.models()).find(({ name }) => name === receipt.model)
  const path = resultPath(dashboard.project, receipt.result)
  const isCsv = path.endsWith('.csv')
  const { names, rows } = isCsv ? await readResult(path, CHART_ROWS) : { names: [], rows: [] }
  const types = new Map(receipt.columns.map(({ name, type }) => [name, type]))
  const columns = names.map(name => ({ name, type: types.get(name) ?? 'text' }))
  return {
    date,
    name: receipt.model,
    description: receipt.description,
    trust: trustOf(latest, source, dashboard.mask),
    columns,
    rows: newestFirst({ columns, rows }).slice(0, TABLE_ROWS),
    allRows: receipt.rows,
    chart: chartOf({ columns, rows }),
    sql: source === undefined ? null : dashboard.mask(source.sql),
    file: source?.file ?? null,
    reads: source?.reads ?? [],
    readBy: source?.readBy ?? [],
    withResults: [...(source?.reads ?? []), ...(source?.readBy ?? [])].filter(name =>
      results.has(name),
    ),
  }
}
