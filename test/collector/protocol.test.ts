import { createHash, createHmac } from 'node:crypto'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  collection,
  CollectorProject,
  DEVICE,
  md5,
  type RunningCollector,
  sessionOf,
} from '../support/collector.ts'
import { encodeCollection } from '../support/collector-proto.ts'

const SECRET = 'a secret of the clients'
const KEY = 'the key of new clients'
let project: CollectorProject
let collector: RunningCollector

beforeAll(async () => {
  project = await CollectorProject.make(`
  signature: required
  secret: \${COLLECT_SECRET}
  keys: { ios-2: '\${COLLECT_KEY}' }
  write_keys: [writer]
  maintenance_key: keeper
  max_body: 64kB
  workers: 2
  parameters: { email: hash, password: drop }
  hash_key: salt
  mask_ip: true`)
  collector = await project.start([], { COLLECT_SECRET: SECRET, COLLECT_KEY: KEY })
})
afterAll(async () => {
  await collector.stop()
  await project[Symbol.asyncDispose]()
})

const nowS = (): number => Math.floor(Date.now() / 1_000)
const event = (nr: number, more: object = {}) => ({ at: '1700000000', event: 'click', nr, ...more })
const json = (content: object): string => JSON.stringify(content)

function signed(
  body: string | Uint8Array,
  timeS = nowS(),
  secret = SECRET,
): Record<string, string> {
  const signature = createHash('sha256')
    .update(`${timeS}|${md5(body)}|${secret}`)
    .digest('base64')
  return { 'X-Hamustro-Time': String(timeS), 'X-Hamustro-Signature': signature }
}

function signedByKey(
  body: string | Uint8Array,
  { keyId = 'ios-2', key = KEY, timeS = nowS() } = {},
) {
  const hmac = createHmac('sha256', key).update(`${timeS}.`).update(body).digest('hex')
  return { 'Ferry-Signature': `keyid=${keyId},time=${timeS},hmac=${hmac}` }
}

interface Sent {
  readonly path?: string
  readonly type?: string
  readonly headers?: Record<string, string>
}

