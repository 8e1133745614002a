import * as z from 'zod'
import { FerryError } from '../../../core/errors.ts'
import type { Value } from '../../../databases/dialect.ts'
import type { Dashboard } from '../../dashboard.ts'
import { definePage, type PageRequest, type WebApp } from '../../page.ts'
import { type Chart, chartOf } from '../kpis/chart-data.ts'
import type { AskModel } from './ask-model.ts'
import { renderAsk } from './render-ask.ts'
import { readQuery, savedQueries, saveQuery } from './saved-queries.ts'

const question = z.strictObject({ warehouse: z.string(), sql: z.string().max(100_000) })
const saving = z.strictObject({ name: z.string(), sql: z.string() })

/** What a page is told of an answer: all values as texts. */
interface AskAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly isCut: boolean
  readonly ms: number
  readonly chart: Chart | null
}

/** Rows that are shown; the chart has all. */
const SHOWN_ROWS = 1_000

/** Questions to the warehouse, for everybody: nothing is changed by them. */
export const askPage = definePage<AskModel>({
  path: '/ask',
  title: 'Ask',
  key: 'a',
  script: 'ask',
  style: 'ask',
  needsStyleNonce: true,
  async model({ dashboard, query }: PageRequest) {
    const name = query.get('query')
    return {
      warehouses: dashboard.warehouses.names,
      limits: dashboard.warehouses.limits,
      saved: await savedQueries(dashboard.project),
      name,
      sql: name === null ? '' : await readQuery(dashboard.project, name),
    }
  },
  render: renderAsk,
  routes(app: WebApp, dashboard: Dashboard) {
    app.post('/ask/run', async context => {
      const asked = bodyOf(question, await context.req.json().catch(() => undefined))
      return context.json(await answer(dashboard, asked, context.req.raw.signal))
    })
    app.post('/ask/save', async context => {
      const { name, sql } = bodyOf(saving, await context.req.json().catch(() => undefined))
      await saveQuery(dashboard.project, name, sql)
      return context.json({ name })
    })
    app.get('/ask/schema', async context => {
      const warehouse = context.req.query('warehouse') ?? ''
      return context.json(await dashboard.warehouses.schema(warehouse, context.req.raw.signal))
    })
  },
})

function bodyOf<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.safeParse(body)
  if (read.success) return read.data
  throw new FerryError('USAGE', 'this is no question', { cause: read.error })
}

async function answer(
  { warehouses }: Dashboard,
  asked: z.output<typeof question>,
  signal: AbortSignal,
): Promise<AskAnswer> {
  const { columns, rows, isCut, ms } = await warehouses.ask(asked, signal)
  const texts = rows.map(row => row.map(textOf))
  const chart = chartOf({ columns, rows: texts })
  const isShort = texts.length <= SHOWN_ROWS
  return { columns, rows: texts.slice(0, SHOWN_ROWS), isCut: isCut || !isShort, ms, chart }
}

const textOf = (value: Value): string | null => (value === null ? null : String(value))
