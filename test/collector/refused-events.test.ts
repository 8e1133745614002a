import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { encodeCollection } from '../support/collector-proto.ts'
import { collection, CollectorProject, md5, type RunningCollector } from '../support/collector.ts'
import { runFerry } from '../support/run-ferry.ts'

interface Letter {
  readonly path: string
  readonly kind: string
  readonly reason: string
  readonly content_type: string
  readonly content_encoding?: string
  readonly body: string
}

const FIRST = 'dead-letters-1.ndjson'
const YEAR_10000 = '253402300800'
const json = (value: object): string => JSON.stringify(value)

async function lettersIn(
  project: CollectorProject,
  name: string,
  count: number,
): Promise<Letter[]> {
  const path = join(project.directory, '.ferry/collect', name)
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '') // not there yet
    const lines = text.split('\n').filter(Boolean)
    if (lines.length >= count) return lines.map(line => JSON.parse(line) as Letter)
    await sleep(20)
  }
}

async function send(
  { url }: RunningCollector,
  path: string,
  { body, type, headers = {} }: { body: Sendable; type: string; headers?: Record<string, string> },
): Promise<{ status: number; statuses: readonly string[] }> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': type, Prefer: 'results', ...headers },
  })
  const text = await answer.text()
  const { results } = JSON.parse(text) as { results: { status: string }[] } // as it says
  return { status: answer.status, statuses: results.map(one => one.status) }
}

type Sendable = string | Uint8Array<ArrayBuffer>

async function counted(collector: RunningCollector): Promise<Record<string, number | undefined>> {
  const metrics = await collector.metrics()
  return {
    received: metrics['events_received_total'],
    stored: metrics['events_stored_total'],
    duplicate: metrics['events_duplicate_total'],
    rejected: metrics['events_rejected_total'],
  }
}

const payload = (nr: number, more: object = {}) => ({
  at: '1700000000',
  event: 'open',
  nr,
  ...more,
})
/** The first and the third are taken; the second has no event, the fourth a time that no date can say. */
const MIXED = [payload(1), { at: '1700000000', nr: 2 }, payload(3), payload(4, { at: YEAR_10000 })]
const message = (id: string, more: object = {}) => ({
  type: 'track',
  event: 'open',
  userId: 'u',
  messageId: id,
  ...more,
})

test.each<
  [
    string,
    { path: string; type: string; body: Sendable; headers?: Record<string, string> },
    Sendable,
  ]
>([
  [
    'JSON',
    { path: '/api/v1/track', type: 'application/json', body: json(collection(MIXED)) },
    json(collection([MIXED[1] ?? {}, MIXED[3] ?? {}])),
  ],
  [
    'packed JSON',
    {
      path: '/api/v1/track',
      type: 'application/json',
      headers: { 'Content-Encoding': 'gzip' },
      body: Uint8Array.from(gzipSync(json(collection(MIXED)))),
    },
    json(collection([MIXED[1] ?? {}, MIXED[3] ?? {}])),
  ],
  [
    'lines',
    {
      path: '/api/v1/events',
      type: 'application/x-ndjson',
      body: `${[1, 2, 3, 4].map(nr => line(nr)).join('\n\n')}\n`,
    },
    `${line(2)}\n${line(4)}\n`,
  ],
  [
    "a batch of Segment's API",
    {
      path: '/v1/batch',
      type: 'application/json',
      headers: { Authorization: `Basic ${btoa('k:')}` },
      body: json({
        context: { locale: 'de' },
        batch: [
          message('1'),
          message('2', { type: 'none' }),
          message('3'),
          message('4', { event: null }),
        ],
      }),
    },
    json({
      context: { locale: 'de' },
      batch: [message('2', { type: 'none' }), message('4', { event: null })],
    }),
  ],
])('of %s that is taken in part, what was refused is a dead letter', async (_, request, kept) => {
  await using project = await CollectorProject.make('{ workers: 1, write_keys: [k] }')
  const collector = await project.start()
  const { path, ...how } = request
  expect(await send(collector, path, how)).toEqual({
    status: 200,
    statuses: ['stored', 'rejected', 'stored', 'rejected'],
  })
  expect(await counted(collector)).toEqual({ received: 4, stored: 2, duplicate: 0, rejected: 2 })
  const [letter, ...more] = await lettersIn(project, FIRST, 1)
  expect(more).toEqual([])
  expect(letter).toMatchObject({ path, content_type: how.type })
  expect(letter?.reason).toMatch(/^.+ \(1 times\); .+ \(1 times\)$/)
  expect(letter).not.toHaveProperty('content_encoding')
  expect(Buffer.from(letter?.body ?? '', 'base64').toString()).toBe(String(kept))
  expect(await collector.stop()).toBe(0)
})

function line(nr: number): string {
  const one =
    nr % 2 === 0 ? { at: '1700000000', nr, ...(nr === 4 ? { event: 7 } : {}) } : payload(nr)
  return json({ ...collection([]), payloads: undefined, ...one })
}

