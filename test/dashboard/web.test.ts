import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFerry } from '../support/run-ferry.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

let project: PagesProject
let web: RunningWeb

beforeAll(async () => {
  project = await PagesProject.make()
  await project.night({ date: '2026-11-20', tables: 8 })
  await project.night({ date: '2026-11-21', tables: 8, failing: [3], withLogs: true })
  web = await project.serve()
})
afterAll(async () => {
  await web.stop()
  await project[Symbol.asyncDispose]()
})

const json = async (path: string): Promise<unknown> =>
  (await web.get(path, { accept: 'application/json' })).json()

test('the first page shows the newest night, and gives the same as JSON', async () => {
  const page = await (await web.get('/')).text()
  const sentence = 'Night of 2026-11-21: 24 of 26 targets done, 1 failed, 1 not reached, 3 h 12 min'
  expect(page).toContain(`<h1>${sentence}</h1>`)
  expect(page).toContain('column `due` does not exist')
  const model = await json('/')
  expect(model).toMatchObject({
    sentence,
    state: 'failed',
    failed: [
      { exitCode: 65, isPermanent: true, keptFrom: ['results/2026-11-21/models/kpi_notes.json'] },
    ],
  })
})

test.each([
  ['/', ['sentence', 'failed', 'slow', 'freshness', 'data', 'attempts', 'calendar']],
  ['/logs', ['logs', 'errors', 'bytes']],
  ['/gantt', ['commands', 'targets', 'criticalPath', 'attempts']],
  ['/graph', ['nodes', 'edges']],
  ['/quality', ['findings', 'series', 'tables', 'checks', 'events', 'steps']],
  ['/kpis', ['kpis']],
  ['/ask', ['warehouses', 'limits', 'saved']],
])('%s gives its data as JSON', async (path, keys) => {
  const response = await web.get(path, { accept: 'application/json' })
  expect(response.headers.get('content-type')).toContain('application/json')
  expect(Object.keys(Object(await response.json()))).toEqual(expect.arrayContaining([...keys]))
})

test('the nights as a feed, the newest as metrics and as a badge', async () => {
  const feed = await web.get('/feed.xml')
  expect(feed.headers.get('content-type')).toContain('application/rss+xml')
  const text = await feed.text()
  expect(text).toContain(`<link>${web.url}/?date=2026-11-21</link>`)
  expect(text).toMatch(/<title>2026-11-21 failed: \d+ of \d+ targets done, \d+ failed/)
  const metrics = await (await web.get('/metrics')).text()
  expect(metrics).toMatch(/^ferry_night_targets\{state="failed"\} [1-9]/m)
  expect(metrics).toContain('ferry_night_state{state="failed"} 1')
  const badge = await web.get('/badge.svg')
  expect(badge.headers.get('content-type')).toBe('image/svg+xml')
  expect(await badge.text()).toContain('aria-label="night 2026-11-21: failed"')
})

test('a log that cannot be followed as it is asked for: the stream says why, and stays until the reader has gone', async () => {
  const log = encodeURIComponent('intermediate%2F2026-11-21%2Fload%2Fproduction.tasks.log')
  const gone = new AbortController()
  const answer = await fetch(`${web.url}/logs/follow?date=2026-11-21&log=${log}&from=abc`, {
    signal: gone.signal,
  })
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  const told = await reader?.read()
  expect(told?.value).toContain('event: failed\ndata: `from` is not a whole number')
  const waited = await Promise.race([reader?.read(), sleep(500).then(() => 'still open')])
  expect(waited).toBe('still open') // one that ended would be asked for again
  gone.abort()
})

test('another night is named by its date', async () => {
  expect(await json('/?date=2026-11-20')).toMatchObject({ date: '2026-11-20', state: 'made' })
})

