import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFaultProxy } from '../../servers/fault-proxy.ts'
import { randomPlan } from '../../servers/faults/plan.ts'
import { QUEUES, type QueueService, type TestQueue } from '../queues/drivers.ts'
import {
  collection,
  CollectorProject,
  DEVICE,
  type RunningCollector,
  sessionOf,
  signedRequest,
} from '../support/collector.ts'

const SOAK = process.env['FERRY_SOAK'] !== undefined
const RESTARTS = SOAK ? 50 : 3

interface SentEvent {
  readonly id: string
  readonly nr: number
  readonly session: string
}

async function send({ url }: RunningCollector, numbers: readonly number[], device = DEVICE) {
  const payloads = numbers.map(nr => ({ at: '1700000000', event: 'open', nr }))
  const body = { ...collection(payloads), ...device, session: sessionOf(device) }
  const answer = await fetch(`${url}/api/v1/track`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

const range = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => from + at)

async function received(queue: TestQueue): Promise<{ messages: string[]; events: SentEvent[] }> {
  const messages = await queue.receive()
  const lines = messages.flatMap(one => one.split('\n'))
  return { messages, events: lines.map(one => JSON.parse(one) as SentEvent) } // as the collector wrote it
}

/** Waits until a counter has a value. */
async function until(collector: RunningCollector, name: string, value: number): Promise<void> {
  while ((await collector.metrics())[name] !== value) await sleep(25)
}

describe.each(QUEUES.filter(({ title }) => ['azure', 'sqs, FIFO', 'sns'].includes(title)))(
  'to $title',
  ({ name, keepsOrder, start }) => {
    let service: QueueService
    beforeAll(async () => {
      service = await start()
    })
    afterAll(() => service[Symbol.asyncDispose]())

    test('events go as lines of JSON, many in a message; sessions keep their order', async () => {
      const queue = await service.make()
      await using project = await CollectorProject.make(
        `{ target: "${queue.url}", workers: 1, segment: { age: 1h } }`,
      )
      const collector = await project.start([], service.environment())
      const other = { ...DEVICE, deviceId: 'another' }
      for (const at of range(0, 8)) {
        await send(collector, range(20 * at, 20))
        await send(collector, range(20 * at, 20), other)
      }
      expect(await collector.stop()).toBe(0)
      expect(collector.said).toContain('320 events received, 320 stored')
      const { messages, events } = await received(queue)
      expect(events).toHaveLength(320)
      expect(new Set(events.map(one => one.id)).size).toBe(320)
      expect(events[0]).toMatchObject({ event: 'open', env: 'STAGING', parameters: [] })
      expect(messages.length).toBe(keepsOrder ? 16 : 4)
      if (!keepsOrder) return
      for (const device of [DEVICE, other]) {
        const ofSession = events.filter(one => one.session === sessionOf(device))
        expect(ofSession.map(one => one.nr)).toEqual(range(0, 160))
      }
    })

    test('a queue that is away or fails slows nobody, and gets all of it', async () => {
      const queue = await service.make()
      await using proxy = await startFaultProxy({ port: service.port, service: name })
      await using project = await CollectorProject.make(
        `{ target: "${queue.url}", workers: 1, events_per_message: 5, segment: { age: 200ms } }`,
      )
      const kinds = ['status-503', 'status-429', 'lose-answer', 'cut-request'] as const
      proxy.follow(randomPlan({ kinds, rate: 0.2, most: 12 }), 1)
      const collector = await project.start([], service.environment(proxy.port))
      for (const at of range(0, 10)) {
        await send(collector, range(10 * at, 10))
        expect((await fetch(`${collector.url}/health`)).status).toBe(200)
      }
      await until(collector, 'events_delivered_total', 100)
      expect(await collector.stop()).toBe(0)
      const { events } = await received(queue)
      expect(
        events.map(one => one.nr).filter((nr, at, all) => all.indexOf(nr) === at),
      ).toHaveLength(100)
      // What came twice says so by its id.
      expect(new Set(events.map(one => one.id)).size).toBe(100)
      if (keepsOrder) expect(events.map(one => one.nr)).toEqual(range(0, 100))
    })

    test(`${RESTARTS} kills while it delivers: each repeats one batch at most`, {
      timeout: 60_000 + RESTARTS * 60_000,
    }, async () => {
      const queue = await service.make()
      await using project = await CollectorProject.make(
        `{ target: "${queue.url}", workers: 1, events_per_message: 1, segment: { age: 1h } }`,
      )
      const progress = join(project.directory, '.ferry/collect/queue-progress')
      const atFirst = 100
      const total = atFirst + 20 * RESTARTS
      const first = await project.start([], service.environment())
      for (const at of range(0, atFirst / 20)) await send(first, range(20 * at, 20))
      await first.kill()
      for (const at of range(0, RESTARTS)) {
        const collector = await project.start([], service.environment())
        const before = at === 0 ? 0 : (await stat(progress)).mtimeMs
        const moved = async (): Promise<boolean> =>
          ((await stat(progress).catch(() => undefined))?.mtimeMs ?? 0) > before
        // What this one leaves is there for the next, however fast the queue is.
        await send(collector, range(atFirst + 20 * at, 20))
        while (!(await moved())) await sleep(2)
        await collector.kill()
      }
      const last = await project.start([], service.environment())
      await until(last, 'segments_waiting', 0)
      expect(await last.stop()).toBe(0)
      const { events } = await received(queue)
      expect(new Set(events.map(one => one.nr)).size).toBe(total)
      expect(new Set(events.map(one => one.id)).size).toBe(total)
      const twice = events.length - total
      console.log(`${RESTARTS} kills: ${twice} of ${total} events came twice`)
      const batch = name === 'azure-queue' || keepsOrder ? 1 : 10
      expect(twice).toBeLessThanOrEqual(RESTARTS * batch)
    })

    test('an event that the queue cannot take is a dead letter, and stops nobody', async () => {
      const queue = await service.make()
      await using project = await CollectorProject.make(
        `{ target: "${queue.url}", workers: 1, segment: { age: 200ms } }`,
      )
      const collector = await project.start([], service.environment())
      const parameters = [{ name: 'long', value: 'x'.repeat(300_000) }]
      const payloads = [1, 2, 3].map(nr => ({
        at: '1700000000',
        event: 'open',
        nr,
        ...(nr === 2 ? { parameters } : {}),
      }))
      const answer = await fetch(`${collector.url}/api/v1/track`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(collection(payloads)),
      })
      expect(answer.status).toBe(200)
      await until(collector, 'events_delivered_total', 2)
      expect((await collector.metrics())['events_undeliverable_total']).toBe(1)
      expect(await collector.stop()).toBe(0)
      const { events } = await received(queue)
      expect(events.map(one => one.nr).sort((a, b) => a - b)).toEqual([1, 3])
      const letters = await readFile(
        join(project.directory, '.ferry/collect/dead-letters-0.ndjson'),
        'utf8',
      )
      const letter = JSON.parse(letters) as Record<string, string> // a line of texts
      expect(letter['kind']).toBe('message_refused')
      expect(letter['reason']).toMatch(/^the message has 30\d{4} bytes, and `.*` takes \d+$/)
      const kept: unknown = JSON.parse(Buffer.from(letter['body'] ?? '', 'base64').toString())
      expect(kept).toMatchObject({ nr: 2, parameters })
    })

    test('a signed request whose segment was sent is remembered over a kill', async () => {
      const queue = await service.make()
      await using project = await CollectorProject.make(
        `{ target: "${queue.url}", workers: 1, secret: s, segment: { age: 100ms } }`,
      )
      const request = signedRequest(1, 's')
      const first = await project.start([], service.environment())
      expect((await fetch(`${first.url}/api/v1/track`, request)).status).toBe(200)
      await until(first, 'events_delivered_total', 1)
      await first.kill()
      const second = await project.start([], service.environment())
      expect((await fetch(`${second.url}/api/v1/track`, request)).status).toBe(200)
      expect(await second.metrics()).toMatchObject({
        events_stored_total: 0,
        events_duplicate_total: 1,
      })
      expect(await second.stop()).toBe(0)
      expect((await received(queue)).events).toHaveLength(1)
    })

    test('a queue that nobody made: events wait, and /health says why', async () => {
      await using project = await CollectorProject.make(
        `{ target: "${service.missing}", workers: 1, segment: { age: 100ms }, grace: 100ms }`,
      )
      const collector = await project.start([], service.environment())
      await send(collector, [1])
      while (!collector.said.includes('it stays on disk')) await sleep(25)
      const health = await fetch(`${collector.url}/health`)
      expect(health.status).toBe(200)
      expect(await health.json()).toMatchObject({
        status: 'ok',
        delivery: `\`${service.missing}\` does not exist`,
      })
      expect(await collector.stop()).toBe(0)
      expect(collector.said).toContain('1 segments are not delivered; the next start delivers them')
    })
  },
)

describe('a target that cannot be', () => {
  test.each([
    ['sns://events', /`events` is no ARN of a topic: write sns:\/\/arn/],
    ['sqs://a/{date}', /`a\/\{date\}` cannot be the name of a queue/],
  ])('%s is an error with its place', async (target, message) => {
    await using project = await CollectorProject.make()
    await writeFile(
      join(project.directory, 'ferry.yaml'),
      `collect:\n  target: ${JSON.stringify(target)}\n`,
    )
    const failure: unknown = await project.start().catch((error: unknown) => error)
    expect(String(failure)).toMatch(/ended with 78/)
    expect(String(failure)).toMatch(message)
    expect(String(failure)).toContain('ferry.yaml:2')
    await project.configure('{}')
    await expect(project.start(['--target', target])).rejects.toThrow(/ended with 64/)
  })

  test('a queue of Azure without an account', async () => {
    await using project = await CollectorProject.make('{ target: "azqueue://events" }')
    await expect(project.start()).rejects.toThrow(
      /ended with 78: .*no storage account is named.*queue\.core\.windows\.net/s,
    )
  })
})
