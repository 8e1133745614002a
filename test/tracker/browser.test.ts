import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Chromium, startChromium, type Tab } from '../../servers/chromium.ts'
import { CollectorProject, type RunningCollector, type StoredEvent } from '../support/collector.ts'
import { startSite } from './page-server.ts'
import { faultsOf, startScripted, until } from './support.ts'

let browser: Chromium
let project: CollectorProject
let collector: RunningCollector

beforeAll(async () => {
  project = await CollectorProject.make(
    '{ workers: 1, max_body: 64kB, signature: optional, keys: { page: known } }',
  )
  collector = await project.start()
  browser = await startChromium()
}, 180_000)
afterAll(async () => {
  await browser.stop()
  await collector.stop()
  await project[Symbol.asyncDispose]()
})

/** Makes `tracker` in a page. */
async function makeTracker(tab: Tab, deviceId: string, more: object = {}): Promise<void> {
  const options = { url: collector.url, productVersion: '2.0', deviceId, ...more }
  await tab.evaluate(`
    globalThis.problems = []
    globalThis.tracker = ferryTracker.createTracker({
      ...${JSON.stringify(options)}, onProblem: problem => problems.push(problem) })
    undefined`)
}

const track = (tab: Tab, name: string): Promise<unknown> =>
  tab.evaluate(`tracker.track(${JSON.stringify(name)})`)

/** Stops the collector for its files, and starts it again on the same port. */
async function arrived(deviceId: string): Promise<StoredEvent[]> {
  const { host } = new URL(collector.url)
  await collector.stop()
  const events = await project.delivered()
  collector = await project.start(['--listen', host])
  return events.filter(one => one.device_id === deviceId)
}

const stored = async (): Promise<number> => (await collector.metrics())['events_stored_total'] ?? 0

test.each(['script', 'browser'])('ferry/tracker/%s is 5 KB or less, compressed', name => {
  const file = fileURLToPath(import.meta.resolve(`ferry/tracker/${name}`))
  const bytes = gzipSync(readFileSync(file), { level: 9 }).length
  console.log(`ferry/tracker/${name}: ${bytes} bytes`)
  expect(bytes).toBeLessThanOrEqual(5_120)
})

test.each(['/script', '/module'])('events of a page of another site arrive (%s)', async path => {
  await using site = await startSite()
  const tab = await browser.open(site.url + path)
  await makeTracker(tab, `b-1${path}`)
  await tab.evaluate("tracker.setUser({ userId: 'u-1' })")
  expect(await tab.evaluate("tracker.track('seen', { price: 9.5 })")).toBe(1)
  expect(await tab.evaluate('tracker.flush()')).toBe(true)
  const [event] = await arrived(`b-1${path}`)
  expect(event).toMatchObject({
    event: 'seen',
    nr: '1',
    user_id: 'u-1',
    system: 'Linux',
    browser: 'Chrome',
    parameters: '[{"name":"price","value":"9.5"}]',
  })
})

test('a signed page: the browser asks before, and is allowed', async () => {
  await using site = await startSite()
  const tab = await browser.open(site.url)
  await makeTracker(tab, 'b-2', { key: { id: 'page', secret: 'known' } })
  await track(tab, 'signed')
  expect(await tab.evaluate('tracker.flush()')).toBe(true)
  expect(await arrived('b-2')).toHaveLength(1)
})

test('offline: events survive a reload, and go when the network is back', async () => {
  await using site = await startSite()
  const tab = await browser.open(site.url)
  await makeTracker(tab, 'b-3')
  await tab.evaluate('tracker.flush()')
  await collector.stop()
  for (const name of ['a', 'b', 'c']) await track(tab, name)
  expect(await tab.evaluate('tracker.flush()')).toBe(false)
  await tab.reload()
  await makeTracker(tab, 'b-3')
  await tab.setOffline(true)
  expect(await track(tab, 'd')).toBe(4)
  expect(await tab.evaluate('tracker.flush()')).toBe(false)
  expect(await tab.evaluate('tracker.status()')).toMatchObject({ waiting: 4, isPersistent: true })
  collector = await project.start(['--listen', new URL(collector.url).host])
  await tab.setOffline(false) // the page's `online`, with no other word from us
  await until(async () => Object(await tab.evaluate('tracker.status()')).waiting === 0)
  const events = await arrived('b-3')
  expect(new Set(events.map(one => one.event))).toEqual(new Set(['a', 'b', 'c', 'd']))
  expect(faultsOf(events)).toEqual([])
}, 30_000)

test('two tabs share a session: no number twice, none left out, though one of them crashes', async () => {
  await using site = await startSite()
  const tabs = await Promise.all([browser.open(site.url), browser.open(site.url)])
  const [one, other] = tabs
  await Promise.all(tabs.map(tab => makeTracker(tab, 'b-4', { batchSize: 5 })))
  const many = (count: number): string =>
    `Promise.all(Array.from({ length: ${count} }, (_, i) => tracker.track('event ' + i)))`
  const numbers = await Promise.all([one?.evaluate(many(60)), other?.evaluate(many(60))])
  expect(numbers.flat().sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 120 }, (_, i) => i + 1),
  )
  await other?.evaluate(`${many(30)}; undefined`)
  await other?.crash()
  await one?.evaluate(many(30))
  await until(async () => (await one?.evaluate('tracker.flush()')) === true)
  const events = await arrived('b-4')
  expect(faultsOf(events)).toEqual([])
  expect(new Set(events.map(event => event.session)).size).toBe(1)
  expect(new Set(events.map(event => event.nr)).size).toBeGreaterThanOrEqual(150)
}, 30_000)

