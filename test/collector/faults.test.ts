import { execFileSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { Agent, request } from 'undici'
import { describe, expect, test } from 'vitest'
import { startFaultProxy } from '../../servers/fault-proxy.ts'
import { randomPlan } from '../../servers/faults/plan.ts'
import { parseRows } from '../../src/collector/parse-rows.ts'
import { startS3Cloud } from '../support/cloud.ts'
import { collection, CollectorProject, type RunningCollector } from '../support/collector.ts'
import { readObject } from '../../src/stores/read-object.ts'

const SOAK = process.env['FERRY_SOAK'] !== undefined
const CLIENTS = 8

/** Clients that send without end, and remember of what they were told that it is stored. */
class Load {
  readonly acknowledged = new Set<number>()
  readonly statuses = new Map<number, number>()
  readonly #agent = new Agent({ connections: CLIENTS })
  readonly #url: string
  readonly #padding: string
  #next = 1
  #isOver = false
  readonly #clients: Promise<unknown>

  /** `padding`: bytes of each event. */
  constructor({ url }: RunningCollector, padding = 500) {
    this.#url = url
    this.#padding = 'x'.repeat(padding)
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#send()))
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#clients
    await this.#agent.close()
  }

  async #send(): Promise<void> {
    while (!this.#isOver) {
      const numbers = Array.from({ length: 1 + Math.floor(Math.random() * 25) }, () => this.#next++)
      const parameters = [{ name: 'p', value: this.#padding }]
      const payloads = numbers.map(nr => ({ at: '1700000000', event: 'click', nr, parameters }))
      const answer = await request(`${this.#url}/api/v1/track`, {
        dispatcher: this.#agent,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(collection(payloads)),
      })
      await answer.body.dump()
      const { statusCode } = answer
      this.statuses.set(statusCode, (this.statuses.get(statusCode) ?? 0) + 1)
      if (statusCode === 200) for (const nr of numbers) this.acknowledged.add(nr)
      if (statusCode === 503) {
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
        await sleep(20)
      }
    }
  }
}

/** Looks at the sum of the counters again and again until `stop`; returns how often. */
function watchSums(collector: RunningCollector): { stop(): Promise<number> } {
  let samples = 0
  let isOver = false
  const watch = async (): Promise<void> => {
    while (!isOver) {
      const metrics = await collector.metrics()
      const of = (name: string): number => metrics[`events_${name}`] ?? 0
      const sum = of('stored_total') + of('duplicate_total') + of('rejected_total') + of('waiting')
      expect({ samples, sum }).toEqual({ samples, sum: of('received_total') })
      samples++
      await sleep(5)
    }
  }
  const watching = watch()
  return {
    async stop() {
      isOver = true
      await watching
      return samples
    },
  }
}

const health = async ({ url }: RunningCollector): Promise<{ status: number; reason: string }> => {
  const answer = await fetch(`${url}/health`)
  const body = (await answer.json()) as { reason?: string } // the page says so
  return { status: answer.status, reason: body.reason ?? '' }
}

async function untilHealth(collector: RunningCollector, status: number): Promise<string> {
  for (;;) {
    const now = await health(collector)
    if (now.status === status) return now.reason
    await sleep(25)
  }
}

const times = (numbers: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>()
  for (const nr of numbers) counts.set(nr, (counts.get(nr) ?? 0) + 1)
  return counts
}

/** What was acknowledged is there, and nothing is twice. */
function expectEachOnce(acknowledged: ReadonlySet<number>, stored: readonly number[]): void {
  const counts = times(stored)
  expect([...acknowledged].filter(nr => !counts.has(nr))).toEqual([])
  expect([...counts].filter(([, count]) => count > 1)).toEqual([])
}

test('a store that is away for long: max_disk, then 503; later all is delivered; the sums hold', {
  timeout: SOAK ? 900_000 : 120_000,
}, async () => {
  const disk = SOAK ? '200MB' : '3MB'
  await using project = await CollectorProject.make(
    `{ target: ./away/events/, max_disk: ${disk}, segment: { size: 400kB, age: 1s }, workers: 2, grace: 2m }`,
  )
  await writeFile(join(project.directory, 'away'), 'a file where the folder should be')
  const collector = await project.start()
  const sums = watchSums(collector)
  const load = new Load(collector)
  expect(await untilHealth(collector, 503)).toContain('max_disk')
  await sleep(SOAK ? 60_000 : 1_000)
  expect((await health(collector)).status).toBe(503)
  const full = await collector.metrics()
  await rm(join(project.directory, 'away'))
  await untilHealth(collector, 200)
  const before = load.acknowledged.size
  while (load.acknowledged.size < before + 100) await sleep(10)
  await load.end()
  const samples = await sums.stop()
  const { events_stored_total: stored } = await collector.metrics()
  expect(await collector.stop()).toBe(0)
  console.log(
    `store away: ${full['segments_waiting']} segments of ${full['segments_waiting_bytes']} bytes waited, ${load.acknowledged.size} events acknowledged, ${JSON.stringify(Object.fromEntries(load.statuses))}, sums held in ${samples} samples`,
  )
  const numbers = (await project.delivered('away')).map(one => Number(one.nr))
  expect(numbers).toHaveLength(stored ?? -1)
  expectEachOnce(load.acknowledged, numbers)
  expect(load.statuses.get(503)).toBeGreaterThan(0)
})

test('a store that takes the object but whose answers are lost: each event is stored once', {
  timeout: SOAK ? 900_000 : 120_000,
}, async () => {
  await using cloud = await startS3Cloud()
  await using proxy = await startFaultProxy({ port: cloud.port, service: 's3' })
  const kinds = ['lose-answer', 'cut-answer', 'status-500', 'repeat-request'] as const
  proxy.follow(randomPlan({ kinds, rate: 0.3 }), 3)
  await using project = await CollectorProject.make(
    `{ target: "${cloud.url}events/{date}/", segment: { size: 300kB, age: 1s }, workers: 2, grace: 2m }`,
  )
  const collector = await project.start([], { ...cloud.at(`http://127.0.0.1:${proxy.port}`) })
  const load = new Load(collector)
  while (load.acknowledged.size < (SOAK ? 20_000 : 1_500)) await sleep(50)
  await load.end()
  expect(await collector.stop()).toBe(0)
  expect(collector.said).not.toContain('are not delivered')
  const numbers: number[] = []
  let objects = 0
  const signal = AbortSignal.timeout(60_000)
  const listing = cloud.store.list({ prefix: 'events/', signal })
  for (const entry of (await Array.fromAsync(listing)).flat()) {
    if (entry.kind !== 'object') continue
    const body = await Array.fromAsync(readObject(cloud.store, entry.object, { signal }))
    for (const row of parseRows(gunzipSync(Buffer.concat(body)))) numbers.push(Number(row.nr))
    objects++
  }
  console.log(
    `answers lost: ${objects} objects, ${numbers.length} events, faults ${JSON.stringify(Object.fromEntries(proxy.counts))}`,
  )
  expect(numbers).toHaveLength(load.acknowledged.size)
  expectEachOnce(load.acknowledged, numbers)
})

/** To make a disk that is small takes root. */
describe.runIf(process.getuid?.() === 0)('a disk that is really full', () => {
  const smallDisk = async (project: CollectorProject) => {
    const path = await project.makeFolder('disk')
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SOAK ? 16 : 4}m`, 'tmpfs', path])
    return { path, [Symbol.dispose]: () => void execFileSync('umount', ['-l', path]) }
  }

  test('full of what others wrote: 503, Retry-After and a reason; it recovers by itself', {
    timeout: SOAK ? 600_000 : 120_000,
  }, async () => {
    await using project = await CollectorProject.make(
      '{ spool: ./disk/spool, workers: 2, segment: { size: 200kB, age: 1s } }',
    )
    using disk = await smallDisk(project)
    const collector = await project.start()
    const sums = watchSums(collector)
    const load = new Load(collector)
    for (let turn = 0; turn < (SOAK ? 10 : 2); turn++) {
      const before = load.acknowledged.size
      while (load.acknowledged.size < before + 200) await sleep(10)
      await fill(join(disk.path, 'others'))
      expect(await untilHealth(collector, 503)).toContain('no space left on the disk')
      await sleep(300)
      await rm(join(disk.path, 'others'))
      await untilHealth(collector, 200)
    }
    await load.end()
    const samples = await sums.stop()
    expect(await collector.stop()).toBe(0)
    const numbers = (await project.delivered()).map(one => Number(one.nr))
    console.log(
      `disk full: ${load.acknowledged.size} acknowledged, ${numbers.length} stored, ${JSON.stringify(Object.fromEntries(load.statuses))}, sums held in ${samples} samples`,
    )
    expectEachOnce(load.acknowledged, numbers)
    expect(load.statuses.get(503)).toBeGreaterThan(0)
  })

  test('it recovers without a request: nobody sends to one that says 503', async () => {
    await using project = await CollectorProject.make(
      '{ target: ./away/events/, spool: ./disk/spool, workers: 1, segment: { age: 200ms } }',
    )
    using disk = await smallDisk(project)
    await writeFile(join(project.directory, 'away'), 'so that no delivery makes room')
    const collector = await project.start()
    const load = new Load(collector)
    await fill(join(disk.path, 'others'))
    await untilHealth(collector, 503)
    await load.end()
    // What the collector held while the disk was filled (its probe, a segment) is free by now.
    await sleep(200)
    await fill(join(disk.path, 'rest'))
    await sleep(1_500)
    expect((await health(collector)).status).toBe(503)
    await rm(join(disk.path, 'others'))
    await rm(join(disk.path, 'rest'))
    await untilHealth(collector, 200)
    await rm(join(project.directory, 'away'))
    expect(await collector.stop()).toBe(0)
    const numbers = (await project.delivered('away')).map(one => Number(one.nr))
    expectEachOnce(load.acknowledged, numbers)
  })

  test('full of its own segments while the store is away: their delivery makes room again', {
    timeout: SOAK ? 600_000 : 120_000,
  }, async () => {
    await using project = await CollectorProject.make(
      '{ target: ./away/events/, spool: ./disk/spool, workers: 2, segment: { size: 200kB, age: 1s } }',
    )
    using _ = await smallDisk(project)
    await writeFile(join(project.directory, 'away'), 'a file where the folder should be')
    const collector = await project.start()
    const load = new Load(collector)
    expect(await untilHealth(collector, 503)).toContain('no space left on the disk')
    await sleep(500)
    await rm(join(project.directory, 'away'))
    await untilHealth(collector, 200)
    await load.end()
    expect(await collector.stop()).toBe(0)
    const numbers = (await project.delivered('away')).map(one => Number(one.nr))
    expectEachOnce(load.acknowledged, numbers)
  })

  test('a start on a full disk: it says what is wrong, and works when there is room', {
    timeout: SOAK ? 600_000 : 120_000,
  }, async () => {
    await using project = await CollectorProject.make(
      '{ spool: ./disk/spool, workers: 1, segment: { size: 200kB, age: 1s } }',
    )
    using disk = await smallDisk(project)
    const first = await project.start()
    const load = new Load(first)
    while (load.acknowledged.size < 200) await sleep(10)
    await load.end()
    await first.kill()
    await fill(join(disk.path, 'others'))
    const second = await project.start()
    const more = new Load(second)
    expect(await untilHealth(second, 503)).toContain('no space left on the disk')
    await rm(join(disk.path, 'others'))
    await untilHealth(second, 200)
    await more.end()
    expect(await second.stop()).toBe(0)
    const numbers = new Set((await project.delivered()).map(one => Number(one.nr)))
    expect([...load.acknowledged].filter(nr => !numbers.has(nr))).toEqual([])
  })
})

/** Writes until there is no room left. */
async function fill(path: string): Promise<void> {
  for (const size of [65_536, 4_096, 1]) {
    for (;;) {
      const isFull = await writeFile(path, Buffer.alloc(size), { flag: 'a' }).then(
        () => false,
        () => true,
      )
      if (isFull) break
    }
  }
}
