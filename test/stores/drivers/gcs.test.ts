import { describe, expect, test } from 'vitest'
import { FerryError } from '../../../src/core/errors.ts'
import type { WholeUpload } from '../../../src/stores/store.ts'
import {
  BYTES,
  content,
  CRC,
  failure,
  json,
  openGcs,
  PATIENCE_MS,
  resource,
  scripted,
  STALL_MS,
  TOKEN,
  xmlFailure,
} from '../../support/scripted-gcs.ts'
import type { ScriptedAnswer } from '../../support/scripted-server.ts'

const { signal } = new AbortController()
const crc32c = Number.parseInt(Buffer.from(CRC, 'base64').toString('hex'), 16)

describe('errors of the service', () => {
  test.each<[answer: ScriptedAnswer, code: string, attempts: number]>([
    [failure(401, 'authError'), 'DENIED', 1],
    [failure(401, 'required'), 'DENIED', 1],
    [failure(403, 'forbidden'), 'DENIED', 1],
    [failure(403, 'accountDisabled'), 'DENIED', 1],
    [failure(403, 'rateLimitExceeded'), 'THROTTLED', 3],
    [failure(403, 'userRateLimitExceeded'), 'THROTTLED', 3],
    [failure(429, 'rateLimitExceeded'), 'THROTTLED', 3],
    [failure(408, 'requestTimeout'), 'TRANSIENT', 3],
    [failure(500, 'backendError'), 'TRANSIENT', 3],
    [failure(503, 'backendError'), 'SERVICE_UNAVAILABLE', 3],
    [failure(412, 'conditionNotMet'), 'PRECONDITION_FAILED', 1],
    [xmlFailure(404, 'NoSuchBucket'), 'BUCKET_NOT_FOUND', 1],
    [xmlFailure(404, 'NoSuchKey'), 'OBJECT_NOT_FOUND', 1],
    [xmlFailure(403, 'AccessDenied'), 'DENIED', 1],
    [xmlFailure(503, 'ServiceUnavailable'), 'SERVICE_UNAVAILABLE', 3],
    [xmlFailure(429, 'SlowDown'), 'THROTTLED', 3],
    [{ status: 502, body: '<html>a proxy’s own page' }, 'TRANSIENT', 3],
    [{ status: 429 }, 'THROTTLED', 3],
    ['reset', 'TRANSIENT', 3],
    ['hang', 'TRANSIENT', 3],
    [json({ kind: 'storage#object' }), 'TRANSIENT', 3],
    [{ body: JSON.stringify(resource('x')).slice(0, -9) }, 'TRANSIENT', 3],
    [json(resource('another')), 'TRANSIENT', 3],
  ])('%j is %s', async (answer, code, attempts) => {
    const stallMs = answer === 'hang' ? STALL_MS : PATIENCE_MS
    await using at = await scripted(() => answer, { stallMs })
    await expect(at.store.stat('x', { signal })).rejects.toMatchObject({ code })
    expect(at.server.requests.length).toBe(attempts)
  })

  test.each([
    ['NoSuchKey', 'OBJECT_NOT_FOUND', '`gs://logs/x` does not exist'],
    ['NoSuchBucket', 'BUCKET_NOT_FOUND', '`gs://logs` does not exist'],
  ])('the XML API tells what the JSON API calls absent: %s', async (told, code, message) => {
    await using at = await scripted(({ path }) =>
      path.startsWith('/storage/') ? failure(404, 'notFound') : xmlFailure(404, told),
    )
    await expect(at.store.stat('x', { signal })).rejects.toMatchObject({ code, message })
  })

  test('a clock that is off is named, and by how much', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString()
    const refused = failure(401, 'authError') as ScriptedAnswer & object
    await using at = await scripted(() => ({ ...refused, headers: { date } }))
    await expect(at.store.stat('x', { signal })).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringContaining('clock is 60 minutes behind') as unknown,
    })
  })

  test('Retry-After is waited for', async () => {
    await using at = await scripted(({ number }) =>
      number === 0 ? { status: 503, headers: { 'retry-after': '1' } } : json(resource('x')),
    )
    const begun = performance.now()
    await at.store.stat('x', { signal })
    expect(performance.now() - begun).toBeGreaterThan(950)
  })

  test.each([
    ['a'.repeat(1_025), 'KEY_INVALID', 1],
    ['..', 'KEY_INVALID', 1],
    ['a\nb', 'KEY_INVALID', 1],
    ['a fine name', 'TRANSFER_CORRUPT', 3],
  ])(
    'a refused request is the fault of its name, or was harmed on its way: %j',
    async (key, code, attempts) => {
      await using at = await scripted(() => failure(400, 'invalid'))
      await expect(at.store.put(key, BYTES, { signal })).rejects.toMatchObject({ code })
      expect(at.server.requests.length).toBe(attempts)
    },
  )

  test('no error has the token in it', async () => {
    await using at = await scripted(() => failure(403, 'forbidden'))
    const error: unknown = await at.store.stat('x', { signal }).catch((thrown: unknown) => thrown)
    const shown = `${String(error)} ${JSON.stringify(error)} ${(error as FerryError).stack}`
    expect(error).toBeInstanceOf(FerryError)
    expect(shown).not.toContain(TOKEN)
    expect(at.server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
  })
})

