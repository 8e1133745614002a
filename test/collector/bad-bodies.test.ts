import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { readFile } from 'node:fs/promises'
import { createBrotliCompress, createDeflate, createGzip } from 'node:zlib'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { Agent, request } from 'undici'
import { AwakeClock } from '../support/awake-clock.ts'
import { collection, CollectorProject, type RunningCollector } from '../support/collector.ts'
import { encodeCollection } from '../support/collector-proto.ts'

const SOAK = process.env['FERRY_SOAK'] !== undefined
const BODIES = SOAK ? 1_000_000 : 4_000
const AT_ONCE = 16
const SLOW_CLIENTS = SOAK ? 1_000 : 300
const GOOD_REQUESTS = SOAK ? 20_000 : 500
const MB = 1_048_576
const HUGE_BODY_BYTES = SOAK ? 1_000_000_000 : 64 * MB
const BOMB_BYTES = SOAK ? 1_000_000_000 : 100 * MB

const whole = {
  protobuf: Buffer.from(
    encodeCollection(
      collection([
        { at: 1_700_000_000, event: 'click', nr: 1, parameters: [{ name: 'a', value: 'b' }] },
      ]),
    ),
  ),
  json: Buffer.from(
    JSON.stringify(
      collection([
        { at: '1700000000', event: 'click', nr: 1, parameters: [{ name: 'a', value: 'b' }] },
      ]),
    ),
  ),
}

/** Noise, a message cut off, or one with some of its bytes changed, half of the time only in its events. */
function spoil(body: Buffer): Buffer {
  const kind = Math.random()
  if (kind < 0.2)
    return Buffer.from(Array.from({ length: Math.random() * 300 }, () => Math.random() * 256))
  if (kind < 0.4) return body.subarray(0, Math.random() * body.length)
  const changed = Buffer.from(body)
  // What stands before them has a checksum, the session, which refuses most of what is changed there.
  const from = kind < 0.7 ? 0 : body.indexOf('click') - 10
  for (let count = 1 + Math.random() * 3; count > 0; count--) {
    changed[from + Math.floor(Math.random() * (changed.length - from))] = Math.random() * 256
  }
  return changed
}

test(`${BODIES} spoilt bodies: each is answered, none is stored wrongly, nothing grows`, {
  timeout: 120_000 + BODIES * 2,
}, async () => {
  await using project = await CollectorProject.make('{ workers: 1, dead_letters: 1MB }')
  const collector = await project.start()
  const agent = new Agent({ connections: AT_ONCE })
  const statuses: Record<number, number> = {}
  let left = BODIES
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const [type, body] =
        Math.random() < 0.5
          ? (['protobuf', whole.protobuf] as const)
          : (['json', whole.json] as const)
      const answer = await request(`${collector.url}/api/v1/track`, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': `application/${type}` },
        body: spoil(body),
      })
      await answer.body.dump()
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  await agent.close()
  console.log(`${BODIES} bodies: ${JSON.stringify(statuses)}`)
  expect(
    Object.keys(statuses)
      .map(Number)
      .filter(one => ![200, 204, 400].includes(one)),
  ).toEqual([])
  const metrics = await collector.metrics()
  expect(metrics['events_received_total']).toBe(
    (metrics['events_stored_total'] ?? 0) + (metrics['events_rejected_total'] ?? 0),
  )
  expect(await residentBytes(collector.child.pid)).toBeLessThan(250 * MB)
  expect(await collector.stop()).toBe(0)
  expect(await project.delivered()).toHaveLength(metrics['events_stored_total'] ?? -1)
})

