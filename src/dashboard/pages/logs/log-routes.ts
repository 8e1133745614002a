import { Readable } from 'node:stream'
import { stream, streamSSE } from 'hono/streaming'
import type { FileHandle } from 'node:fs/promises'
import { within } from '../../../core/within.ts'
import { FerryError } from '../../../core/errors.ts'
import type { Dashboard } from '../../dashboard.ts'
import { LARGEST_WINDOW, readWindow } from '../../logs/line-window.ts'
import { followLog } from '../../logs/follow-log.ts'
import { openLog } from '../../logs/open-log.ts'
import { searchLog, type Wanted } from '../../logs/search-log.ts'
import type { PageRequest, WebApp } from '../../page.ts'
import { describeFailure } from '../../server/http-errors.ts'
import { readRequest } from '../../server/read-request.ts'
import { untilGone } from '../../server/until-gone.ts'
import { renderLines } from './log-lines.ts'
import { indexOf, lineIn, logNameIn, numberIn, openNamed } from './log-request.ts'
import { logsOf } from './log-list-of.ts'

const WINDOW_BYTES = 48 * 1024
/** Of a window around a line, what stands before it. */
const BEFORE_BYTES = 8 * 1024
const NUMBER_PATIENCE_MS = 25
const MOST_HITS = 1_000
const MOST_HITS_A_LOG = 20

/** Windows, searches and streams over logs. */
export function logRoutes(app: WebApp, dashboard: Dashboard): void {
  app.get('/logs/window', async context => {
    const request = await readRequest(context, dashboard)
    await using file = await openNamed(request)
    return context.json(await windowOf(request, file))
  })
  app.get('/logs/number', async context => {
    const request = await readRequest(context, dashboard)
    const at = numberIn(request.query, 'at') ?? 0
    return context.json({ at, number: await indexOf(request).numberAt(Math.max(0, at)) })
  })
  app.get('/logs/search', async context => {
    const request = await readRequest(context, dashboard)
    const wanted = wantedIn(request.query)
    if (request.query.has('log') || request.query.has('target')) logNameIn(request.query)
    context.header('content-type', 'application/x-ndjson')
    context.header('content-encoding', 'identity') // each hit is seen when it is found
    return stream(context, async out => {
      const gone = new AbortController()
      out.onAbort(() => gone.abort())
      const signal = gone.signal
      try {
        for await (const hit of hitsIn(request, wanted, signal)) {
          await out.write(`${JSON.stringify(hit)}\n`)
        }
      } catch (error) {
        if (!signal.aborted) throw error
      }
    })
  })
  app.get('/logs/follow', async context => {
    const request = await readRequest(context, dashboard)
    const file = await openNamed(request)
    return streamSSE(context, async out => {
      await using opened = file
      const gone = new AbortController()
      const ended = untilGone(out).then(() => gone.abort())
      try {
        const from = numberIn(request.query, 'from') ?? (await opened.stat()).size
        for await (const seen of followLog(opened, from, gone.signal)) {
          if (seen === 'anew') await out.writeSSE({ event: 'anew', data: '' })
          else
            await out.writeSSE({ event: 'lines', data: JSON.stringify(await shown(request, seen)) })
        }
      } catch (error) {
        dashboard.logger.warn(`cannot follow a log: ${String(error)}`)
        await out.writeSSE({ event: 'failed', data: describeFailure(error).message })
      }
      await ended // the reader hangs up when he has heard: a stream that ended would be asked for again
    })
  })
  app.get('/logs/raw', async context => {
    const request = await readRequest(context, dashboard)
    const file = await openNamed(request)
    const lines = rawLines(file, dashboard.mask)
    context.header('content-type', 'text/plain; charset=utf-8')
    return context.body(Readable.toWeb(Readable.from(lines)) as ReadableStream) // of bytes and texts
  })
}

/** Whole, masked, a window at a time. */
async function* rawLines(file: FileHandle, mask: Dashboard['mask']): AsyncGenerator<Buffer> {
  await using opened = file
  for (let from = 0; ; ) {
    const { lines, to, size } = await readWindow(opened, { from, maxBytes: LARGEST_WINDOW })
    const text = lines.map(line => `${line.isContinued ? '' : '\n'}${mask(line.text)}`).join('')
    yield Buffer.from(from === 0 ? text.slice(1) : text)
    if (to >= size || to === from) return
    from = to
  }
}

/** By `line`, else by `from`, a place in bytes. */
async function windowOf(request: PageRequest, file: FileHandle): Promise<object> {
  const { query } = request
  const maxBytes = Math.min(numberIn(query, 'bytes') ?? WINDOW_BYTES, LARGEST_WINDOW)
  const line = lineIn(query)
  const at = line === undefined ? undefined : await indexOf(request).placeOf(line)
  const from = at === undefined ? (numberIn(query, 'from') ?? 0) : Math.max(0, at - BEFORE_BYTES)
  const window = await readWindow(file, { from, maxBytes, to: numberIn(query, 'to') })
  return { ...(await shown(request, window)), at }
}

/** Numbers that nobody knows yet are asked for later (`/logs/number`). */
async function shown(
  request: PageRequest,
  window: Awaited<ReturnType<typeof readWindow>>,
): Promise<{ from: number; to: number; size: number; first: number | null; html: string }> {
  const { from, to, size } = window
  const first = await within(indexOf(request).numberAt(from), NUMBER_PATIENCE_MS)
  const html = renderLines(window, request.dashboard.mask, first).text
  return { from, to, size, first: first ?? null, html }
}

function wantedIn(query: URLSearchParams): Wanted {
  if (query.get('errors') === '1') return { kind: 'errors' }
  const text = query.get('q') ?? ''
  if (text.length >= 2 && text.length <= 200) return { kind: 'text', text }
  throw new FerryError('USAGE', 'a search has from 2 to 200 letters')
}

/** Hits of one log or of all; last, whether there may be more. */
async function* hitsIn(
  request: PageRequest,
  wanted: Wanted,
  signal: AbortSignal,
): AsyncGenerator<object> {
  const { dashboard, date, query } = request
  const isOne = query.has('log') || query.has('target')
  const names = isOne
    ? [logNameIn(query)]
    : (await logsOf(dashboard, date)).map(one => one.name).sort()
  const from = numberIn(query, 'from') ?? 0
  const most = Math.min(numberIn(query, 'limit') ?? MOST_HITS, MOST_HITS)
  let found = 0
  for (const log of names) {
    await using file = await openLog(dashboard.project, date, log)
    let inLog = 0
    for await (const hit of searchLog(file, wanted, { mask: dashboard.mask, from, signal })) {
      yield { ...hit, log }
      found += 1
      inLog += 1
      if (found >= most) {
        yield { isDone: true, found, hasMore: true }
        return
      }
      if (!isOne && inLog >= MOST_HITS_A_LOG) break
    }
  }
  yield { isDone: true, found, hasMore: false }
}