describe('content', () => {
  const read = async (answer: ScriptedAnswer, stallMs = PATIENCE_MS): Promise<Buffer> => {
    await using at = await scripted(() => answer, { stallMs })
    const { body } = await at.store.read('x', { signal })
    return Buffer.concat(await Array.fromAsync(body))
  }

  test('comes with what the head says of it', async () => {
    const told = content(BYTES, { 'x-goog-meta-who': 'me', 'x-goog-storage-class': 'NEARLINE' })
    await using at = await scripted(() => told)
    const { info, body } = await at.store.read('x', { signal })
    expect(Buffer.concat(await Array.fromAsync(body))).toEqual(BYTES)
    expect(info).toMatchObject({
      size: BYTES.length,
      etag: '17',
      checksums: { crc32c: Buffer.from(CRC, 'base64').toString('hex') },
      metadata: { who: 'me' },
      storageClass: 'NEARLINE',
    })
  })

  test.each<[string, ScriptedAnswer]>([
    ['is cut', { ...content(BYTES), cutFrom: BYTES.length + 5 }],
    ['is shorter than the object', content(BYTES, { 'x-goog-stored-content-length': '99' })],
    ['is longer than the object', content(BYTES, { 'x-goog-stored-content-length': '3' })],
    ['goes silent', { ...content(BYTES), cutFrom: BYTES.length + 5, isSilent: true }],
  ])('that %s is an error', async (_, answer) => {
    await expect(read(answer, STALL_MS)).rejects.toMatchObject({ code: 'TRANSIENT' })
  })

  test('metadata that no header can hold for sure is asked for', async () => {
    const told = content(BYTES, { 'x-goog-meta-who': Buffer.from('zoë').toString('latin1') })
    await using at = await scripted(({ path }) =>
      path.startsWith('/storage/') ? json(resource('x', { metadata: { who: 'zoë' } })) : told,
    )
    const { info } = await at.store.read('x', { signal })
    expect(info.metadata).toEqual({ who: 'zoë' })
  })

  test('a range that is not the one asked for is an error', async () => {
    const told = content(BYTES, { 'content-range': `bytes 0-${BYTES.length - 1}/${BYTES.length}` })
    await using at = await scripted(() => ({ ...told, status: 206 }))
    const reading = at.store.read('x', { range: { offset: 2, length: 4 }, signal })
    await expect(reading).rejects.toMatchObject({ code: 'TRANSIENT' })
  })
})

