import { execFileSync } from 'node:child_process'
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTracker, type Problem, type Tracker, type TrackerOptions } from 'ferry/tracker'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CollectorProject, md5, type RunningCollector } from '../support/collector.ts'
import { faultsOf, startScripted } from './support.ts'

let project: CollectorProject
let collector: RunningCollector
let directory: string
let problems: Problem[]
const KEYS = '{ shop: key of the shop }'

beforeAll(async () => {
  project = await CollectorProject.make(
    `{ workers: 1, max_body: 64kB, keys: ${KEYS}, secret: old secret, signature: optional }`,
  )
  collector = await project.start()
})
afterAll(async () => {
  await collector.stop()
  await project[Symbol.asyncDispose]()
})
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-tracker-'))
  problems = []
})
afterEach(() => rm(directory, { recursive: true }))

const open = (options: Partial<TrackerOptions> = {}) =>
  createTracker({
    url: collector.url,
    directory,
    productVersion: '2.0',
    onProblem: problem => problems.push(problem),
    ...options,
  })

/** Stops the collector for its files, and starts it again on the same port. */
async function arrived(deviceId: string) {
  await collector.stop()
  const events = await project.delivered()
  collector = await project.start()
  return events.filter(one => one.device_id === deviceId)
}

test('an event arrives with its user, its parameters and all that is known of the device', async () => {
  const tracker = open({ deviceId: 'd-1', env: 'STAGING', about: { productLanguage: 'hu' } })
  tracker.setUser({ userId: 'u-1', tenantId: 't-1' })
  const parameters = { list: 'inbox', count: 3, tags: ['a', 'b'], none: undefined, text: 'ő "\n' }
  expect(await tracker.track('task created', parameters)).toBe(1)
  tracker.setUser(undefined)
  expect(await tracker.track('signed out')).toBe(2)
  expect(await tracker.close()).toBe(true)
  expect(await tracker.track('too late')).toBeUndefined()
  expect(problems).toEqual([
    { kind: 'dropped', event: 'too late', nr: undefined, reason: 'closed' },
  ])
  const [first, second] = await arrived('d-1')
  expect(first).toMatchObject({
    event: 'task created',
    nr: '1',
    env: 'STAGING',
    product_version: '2.0',
    product_language: 'hu',
    user_id: 'u-1',
    tenant_id: 't-1',
    system: 'Linux',
  })
  const { client_id, system_version } = first ?? {}
  expect(first?.session).toBe(md5(`d-1:${client_id}:${system_version}:2.0:8`))
  expect(JSON.parse(first?.parameters ?? '')).toEqual([
    { name: 'list', value: 'inbox' },
    { name: 'count', value: '3' },
    { name: 'tags', value: '["a","b"]' },
    { name: 'text', value: 'ő "\n' },
  ])
  expect(second).toMatchObject({ event: 'signed out', nr: '2', user_id: '' })
})

test('numbers go on after a restart; another version of the product counts for itself', async () => {
  for (const productVersion of ['2.0', '2.0', '2.1', '2.0']) {
    const tracker = open({ deviceId: 'd-2', productVersion })
    await tracker.track('started')
    await tracker.close()
  }
  const events = await arrived('d-2')
  expect(events.map(one => `${one.product_version} ${one.nr}`).sort()).toEqual([
    '2.0 1',
    '2.0 2',
    '2.0 3',
    '2.1 1',
  ])
  expect(new Set(events.map(one => one.client_id)).size).toBe(1)
})