async function send(
  body: string | Uint8Array<ArrayBuffer>,
  { path = '/api/v1/track', type = 'application/json', headers = signed(body) }: Sent = {},
) {
  const answer = await fetch(`${collector.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': type, ...headers },
    body,
  })
  return { status: answer.status, text: await answer.text() }
}

const protobufBody = (content: object) => Uint8Array.from(encodeCollection(content))
let serial = 1_000
const next = (): number => serial++

describe('what is taken', () => {
  test.each([
    [
      'protobuf',
      () => send(protobufBody(collection([event(next())])), { type: 'application/protobuf' }),
    ],
    [
      'protobuf with a field of a later version',
      () =>
        send(protobufBody(collection([event(next())], { fromTheFuture: 'x' })), {
          type: 'application/protobuf',
        }),
    ],
    ['JSON', () => send(json(collection([event(next())])))],
    [
      'JSON with a charset',
      () => send(json(collection([event(next())])), { type: 'application/json; charset=utf-8' }),
    ],
    [
      'JSON with the names of the schema',
      () =>
        send(
          json({
            device_id: 'a9c0',
            client_id: 'web',
            session: sessionOf(DEVICE),
            system_version: '14.1',
            product_version: '2.0',
            env: 8,
            payloads: [{ ...event(next()), user_id: 'u' }],
          }),
        ),
    ],
    [
      'JSON with numbers as numbers',
      () => send(json(collection([{ at: 1_700_000_000, event: 'click', nr: next() }]))),
    ],
    ['a gzipped body', () => packed('gzip', gzipSync)],
    ['a deflated body', () => packed('deflate', deflateSync)],
    ['a body in br', () => packed('br', brotliCompressSync)],
    [
      'Ferry-Signature',
      () => {
        const body = json(collection([event(next())]))
        return send(body, { headers: signedByKey(body) })
      },
    ],
    [
      'lines at the newer door',
      () => {
        const body = [event(next()), event(next())]
          .map(one => json({ ...collection([]), payloads: undefined, ...one }))
          .join('\n')
        return send(body, {
          path: '/api/v1/events',
          type: 'application/x-ndjson',
          headers: signedByKey(body),
        })
      },
    ],
  ])('%s', async (_, sending) => {
    const before = await collector.metrics()
    expect(await sending()).toMatchObject({ status: 200, text: '' })
    expect((await collector.metrics())['events_stored_total']).toBeGreaterThan(
      before['events_stored_total'] ?? 0,
    )
  })

  async function packed(encoding: string, pack: (bytes: Uint8Array) => Uint8Array) {
    const body = Uint8Array.from(pack(Buffer.from(json(collection([event(next())])))))
    return send(body, { headers: { ...signed(body), 'Content-Encoding': encoding } })
  }

  test('no payloads: 204', async () => {
    expect(await send(json(collection([])))).toMatchObject({ status: 204 })
  })
})

describe('what is refused', () => {
  const body = () => json(collection([event(next())]))
  test.each<[string, number, () => ReturnType<typeof send>]>([
    ['no signature', 405, () => send(body(), { headers: {} })],
    [
      'a wrong secret',
      405,
      () => {
        const text = body()
        return send(text, { headers: signed(text, nowS(), 'no') })
      },
    ],
    [
      'an old signature',
      405,
      () => {
        const text = body()
        return send(text, { headers: signed(text, nowS() - 400) })
      },
    ],
    ['the signature of another body', 405, () => send(body(), { headers: signed('other') })],
    [
      'an unknown key id',
      405,
      () => {
        const text = body()
        return send(text, { headers: signedByKey(text, { keyId: 'x' }) })
      },
    ],
    [
      'a wrong key',
      405,
      () => {
        const text = body()
        return send(text, { headers: signedByKey(text, { key: 'x' }) })
      },
    ],
    [
      'a wrong key at a newer door',
      401,
      () => send('{}', { path: '/api/v1/events', headers: signedByKey('{}', { key: 'x' }) }),
    ],
    [
      'a wrong write key',
      401,
      () => send('{}', { path: '/v1/track', headers: { Authorization: `Basic ${btoa('no:')}` } }),
    ],
    [
      'a session of other versions',
      400,
      () => send(json(collection([event(next())], { productVersion: '9' }))),
    ],
    ['a required field that is missing', 400, () => send(json(collection([{ at: '1', nr: 1 }])))],
    ['no JSON', 400, () => send('{"deviceId":')],
    ['an environment that is none', 400, () => send(json(collection([event(1)], { env: 'MOON' })))],
    [
      'half a protobuf message',
      400,
      () =>
        send(protobufBody(collection([event(1)])).slice(0, 60), { type: 'application/protobuf' }),
    ],
    ['another content type', 400, () => send('a=b', { type: 'application/x-www-form-urlencoded' })],
    ['a body beyond the limit', 413, () => send('x'.repeat(70_000))],
    [
      'a body that grows beyond the limit',
      413,
      () => {
        const bomb = Uint8Array.from(gzipSync(Buffer.alloc(5_000_000, 32)))
        return send(bomb, { headers: { ...signed(bomb), 'Content-Encoding': 'gzip' } })
      },
    ],
    ['a page that is none', 404, () => send('', { path: '/api/v2/track' })],
  ])('%s: %i', async (_, status, sending) => {
    const before = await collector.metrics()
    expect(await sending()).toMatchObject({ status, text: expect.stringMatching(/error/) })
    expect((await collector.metrics())['events_stored_total']).toBe(before['events_stored_total'])
  })

  test('a request that comes again is acknowledged, and not stored again', async () => {
    const text = body()
    const headers = signed(text)
    const before = await collector.metrics()
    for (let time = 0; time < 3; time++)
      expect(await send(text, { headers })).toMatchObject({ status: 200 })
    const after = await collector.metrics()
    expect((after['events_stored_total'] ?? 0) - (before['events_stored_total'] ?? 0)).toBe(1)
    expect((after['events_duplicate_total'] ?? 0) - (before['events_duplicate_total'] ?? 0)).toBe(2)
  })
})

test('a flush delivers what came, field by field, with what is private changed', async () => {
  const parameters = [
    { name: 'email', value: 'a@b.c' },
    { name: 'password', value: 'secret' },
    { name: 'text', value: 'a "b"\n\u0001,ő' },
  ]
  const content = collection(
    [
      event(77, {
        userId: 'u-7',
        tenantId: 't',
        timezone: 'Europe/Berlin',
        ip: '192.0.2.77',
        country: 'DE',
        parameters,
      }),
    ],
    {
      deviceMake: 'Acme',
      browser: 'Firefox',
      browserVersion: '130',
      system: 'Linux',
      systemLanguage: 'de',
      productGitHash: 'abc',
      productLanguage: 'de',
      deviceModel: 'M1',
    },
  )
  expect(await send(protobufBody(content), { type: 'application/protobuf' })).toMatchObject({
    status: 200,
  })
  expect((await fetch(`${collector.url}/api/v1/flush`, { method: 'POST' })).status).toBe(401)
  const flushed = await fetch(`${collector.url}/api/v1/flush`, {
    method: 'POST',
    headers: { 'X-Maintenance-Key': 'keeper' },
  })
  expect([flushed.status, await flushed.json()]).toMatchObject([
    200,
    { delivered: true, waiting_segments: 0 },
  ])
  const stored = (await project.delivered()).find(one => one.nr === '77')
  const hash = createHmac('sha256', 'salt').update('a@b.c').digest('hex').slice(0, 32)
  expect({ ...stored, parameters: JSON.parse(stored?.parameters ?? '') }).toEqual({
    device_id: 'a9c0',
    client_id: 'web',
    session: sessionOf(DEVICE),
    nr: '77',
    env: 'STAGING',
    system_version: '14.1',
    product_version: '2.0',
    at: '2023-11-14 22:13:20',
    timezone: 'Europe/Berlin',
    event: 'click',
    device_make: 'Acme',
    device_model: 'M1',
    system: 'Linux',
    system_language: 'de',
    browser: 'Firefox',
    browser_version: '130',
    product_git_hash: 'abc',
    product_language: 'de',
    user_id: 'u-7',
    tenant_id: 't',
    ip: '192.0.2.0',
    country: 'DE',
    parameters: [
      { name: 'email', value: hash },
      { name: 'text', value: 'a "b"\n\u0001,ő' },
    ],
    received_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
    sequence: expect.stringMatching(/^\d{16}$/),
  })
})

test('received = stored + duplicate + rejected + waiting', async () => {
  const { events_received_total: received = 0, ...now } = await collector.metrics()
  const parts = [
    'events_stored_total',
    'events_duplicate_total',
    'events_rejected_total',
    'events_waiting',
  ]
  expect(received).toBeGreaterThan(10)
  expect(parts.reduce((sum, name) => sum + (now[name] ?? 0), 0)).toBe(received)
})

test('outcomes are asked for among other preferences too', async () => {
  const body = json(collection([event(next())]))
  const Prefer = 'return=minimal, Results'
  const answer = await send(body, { headers: { ...signed(body), Prefer } })
  expect(answer).toMatchObject({ status: 200, text: '{"results":[{"status":"stored"}]}' })
})

test('HEAD gets what GET gets, without the body; a wrong method is told the right ones', async () => {
  const [head, got] = await Promise.all(
    ['HEAD', 'GET'].map(method => fetch(`${collector.url}/health`, { method })),
  )
  expect([head?.status, got?.status]).toEqual([200, 200])
  expect(head?.headers.get('content-length')).toBe(got?.headers.get('content-length'))
  expect(await head?.text()).toBe('')
  const allowed = { '/health': 'GET, HEAD', '/api/v1/flush': 'POST', '/v1/batch': 'POST, OPTIONS' }
  for (const [path, methods] of Object.entries(allowed)) {
    const answer = await fetch(`${collector.url}${path}`, { method: 'PUT' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, methods])
  }
})