test.each([
  ['/?date=yesterday', 400],
  ['/?date=../../etc/passwd', 400],
  ['/nothing', 404],
  ['/assets/../ferry.yaml', 404],
  ['/assets/..%2fferry.js', 404],
])('%s is answered with %i', async (path, status) => {
  const response = await web.get(path)
  expect(response.status).toBe(status)
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('every answer forbids what a page does not need', async () => {
  const { headers } = await web.get('/')
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).not.toContain('unsafe')
  expect(policy).toContain("frame-ancestors 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('cache-control')).toBe('no-store')
})

test('a name that was made to point here is not answered', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = request(web.url, { headers: { host: 'evil.example' } }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })
  expect(status).toBe(403)
})

test.each([
  ['no token', {}],
  ['a wrong token', { 'x-csrf-token': 'x'.repeat(32) }],
])('a request that would change something is refused with %s', async (_, headers) => {
  const response = await fetch(`${web.url}/anything`, { method: 'POST', headers })
  expect(response.status).toBe(403)
})

test('an address that others can reach is refused while there is no login', async () => {
  const { code, stderr } = await runFerry(['web', '--listen', '0.0.0.0:0'], { cwd: project.folder })
  expect(stderr).toContain('`0.0.0.0` can be reached from other machines, and no login is set')
  expect(code).toBe(78)
})

test('SIGTERM ends it', async () => {
  const other = await project.serve()
  expect(await other.stop()).toBe(0)
})

test('a night without a graph says what is missing, and what writes it', async () => {
  await project.night({ date: '2026-11-18', tables: 3 })
  const graph = join(project.folder, '.ferry/nights/2026-11-18/graph.json')
  for (const text of [undefined, '{"version":1,"tar']) {
    if (text === undefined) await rm(graph)
    else await writeFile(graph, text)
    await expect
      .poll(() => json('/graph?date=2026-11-18'))
      .toMatchObject({ isKnown: false, edges: [], targets: 9 })
    const page = await (await web.get('/graph?date=2026-11-18')).text()
    expect(page).toContain('.ferry/nights/2026-11-18/graph.json')
    expect(page).toContain('ferry run --once --date 2026-11-18')
  }
})

test('an index of nights that is torn, or of other files, is made again', async () => {
  const index = join(project.folder, '.ferry/web/nights/2026-11-20.json')
  const strip = async (): Promise<string> =>
    /<nav class="strip".*?<\/nav>/s.exec(await (await web.get('/?date=2026-11-20')).text())?.[0] ??
    ''
  await expect.poll(strip).toContain('2026-11-20: made, 26 of 26 done')
  const whole = await readFile(index, 'utf8')
  for (const text of [
    '',
    whole.slice(0, 40),
    whole.replace(/"done":26/, '"done":-1'),
    '{}\n{}\n',
  ]) {
    await writeFile(index, text)
    await using other = await project.serve()
    const page = await (await other.get('/?date=2026-11-20')).text()
    expect(page).toContain('2026-11-20: made, 26 of 26 done')
  }
})

test('logs: failures first, then the largest, each with its size and lines', async () => {
  await using own = await PagesProject.make()
  await own.night({ date: '2026-11-20', tables: 6, failing: [2], withLogs: true })
  const folder = join(own.folder, 'logs/2026-11-20')
  await appendFile(
    join(folder, 'intermediate%2F2026-11-20%2Fload%2Fproduction.users.log'),
    'a long one\n'.repeat(900),
  )
  await using served = await own.serve()
  const answer = await served.get('/logs', { accept: 'application/json' })
  const { logs } = (await answer.json()) as {
    readonly logs: readonly { log: string; state: string | null; size: number; lines: number }[]
  }
  expect(logs[0]).toMatchObject({ state: 'failed' })
  expect(logs[1]?.log).toMatch(/load%2Fproduction\.users\.log$/)
  const sizes = logs.slice(1).map(one => one.size)
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  for (const { log, size, lines } of logs) {
    const text = await readFile(join(folder, log), 'utf8')
    expect([log, size, lines]).toEqual([log, Buffer.byteLength(text), text.split('\n').length - 1])
  }
  const page = await (await served.get('/logs')).text()
  expect(page).toContain(`>${logs[1]?.lines}<`)
})