test('each kind of signature is right; a wrong one loses nothing', async () => {
  const signed = open({ deviceId: 'd-3', key: { id: 'shop', secret: 'key of the shop' } })
  await signed.track('with a key')
  expect(await signed.close()).toBe(true)
  const old = open({ deviceId: 'd-3', secret: 'old secret' })
  await old.track('with a secret')
  expect(await old.close()).toBe(true)
  const wrong = open({ deviceId: 'd-3', key: { id: 'shop', secret: 'wrong' } })
  await wrong.track('with a wrong key')
  expect(await wrong.close()).toBe(false)
  const right = open({ deviceId: 'd-3' })
  expect(await right.close()).toBe(true)
  const events = await arrived('d-3')
  expect(events.map(one => one.event).sort()).toEqual([
    'with a key',
    'with a secret',
    'with a wrong key',
  ])
})

test('what the collector never takes is dropped, told, and blocks nothing', async () => {
  const tracker = open({ deviceId: 'd-4' })
  const huge = { text: 'x'.repeat(70_000) }
  for (let i = 1; i <= 9; i++)
    void tracker.track(i === 5 ? 'huge' : `event ${i}`, i === 5 ? huge : {})
  expect(await tracker.flush()).toBe(true)
  expect(problems).toMatchObject([{ kind: 'dropped', event: 'huge', nr: 5 }])
  expect(Object(problems[0]).reason).toContain('413')
  expect(await tracker.status()).toMatchObject({ waiting: 0, acknowledged: 8, dropped: 1 })
  await tracker.close()
  // The gap tells of it in the data too.
  expect(faultsOf(await arrived('d-4'))).toEqual([expect.stringContaining('5 is missing')])
})

test('400 for a batch: the one event that is refused is found', async () => {
  const json = { 'Content-Type': 'application/json' }
  const refusals = { status: 400, headers: json, body: '{"error":"no"}' }
  await using server = await startScripted(refusals, refusals, refusals, { status: 200 })
  const tracker = open({ url: server.url })
  for (let i = 1; i <= 4; i++) void tracker.track(`event ${i}`)
  expect(await tracker.flush()).toBe(true)
  const sizes = server.requests.map(one => Object(JSON.parse(one.body)).payloads.length)
  expect(sizes.slice(0, 4)).toEqual([4, 2, 1, 1])
  expect(problems).toMatchObject([{ kind: 'dropped', event: 'event 1', nr: 1 }])
  await tracker.close()
})

test('204 for a batch: an event of which the collector took nothing is told, and no other', async () => {
  await using server = await startScripted({ status: 204 }, { status: 204 }, { status: 200 })
  const tracker = open({ url: server.url })
  for (let i = 1; i <= 2; i++) void tracker.track(`event ${i}`)
  expect(await tracker.flush()).toBe(true)
  const sent = server.requests.map(one => Object(JSON.parse(one.body)).payloads)
  expect(sent.map(payloads => payloads.map((one: { nr: number }) => one.nr))).toEqual([
    [1, 2],
    [1],
    [2],
  ])
  expect(problems).toMatchObject([{ kind: 'dropped', event: 'event 1', nr: 1 }])
  expect(Object(problems[0]).reason).toContain('204')
  expect(await tracker.status()).toMatchObject({ waiting: 0, acknowledged: 1, dropped: 1 })
  await tracker.close()
})

