import * as z from 'zod'
import { FerryError } from '../../../core/errors.ts'
import { type Html, html } from '../../../core/html.ts'
import type { Value } from '../../../databases/dialect.ts'
import type { Dashboard } from '../../dashboard.ts'
import { definePage, type PageRequest, type WebApp } from '../../page.ts'
import { type Chart, chartOf } from '../kpis/chart-data.ts'
import { readQuery, savedQueries, saveQuery } from './saved-queries.ts'

interface AskModel {
  readonly warehouses: readonly string[]
  readonly saved: readonly string[]
  /** The saved query that is asked for. */
  readonly name: string | null
  readonly sql: string
}

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

function renderAsk({ warehouses, saved, name, sql }: AskModel): Html {
  const queries = saved.map(
    one =>
      html`<li><a href="/ask?query=${one}"${one === name && html` aria-current="true"`}>${one}</a></li>`,
  )
  return html`<h1 class="visually-hidden">Ask the warehouse</h1>
<div class="ask">
<section class="card">
<form id="ask">
<label for="sql" class="visually-hidden">SQL</label>
<textarea id="sql" rows="8" spellcheck="false">${sql}</textarea>
<div class="toolbar">
<button type="submit" class="primary">Run</button> <span class="quiet"><kbd>Ctrl</kbd> <kbd>Enter</kbd></span>
<label>Warehouse <select id="warehouse">${warehouses.map(one => html`<option>${one}</option>`)}</select></label>
<label>Name <input id="name" value="${name}" maxlength="64" size="18"></label>
<button type="button" id="save">Save</button>
<button type="button" id="share">Link</button>
<span id="said" role="status" class="quiet"></span>
</div>
</form>
</section>
<nav class="card saved" aria-label="Saved queries"><h2>Saved</h2>${queries.length > 0 ? html`<ul class="plain-list">${queries}</ul>` : html`<p class="quiet">Files of <code>queries/</code> stand here.</p>`}</nav>
</div>
<section class="card" id="answer" hidden aria-live="polite"><div id="chart" class="chart"></div><div class="scroll" tabindex="0" role="region" aria-label="Answer" id="rows"></div></section>`
}