describe('answers that were lost', () => {
  test.each([
    ['our own object', resource('x'), undefined],
    ['another’s object', resource('x', { crc32c: 'AAAAAA==' }), 'PRECONDITION_FAILED'],
  ])('a conditional put finds %s', async (_, found, code) => {
    await using at = await scripted(({ number, method }) => {
      if (method === 'GET') return json(found)
      return number === 0 ? 'reset' : failure(412, 'conditionNotMet')
    })
    const putting = at.store.put('x', BYTES, { condition: 'absent', signal })
    if (code === undefined) expect((await putting).etag).toBe('17')
    else await expect(putting).rejects.toMatchObject({ code })
  })

  test('without a lost answer, an unmet condition is just that, whatever is there', async () => {
    await using at = await scripted(({ method }) =>
      method === 'GET' ? json(resource('x')) : failure(412, 'conditionNotMet'),
    )
    const putting = at.store.put('x', BYTES, { condition: 'absent', signal })
    await expect(putting).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
  })

  test.each([
    ['whole', resource('x'), undefined],
    ['another’s', resource('x', { size: '3' }), 'OBJECT_NOT_FOUND'],
  ])('an upload that is gone when it is completed again: %s', async (_, found, code) => {
    await using at = await scripted(({ number, method }) => {
      if (method === 'GET') return json(found)
      return number === 0 ? 'reset' : xmlFailure(404, 'NoSuchUpload')
    })
    const completing = at.store.uploads.complete(UPLOAD, WHOLE, { signal })
    if (code === undefined) expect((await completing).size).toBe(BYTES.length)
    else await expect(completing).rejects.toMatchObject({ code })
  })

  test('an object that is gone when it is removed again counts as removed', async () => {
    await using at = await scripted(({ number, path }) => {
      if (!path.startsWith('/storage/')) return xmlFailure(404, 'NoSuchKey')
      return number === 0 ? 'reset' : failure(404, 'notFound')
    })
    expect(await at.store.remove(['x'], { signal })).toEqual([{ key: 'x', removed: true }])
  })
})

const UPLOAD = { key: 'x', id: ' upload-1' }
const WHOLE: WholeUpload = {
  parts: [{ number: 1, size: BYTES.length, etag: '"e"', crc32c }],
  size: BYTES.length,
  crc32c,
}

describe('what arrives otherwise than it was sent', () => {
  const part = { number: 1, offset: 0, bytes: BYTES, crc32c }
  const done = '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>'

  test('a put whose checksum differs in the answer', async () => {
    await using at = await scripted(() => json(resource('x', { crc32c: 'AAAAAA==' })))
    const putting = at.store.put('x', BYTES, { signal })
    await expect(putting).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
  })

  test('a put whose metadata differs in the answer', async () => {
    await using at = await scripted(() => json(resource('x', { metadata: { who: 'ne' } })))
    const putting = at.store.put('x', BYTES, { metadata: { who: 'me' }, signal })
    await expect(putting).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
  })

  test('a part whose checksum differs in the answer', async () => {
    const headers = { etag: '"e"', 'x-goog-hash': 'crc32c=AAAAAA==' }
    await using at = await scripted(() => ({ headers }))
    const putting = at.store.uploads.putPart(UPLOAD, part, { signal })
    await expect(putting).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
  })

  test('a whole whose checksum differs from that of its parts', async () => {
    const other = resource('x', { crc32c: 'AAAAAA==' })
    await using at = await scripted(({ method }) =>
      method === 'GET' ? json(other) : { body: done },
    )
    const completing = at.store.uploads.complete(UPLOAD, WHOLE, { signal })
    await expect(completing).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
  })

  test.each([
    ['is taken away again when it is ours', '17', 'DELETE ifGenerationMatch=17'],
    ['stays when it is another’s', '16', undefined],
  ])('a whole that differs %s', async (_, generation, removal) => {
    const other = resource('x', { crc32c: 'AAAAAA==' })
    const removals: string[] = []
    await using at = await scripted(({ method, query }) => {
      if (method === 'GET') return json(other)
      if (method === 'POST') return { body: done, headers: { 'x-goog-generation': generation } }
      removals.push(`${method} ${query.toString()}`)
      return { status: 204 }
    })
    const completing = at.store.uploads.complete(UPLOAD, WHOLE, { signal })
    await expect(completing).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
    expect(removals).toEqual(removal === undefined ? [] : [removal])
  })

  test('an error that comes with a status of success', async () => {
    const { body = '' } = xmlFailure(200, 'InternalError') as { body?: string }
    await using at = await scripted(() => ({ body }))
    const completing = at.store.uploads.complete(UPLOAD, WHOLE, { signal })
    await expect(completing).rejects.toBeInstanceOf(FerryError)
  })
})