/** To make a disk that is small takes root. */
describe.runIf(process.getuid?.() === 0)('a disk that is full', () => {
  const FREE_BYTES = 8_192
  let disk: string
  beforeEach(async () => {
    disk = join(directory, 'disk')
    await mkdir(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
  })
  afterEach(() => {
    execFileSync('umount', ['-l', disk])
  })

  /** Leaves room for some events. */
  async function fillDisk(): Promise<void> {
    await writeFile(join(disk, 'others'), Buffer.alloc(1_048_576)).catch(() => {}) // as far as it goes
    await truncate(join(disk, 'others'), (await stat(join(disk, 'others'))).size - FREE_BYTES)
  }

  /** Tracks until nothing fits any more; returns the numbers of what was kept. */
  async function trackUntilFull(tracker: Tracker): Promise<number[]> {
    const kept: number[] = []
    for (let i = 0; i < 200; i++) {
      const nr = await tracker.track('event', { text: 'x'.repeat(500) })
      if (nr !== undefined) kept.push(nr)
    }
    return kept
  }

  const notKept = (): Problem[] => problems.filter(one => one.kind === 'dropped')

  test('what cannot be kept is told, what was kept is sent, and it goes on when there is room', async () => {
    const tracker = open({ directory: disk, deviceId: 'd-9', batchAgeMs: 60_000 })
    expect(await tracker.track('before')).toBe(1)
    await fillDisk()
    const kept = await trackUntilFull(tracker)
    expect(kept.length).toBeGreaterThan(3)
    expect(notKept()).toHaveLength(200 - kept.length)
    for (const problem of notKept()) expect(Object(problem).reason).toMatch(/^not kept: .*ENOSPC/)
    await expect.poll(() => tracker.flush(), { timeout: 20_000 }).toBe(true)
    await rm(join(disk, 'others'))
    const later = await tracker.track('after')
    expect(later).toBeGreaterThan(kept.at(-1) ?? 0)
    expect(await tracker.close()).toBe(true)
    const events = await arrived('d-9')
    const numbers = new Set(events.map(one => Number(one.nr)))
    expect(numbers).toEqual(new Set([1, ...kept, later]))
    const contents = Map.groupBy(events, one => one.nr).values()
    for (const same of contents) expect(new Set(same.map(one => one.event)).size).toBe(1)
    // The file is whole: who opens it next finds nothing damaged, and goes on counting.
    problems = []
    const next = open({ directory: disk, deviceId: 'd-9' })
    expect(await next.track('next')).toBeGreaterThan(later ?? 0)
    expect(await next.close()).toBe(true)
    expect(problems).toEqual([])
  }, 60_000)

  test('a process that ends meanwhile loses nothing of what it kept', async () => {
    const tracker = open({ directory: disk, url: 'http://127.0.0.1:9', deviceId: 'd-10' })
    await fillDisk()
    const kept = await trackUntilFull(tracker)
    expect(await tracker.close(100)).toBe(false)
    problems = []
    // Still full: what it sends cannot be noted, and is sent once more by the next.
    const second = open({ directory: disk, deviceId: 'd-10' })
    await expect.poll(() => second.flush(), { timeout: 20_000 }).toBe(true)
    await second.close()
    await rm(join(disk, 'others'))
    const third = open({ directory: disk, deviceId: 'd-10' })
    const last = await third.track('last')
    expect(last).toBeGreaterThan(kept.at(-1) ?? 0)
    expect(await third.close()).toBe(true)
    expect(problems.filter(one => one.kind === 'damaged')).toEqual([])
    const numbers = new Set((await arrived('d-10')).map(one => Number(one.nr)))
    expect(numbers).toEqual(new Set([...kept, last]))
  }, 60_000)
})

test('503 with Retry-After: nobody asks before that; pages of HTML are neither success nor refusal', async () => {
  const html = { 'Content-Type': 'text/html' }
  await using server = await startScripted(
    { status: 503, headers: { 'Retry-After': '2' } },
    { status: 200, headers: html, body: '<p>Welcome to our hotel' },
    { status: 400, headers: html, body: '<p>a proxy' },
    { status: 200 },
  )
  const tracker = open({ url: server.url, batchAgeMs: 10 })
  await tracker.track('patient')
  await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBe(2)
  const [first = { at: 0 }, second = { at: 0 }] = server.requests
  expect(second.at - first.at).toBeGreaterThanOrEqual(2_000)
  expect([await tracker.flush(), await tracker.flush()]).toEqual([false, true])
  expect(problems.map(one => one.kind)).toEqual(['retry', 'retry', 'retry'])
  expect(await tracker.status()).toMatchObject({ waiting: 0, acknowledged: 1 })
  await tracker.close()
})

test('a collector that is down for a while gets all, later', async () => {
  const { url } = collector
  await collector.stop()
  const tracker = open({ url, deviceId: 'd-5', batchAgeMs: 10 })
  for (let i = 1; i <= 120; i++) void tracker.track(`event ${i}`)
  expect(await tracker.flush()).toBe(false)
  collector = await project.start(['--listen', new URL(url).host])
  await expect.poll(async () => (await tracker.status()).waiting, { timeout: 10_000 }).toBe(0)
  await tracker.close()
  const events = await arrived('d-5')
  expect(events).toHaveLength(120)
  expect(faultsOf(events)).toEqual([])
}, 30_000)

test('a full queue drops what is new, tells it, and leaves a gap', async () => {
  const tracker = open({ url: 'http://127.0.0.1:9', maxWaiting: 3 })
  const numbers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(name => tracker.track(name)))
  expect(numbers).toEqual([1, 2, 3, undefined, undefined])
  expect(problems.filter(one => one.kind === 'dropped')).toEqual([
    { kind: 'dropped', event: 'd', nr: 4, reason: 'full' },
    { kind: 'dropped', event: 'e', nr: 5, reason: 'full' },
  ])
  await tracker.close(0)
})