test('the end of a page: a beacon takes what waits; the next page sends it once more', async () => {
  await using site = await startSite()
  const tab = await browser.open(site.url)
  await makeTracker(tab, 'b-5', { batchAgeMs: 60_000 })
  await tab.evaluate("addEventListener('pagehide', () => void tracker.track('left'))")
  await track(tab, 'last click')
  const before = await stored()
  await tab.visit('about:blank')
  await until(async () => (await stored()) > before)
  expect((await arrived('b-5')).map(one => [one.event, one.nr])).toEqual([['last click', '1']])
  await tab.visit(site.url)
  await makeTracker(tab, 'b-5')
  await track(tab, 'next page')
  // What a page could not bring into the database is taken over when that page is surely gone.
  await sleep(6_000)
  expect(await tab.evaluate('tracker.flush()')).toBe(true)
  const events = await arrived('b-5')
  expect(faultsOf(events)).toEqual([])
  expect(events.map(one => one.event).sort()).toEqual([
    'last click',
    'last click',
    'left',
    'next page',
  ])
}, 40_000)

test('a closed tab sends by its beacon', async () => {
  await using site = await startSite()
  const tab = await browser.open(site.url)
  await makeTracker(tab, 'b-6', { batchAgeMs: 60_000 })
  await track(tab, 'before the end')
  const before = await stored()
  await tab.close()
  await until(async () => (await stored()) > before)
  expect((await arrived('b-6'))[0]).toMatchObject({ event: 'before the end', nr: '1' })
})

test('too large an event is refused to the page readably: it is dropped, told, and blocks nothing', async () => {
  await using site = await startSite()
  const tab = await browser.open(site.url)
  await makeTracker(tab, 'b-7')
  await track(tab, 'before')
  await tab.evaluate("tracker.track('huge', { text: 'x'.repeat(70000) })")
  await track(tab, 'after')
  expect(await tab.evaluate('tracker.flush()')).toBe(true)
  const problems = await tab.evaluate('problems')
  expect(problems).toMatchObject([{ kind: 'dropped', event: 'huge', nr: 2 }])
  expect((await arrived('b-7')).map(one => one.nr)).toEqual(['1', '3'])
})

test('a page may read Retry-After, and waits', async () => {
  await using site = await startSite()
  const cors = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Date, Retry-After',
  }
  const busy = { status: 503, headers: { ...cors, 'Retry-After': '60' } }
  await using server = await startScripted(busy)
  const tab = await browser.open(site.url)
  await makeTracker(tab, 'b-8', { url: server.url })
  await track(tab, 'patient')
  expect(await tab.evaluate('tracker.flush()')).toBe(false)
  const [problem] = Object(await tab.evaluate('problems'))
  expect(problem.afterMs).toBeGreaterThanOrEqual(60_000)
})

test('a page without storage keeps its queue in memory, says so, and sends', async () => {
  await using site = await startSite()
  const tab = await browser.open(`${site.url}/sandbox`)
  await makeTracker(tab, 'b-9')
  expect(await track(tab, 'private')).toBe(1)
  expect(await tab.evaluate('tracker.flush()')).toBe(true)
  expect(await tab.evaluate('tracker.status()')).toMatchObject({ isPersistent: false, waiting: 0 })
  expect(await tab.evaluate('problems')).toMatchObject([{ kind: 'not_persistent' }])
  expect(await arrived('b-9')).toHaveLength(1)
})

test.each([
  ['that has none', "Object.defineProperty(navigator, 'locks', { value: undefined })"],
  [
    'that refuses them',
    "navigator.locks.request = async () => { throw new DOMException('no', 'SecurityError') }",
  ],
])(
  'a browser %s of the Web Locks: tabs may send an event twice, and number none twice',
  async (_, without) => {
    await using site = await startSite()
    const tabs = await Promise.all([browser.open(site.url), browser.open(site.url)])
    const device = `b-10 ${without.length}`
    for (const tab of tabs) {
      await tab.evaluate(`${without}; undefined`)
      await makeTracker(tab, device, { batchSize: 5 })
    }
    const many = `Promise.all(Array.from({ length: 40 }, (_, i) => tracker.track('event ' + i)))`
    const numbers = await Promise.all(tabs.map(tab => tab.evaluate(many)))
    expect(numbers.flat().sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 80 }, (_, i) => i + 1),
    )
    for (const tab of tabs)
      await until(async () => (await tab.evaluate('tracker.flush()')) === true)
    for (const tab of tabs) {
      expect(await tab.evaluate('tracker.status()')).toMatchObject({
        waiting: 0,
        isPersistent: true,
      })
    }
    const events = await arrived(device)
    expect(faultsOf(events)).toEqual([])
    expect(new Set(events.map(one => one.nr)).size).toBe(80)
  },
  30_000,
)