test('of protobuf: the letter has the bytes of the refused events, and those of later versions', async () => {
  await using project = await CollectorProject.make('{ workers: 1, per_event: true }')
  const collector = await project.start()
  const good = [payload(1), payload(3)]
  const bad = payload(2, { at: YEAR_10000 })
  // A field of its own in the middle, which no version knows: 100, a text.
  const strange = Buffer.from([0xa2, 0x06, 2, 0x68, 0x69])
  const whole = [good.slice(0, 1), [bad], good.slice(1)].map(payloads =>
    Buffer.from(encodeCollection(collection(payloads))),
  )
  // Collections one behind the other are one with the payloads of all.
  const body = Uint8Array.from(
    Buffer.concat([whole[0] ?? '', strange, ...whole.slice(1)].map(one => Buffer.from(one))),
  )
  const type = 'application/protobuf'
  const answer = await send(collector, '/api/v1/track', { body, type })
  expect(answer.statuses).toEqual(['stored', 'rejected', 'stored'])
  const [letter] = await lettersIn(project, FIRST, 1)
  expect(letter).toMatchObject({ kind: 'field_invalid', reason: '`at` is after the year 9999' })
  const left = Buffer.from(letter?.body ?? '', 'base64')
  expect(left.includes(strange)).toBe(true)
  const again = await send(collector, '/api/v1/track', { body: Uint8Array.from(left), type })
  expect(again.statuses).toEqual(['rejected'])
  expect(await collector.stop()).toBe(0)
})

test('a replay sends what was refused, and keeps of it what is refused again', async () => {
  await using project = await CollectorProject.make('{ workers: 1, per_event: true }')
  const collector = await project.start()
  const type = 'application/json'
  await send(collector, '/api/v1/track', { type, body: json(collection(MIXED)) })
  const [letter] = await lettersIn(project, FIRST, 1)
  // One of the two is mended by hand, and packed as some library might have.
  const body = gzipSync(json(collection([payload(2), MIXED[3] ?? {}]))).toString('base64')
  const mended = { ...letter, body, content_encoding: 'gzip' }
  await writeFile(join(project.directory, '.ferry/collect', FIRST), `${json(mended)}\n`)
  const args = ['events', 'replay', '--to', collector.url, '--json']
  const replay = async (): Promise<unknown> =>
    JSON.parse((await runFerry(args, { cwd: project.directory })).stdout)
  expect(await replay()).toEqual({ sent: 1, accepted: 0, refused: 1, unreadable: 0 })
  const [left] = await lettersIn(project, 'dead-letters-refused.ndjson', 1)
  expect(left).toMatchObject({ reason: '`at` is after the year 9999' })
  expect(left).not.toHaveProperty('content_encoding')
  expect(JSON.parse(Buffer.from(left?.body ?? '', 'base64').toString())).toMatchObject({
    payloads: [{ nr: 4 }],
  })
  expect(await replay()).toEqual({ sent: 1, accepted: 0, refused: 1, unreadable: 0 })
  expect(await collector.stop()).toBe(0)
  expect((await project.delivered()).map(one => one.nr)).toEqual(['1', '3', '2'])
})

test('a signed request that comes again is told the same, and leaves no second letter', async () => {
  await using project = await CollectorProject.make('{ workers: 1, secret: s, per_event: true }')
  const collector = await project.start()
  const body = json(collection(MIXED))
  const time = Math.floor(Date.now() / 1_000)
  const signature = createHash('sha256')
    .update(`${time}|${md5(body)}|s`)
    .digest('base64')
  const headers = { 'X-Hamustro-Time': String(time), 'X-Hamustro-Signature': signature }
  for (let turn = 0; turn < 2; turn++) {
    const answer = await send(collector, '/api/v1/track', {
      body,
      type: 'application/json',
      headers,
    })
    expect(answer).toEqual({
      status: 200,
      statuses: ['stored', 'rejected', 'stored', 'rejected'],
    })
  }
  expect(await counted(collector)).toEqual({ received: 8, stored: 2, duplicate: 2, rejected: 4 })
  expect(await collector.stop()).toBe(0)
  expect(await lettersIn(project, FIRST, 1)).toHaveLength(1)
})

test.each(['per_event: false', 'per_event: true'])(
  'letters take no more than dead_letters (%s): those beyond are counted, and a replay makes room',
  async per => {
    const limit = 20_000
    await using project = await CollectorProject.make(
      `{ workers: 1, dead_letters: ${limit}, ${per} }`,
    )
    const collector = await project.start()
    const spool = join(project.directory, '.ferry/collect')
    const bad = payload(1, { at: YEAR_10000, userId: 'u'.repeat(1_000) })
    const refuse = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time++) {
        const answer = await fetch(`${collector.url}/api/v1/track`, {
          method: 'POST',
          body: json(collection([bad])),
          headers: { 'Content-Type': 'application/json' },
        })
        expect(answer.status).toBe(per.endsWith('true') ? 200 : 400)
        await answer.arrayBuffer()
      }
    }
    await refuse(40)
    const kept = await lettersIn(project, FIRST, 5)
    expect((await stat(join(spool, FIRST))).size).toBeLessThanOrEqual(limit)
    const metrics = await collector.metrics()
    expect(metrics['events_rejected_total']).toBe(40)
    expect(kept.length + (metrics['dead_letters_lost_total'] ?? 0)).toBe(40)
    const size = Buffer.byteLength(`${json(kept[0] ?? {})}\n`)
    expect(kept).toHaveLength(Math.floor(limit / size))
    const args = ['events', 'replay', '--to', collector.url, '--json']
    const { stdout } = await runFerry(args, { cwd: project.directory })
    expect(JSON.parse(stdout)).toMatchObject({ sent: kept.length, refused: kept.length })
    await sleep(1_100) // a full file is looked at once a second
    await refuse(1)
    expect(await lettersIn(project, FIRST, 1)).toHaveLength(1)
    expect(await collector.stop()).toBe(0)
    expect(collector.said).not.toContain('error')
  },
)