test('a damaged file: what can be read is sent, what cannot is told', async () => {
  const first = open({ url: 'http://127.0.0.1:9' })
  for (const name of ['a', 'b', 'c']) await first.track(name)
  await first.close(0)
  const [name = ''] = (await readdir(directory)).filter(one => one.endsWith('.ndjson'))
  const path = join(directory, name)
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('"event":"b"', '"event":b'))
  await appendFile(path, '{"p":{"nr":4,"at":17')
  const tracker = open({ deviceId: 'd-6' })
  expect(await tracker.track('d')).toBe(1) // d-6 is another device, so another session
  expect(await tracker.close()).toBe(true)
  expect(problems.filter(one => one.kind !== 'retry')).toEqual([{ kind: 'damaged', lines: 1 }])
})

test('a folder that cannot be written to: the queue is in memory, and says so', async () => {
  await writeFile(join(directory, 'file'), '')
  const tracker = open({ directory: join(directory, 'file') })
  await tracker.track('volatile')
  expect(await tracker.status()).toMatchObject({ isPersistent: false })
  expect(await tracker.close()).toBe(true)
  expect(problems).toMatchObject([{ kind: 'not_persistent' }])
})

test('a clock that is an hour off: signed with the time of the collector, tracked with its own', async () => {
  const hourMs = 3_600_000
  const now = Date.now
  Date.now = () => now() - hourMs
  try {
    const tracker = open({ deviceId: 'd-7', key: { id: 'shop', secret: 'key of the shop' } })
    await tracker.track('late')
    expect(await tracker.flush()).toBe(false) // learns the time from the refusal
    expect(await tracker.flush()).toBe(true)
    await tracker.close()
  } finally {
    Date.now = now
  }
  const [event] = await arrived('d-7')
  const offMs = now() - Date.parse(`${event?.at}Z`)
  expect(Math.abs(offMs - hourMs)).toBeLessThan(60_000)
})

test('the file is written anew as it empties, and its folder may be removed meanwhile', async () => {
  const tracker = open({ deviceId: 'd-8', batchSize: 1_000 })
  const text = 'x'.repeat(1_000)
  for (let i = 0; i < 300; i++) void tracker.track('filler', { text })
  expect(await tracker.flush()).toBe(true)
  const [name = ''] = (await readdir(directory)).filter(one => one.endsWith('.ndjson'))
  expect((await readFile(join(directory, name))).length).toBeLessThan(150_000)
  await rm(directory, { recursive: true })
  await tracker.flush()
  await tracker.track('after that')
  expect(await tracker.close()).toBe(true)
  await sleep(10)
  const events = await arrived('d-8')
  expect(events).toHaveLength(301)
  expect(faultsOf(events)).toEqual([])
})