describe('listings', () => {
  const page = (names: readonly string[], more: object = {}): ScriptedAnswer =>
    json({ kind: 'storage#objects', items: names.map(name => resource(name)), ...more })
  const list = async (answer: (number: number) => ScriptedAnswer): Promise<readonly string[]> => {
    await using at = await scripted(({ number }) => answer(number))
    const pages = await Array.fromAsync(at.store.list({ prefix: '', delimiter: '/', signal }))
    return pages.flat().map(entry => (entry.kind === 'object' ? entry.object.key : entry.kind))
  }

  test('go on over pages, also over empty ones', async () => {
    const pages = [
      page(['a'], { nextPageToken: 'p1' }),
      page([], { nextPageToken: 'p2' }),
      page(['b']),
    ]
    expect(await list(number => pages[number] ?? 'hang')).toEqual(['a', 'b'])
  })

  test('a prefix that ends a page and opens the next is one', async () => {
    const pages = [
      page(['a'], { prefixes: ['b/'], nextPageToken: 'p1' }),
      page(['c'], { prefixes: ['b/'] }),
    ]
    expect(await list(number => pages[number] ?? 'hang')).toEqual(['a', 'prefix', 'c'])
  })

  test.each<[string, readonly ScriptedAnswer[]]>([
    ['is cut off', [{ body: '{"kind":"storage#objects","items":[' }]],
    ['says nothing', [json({})]],
    ['is out of order', [page(['b', 'a'])]],
    ['is out of the order of UTF-8', [page(['\u{1F600}', '\uE000'])]],
    ['begins before the last ended', [page(['b'], { nextPageToken: 'p' }), page(['a'])]],
    [
      'repeats its token',
      [page(['a'], { nextPageToken: 'p' }), page(['b'], { nextPageToken: 'p' })],
    ],
    ['lacks a size', [json({ kind: 'storage#objects', items: [{ name: 'a', generation: '1' }] })]],
  ])('a page that %s is an error', async (_, pages) => {
    const listing = list(number => pages[Math.min(number, pages.length - 1)] ?? 'hang')
    await expect(listing).rejects.toMatchObject({ code: 'TRANSIENT' })
  })
})

test('a copy of a large object goes on until the service says that it is done', async () => {
  await using at = await scripted(({ method, query }) => {
    if (method === 'GET') return json(resource('x'))
    const token = query.get('rewriteToken')
    const left = token === null ? 't1' : token === 't1' ? 't2' : undefined
    const kind = { kind: 'storage#rewriteResponse' }
    if (left !== undefined) return json({ ...kind, done: false, rewriteToken: left })
    return json({ ...kind, done: true, resource: resource('y', { generation: '18' }) })
  })
  const source = { bucket: 'logs', key: 'x', etag: '17', size: BYTES.length }
  expect((await at.store.copy(source, 'y', { signal })).etag).toBe('18')
  expect(at.server.requests.length).toBe(4)
})

test.each([
  ['127.0.0.1:1', 'gs http://127.0.0.1:1'],
  ['http://storage.test:9000/', 'gs http://storage.test:9000'],
  ['https://storage.test/storage/v1/', 'gs https://storage.test'],
])('STORAGE_EMULATOR_HOST=%s', async (host, service) => {
  await using store = await openGcs({ STORAGE_EMULATOR_HOST: host })
  expect(store.service).toBe(service)
})

test('an endpoint with credentials in it is refused, and not shown', async () => {
  const error: unknown = await openGcs({
    STORAGE_EMULATOR_HOST: 'http://me:hush@storage.test',
  }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
  expect(String(error)).not.toContain('hush')
})