test(`${SLOW_CLIENTS} slow clients, heads and bodies without end harm nobody`, {
  timeout: 300_000,
}, async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  using clock = new AwakeClock()
  const collector = await project.start()
  const { port } = new URL(collector.url)
  // A byte now and then: some of their heads, some of their bodies.
  const slow = Array.from({ length: SLOW_CLIENTS }, (_, at) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('POST /api/v1/track HTTP/1.1\r\nHost: x\r\n')
    socket.write(at % 2 === 0 ? 'X-Slow: ' : 'Content-Length: 1000000\r\n\r\n{')
    return socket
  })
  const drip = setInterval(() => {
    for (const socket of slow) if (!socket.destroyed) socket.write('x')
  }, 200)
  const answerTo = (head: string, more: () => Buffer | undefined): Promise<string> =>
    new Promise(resolve => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(head)
        const go = (): void => {
          for (;;) {
            const bytes = socket.destroyed ? undefined : more()
            if (bytes === undefined) return
            if (!socket.write(bytes)) return void socket.once('drain', go)
          }
        }
        go()
      })
      let said = ''
      socket.on('data', chunk => {
        said += chunk.toString('latin1')
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(said.split('\r\n', 1)[0] ?? ''))
    })
  let sent = 0
  const header = Buffer.alloc(65_536, 0x61)
  expect(
    await answerTo('POST /api/v1/track HTTP/1.1\r\nX-Long: ', () =>
      (sent += header.length) > MB ? undefined : header,
    ),
  ).toContain(' 431 ')
  const lies = 'POST /api/v1/track HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
  expect(await answerTo(`${lies}Content-Length: 1000000000\r\n\r\n`, () => undefined)).toContain(
    ' 413 ',
  )
  let chunked = 0
  const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`)
  expect(
    await answerTo(`${lies}Transfer-Encoding: chunked\r\n\r\n`, () =>
      (chunked += 65_536) > HUGE_BODY_BYTES ? undefined : chunk,
    ),
  ).toContain(' 413 ')
  const agent = new Agent({ connections: AT_ONCE })
  const tookMs: number[] = []
  let left = GOOD_REQUESTS
  const goodClient = async (): Promise<void> => {
    while (left-- > 0) {
      const startedAt = clock.now
      const answer = await request(`${collector.url}/api/v1/track`, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: whole.json,
      })
      await answer.body.dump()
      expect(answer.statusCode).toBe(200)
      tookMs.push(clock.now - startedAt)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, goodClient))
  await agent.close()
  const p99 = tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length * 0.99)] ?? Infinity
  const { connections } = await collector.metrics()
  const resident = await residentBytes(collector.child.pid)
  console.log(
    `${connections} connections beside ${GOOD_REQUESTS} good requests: p99 ${p99.toFixed(0)} ms, ${Math.round(resident / MB)} MB`,
  )
  expect(p99).toBeLessThan(500)
  expect(await residentBytes(collector.child.pid)).toBeLessThan(250 * MB)
  clearInterval(drip)
  for (const socket of slow) socket.destroy()
  await sleep(100)
  expect(await collector.stop()).toBe(0)
})

const PACKERS = {
  gzip: () => createGzip({ level: 1 }),
  deflate: () => createDeflate({ level: 1 }),
  br: () => createBrotliCompress(),
} as const

/** A megabyte that is a hundred, or a gigabyte, once it is unpacked. */
async function bomb(encoding: keyof typeof PACKERS): Promise<Buffer> {
  const spaces = Buffer.alloc(MB, 0x20)
  const pieces = Array.from({ length: Math.ceil(BOMB_BYTES / MB) }, () => spaces)
  return buffer(Readable.from(pieces).pipe(PACKERS[encoding]()))
}

/** What takes most memory while it is parsed, for its size. */
function* costlyJson(): Generator<[what: string, status: number, body: string]> {
  const text = whole.json.toString()
  const unknown = (value: string): string => text.replace('{', `{"x":${value},`)
  for (const open of ['[', '{"a":', '{"parameters":[']) {
    const most = open.repeat(14_000)
    yield [`${open} without end`, 400, most]
    yield [`${open} without end, in a field that nobody knows`, 400, unknown(most)]
    yield [`${open} without end, in a field`, 400, text.replace('"value":"b"', `"value":${most}`)]
    yield [`${open} beyond what is taken`, 413, open.repeat(4_900_000 / open.length)]
  }
  const names = Array.from({ length: 29_000 }, (_, at) => `"${at.toString(36)}z":1`)
  yield ['lists in lists', 200, unknown(`${'['.repeat(29_000)}${']'.repeat(29_000)}`)]
  yield ['names, all different', 200, unknown(`{${names.join()}}`)]
  yield ['objects, all different', 200, unknown(`[${names.map(one => `{${one}}`).join()}]`)]
  const payloads = Array.from({ length: 100_000 }, (_, nr) => ({ at: 1, event: 'e', nr }))
  yield ['more events than are taken', 413, JSON.stringify(collection(payloads))]
}

/** Sends a body many times at once; returns the statuses, without those of whom others took the room. */
async function statusesOf(
  { url }: RunningCollector,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<number[]> {
  const send = async (): Promise<number> => {
    const answer = await request(`${url}/api/v1/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
    await answer.body.dump()
    if (answer.statusCode === 503) expect(answer.headers['retry-after']).toBe('1')
    return answer.statusCode
  }
  const statuses = new Set(await Promise.all(Array.from({ length: AT_ONCE }, send)))
  return [...statuses].filter(one => one !== 503)
}

test('bodies that are bombs are refused, and take no memory', { timeout: 300_000 }, async () => {
  await using project = await CollectorProject.make('{ workers: 2 }')
  const collector = await project.start()
  for (const encoding of ['gzip', 'deflate', 'br'] as const) {
    const body = await bomb(encoding)
    expect(await statusesOf(collector, body, { 'content-encoding': encoding })).toEqual([413])
    console.log(`${encoding}: ${body.length} bytes that are ${BOMB_BYTES}, ${AT_ONCE} at once: 413`)
  }
  await expectUnharmed(collector)
})

test('JSON that takes much to parse is refused, or takes little', {
  timeout: 300_000,
}, async () => {
  await using project = await CollectorProject.make('{ workers: 2 }')
  const collector = await project.start()
  for (const [what, status, body] of costlyJson()) {
    expect([what, await statusesOf(collector, Buffer.from(body))]).toEqual([what, [status]])
  }
  await expectUnharmed(collector)
})

async function expectUnharmed(collector: RunningCollector): Promise<void> {
  const resident = await residentBytes(collector.child.pid)
  console.log(`${Math.round(resident / MB)} MB at most`)
  expect(resident).toBeLessThan(250 * MB)
  expect(await statusesOf(collector, whole.json)).toEqual([200])
  expect(await collector.stop()).toBe(0)
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024
}
