import { createHash } from 'node:crypto'
import { FerryError } from '../../core/errors.ts'
import type { JsonValue } from '../json/parse-json.ts'
import type { PullContext } from '../pull-context.ts'
import { redactorOf } from '../redactor.ts'
import { readRows, type ReadRowsOptions } from '../rows/read-rows.ts'
import { isBroken, type ReadRow } from '../rows/row.ts'
import type { RowSink } from '../rows/row-sink.ts'
import type { TablePlan } from '../table-plan.ts'
import type { TemplateValues } from '../template.ts'
import type { ApiAnswer, ApiClient } from './api-client.ts'
import { openClient } from './open-client.ts'
import { pageRequest, requestUrl, usesCursor } from './page-request.ts'
import { pagerOf, type PageSeen } from './pager.ts'

export interface HttpPull {
  readonly plan: TablePlan
  readonly format: ReadRowsOptions['format']
  /** The values of templates, once for each series of pages. */
  readonly series: AsyncIterable<TemplateValues> | Iterable<TemplateValues>
  /** Makes what is added to each row of a series. */
  readonly addTo: (row: ReadRow, values: TemplateValues) => ReadRow
}

/** Reads all pages of a table into a sink. A page counts when all of it has arrived. */
export async function pullHttp(
  { plan, format, series, addTo }: HttpPull,
  sink: RowSink,
  context: PullContext,
): Promise<void> {
  const { config } = plan
  const redactor = redactorOf(config.auth, config.headers ?? {})
  const origins = new Set<string>()
  await using opened = await openClient(config, { source: plan.source, origins, redactor }, context)
  const reading = { format, rows: config.rows ?? '$', nulls: config.nulls ?? [] }
  for await (const values of series) {
    // Credentials go where ferry.yaml says, never where an answer leads.
    const known = new Map(values).set('cursor', 'none')
    origins.add(requestUrl([config.url ?? '', plan.own.url], known).origin)
    const takeInto = async (rows: readonly ReadRow[]): Promise<boolean> => {
      await sink.add(rows.map(row => addTo(row, values)))
      return !sink.isFull
    }
    const read = (answer: ApiAnswer): Promise<PageSeen> =>
      sink.attempt(() => readAnswer(answer, reading, takeInto))
    await readPages(plan, values, request => opened.client.fetch(request, read), sink)
    if (sink.isFull) return
  }
}

type Fetch = (request: Parameters<ApiClient['fetch']>[0]) => Promise<PageSeen>

async function readPages(
  plan: TablePlan,
  values: TemplateValues,
  fetch: Fetch,
  sink: RowSink,
): Promise<void> {
  const { config } = plan
  const pager = pagerOf(config.pagination, usesCursor(plan))
  let at = pager.first
  for (let pages = 1; ; pages++) {
    const seen = await fetch(pageRequest(plan, values, at))
    const next = sink.isFull ? undefined : pager.next(seen, at)
    if (next === undefined) return
    if (pages >= config.max_pages) {
      throw new FerryError(
        'DATA_INVALID',
        `\`${plan.name}\` has more than ${config.max_pages} pages`,
        {
          hint: 'check `pagination`, or set max_pages',
        },
      )
    }
    at = next
  }
}

async function readAnswer(
  { url, headers, body }: ApiAnswer,
  reading: ReadRowsOptions,
  /** Whether more rows are wanted. */
  take: (rows: readonly ReadRow[]) => Promise<boolean>,
): Promise<PageSeen> {
  const hash = createHash('sha256')
  let rows = 0
  const found = readRows(body, reading)
  for (;;) {
    const step: IteratorResult<readonly ReadRow[], JsonValue> = await found.next()
    if (step.done === true) {
      return { url, headers, document: step.value, rows, digest: hash.digest('base64') }
    }
    for (const row of step.value) hash.update(isBroken(row) ? row.reason : row.text).update('\n')
    rows += step.value.length
    if (!(await take(step.value))) await found.return(undefined)
  }
}
