import { hash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { describe, expect, test } from 'vitest'
import { FerryError } from '../../../src/core/errors.ts'
import type { ObjectStore } from '../../../src/stores/store.ts'
import {
  BYTES,
  blob,
  failure,
  KEY,
  MD5,
  scriptedAzure,
  version,
} from '../../support/scripted-azure.ts'
import type { ScriptedAnswer } from '../../support/scripted-server.ts'

const { signal } = new AbortController()
const created = { status: 201, headers: version() }

async function errorOf(work: Promise<unknown>): Promise<FerryError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof FerryError) return error
  throw new Error(`no FerryError, but ${String(error)}`)
}

async function readAll(store: ObjectStore): Promise<Buffer> {
  const { body } = await store.read('x', { signal })
  return Buffer.concat(await Array.fromAsync(body))
}

describe('errors', () => {
  test.each<[status: number, code: string, expected: string, attempts: number]>([
    [404, 'BlobNotFound', 'OBJECT_NOT_FOUND', 1],
    [404, 'ContainerNotFound', 'BUCKET_NOT_FOUND', 1],
    [403, 'AuthenticationFailed', 'DENIED', 1],
    [403, 'AuthorizationPermissionMismatch', 'DENIED', 1],
    [401, 'InvalidAuthenticationInfo', 'DENIED', 1],
    [409, 'BlobArchived', 'DENIED', 1],
    [412, 'LeaseIdMissing', 'BUSY', 1],
    [409, 'ContainerBeingDeleted', 'BUSY', 1],
    [412, 'ConditionNotMet', 'PRECONDITION_FAILED', 1],
    [400, 'InvalidResourceName', 'USAGE', 1],
    [400, 'Md5Mismatch', 'TRANSFER_CORRUPT', 3],
    [500, 'InternalError', 'TRANSIENT', 3],
    [500, 'OperationTimedOut', 'TRANSIENT', 3],
    [503, 'ServerBusy', 'THROTTLED', 3],
    [429, '', 'THROTTLED', 3],
    [503, '', 'SERVICE_UNAVAILABLE', 3],
    [502, '', 'TRANSIENT', 3],
  ])('%i %s is %s after %i attempts', async (status, code, expected, attempts) => {
    const answer = code === '' ? { status, body: '<html>' } : failure(status, code)
    await using at = await scriptedAzure(() => answer)
    const error = await errorOf(at.store.put('x', BYTES, { signal }))
    expect(error.code).toBe(expected)
    expect(error.message).toContain('az://logs')
    expect(at.server.requests.length).toBe(attempts)
  })

  test('of a service that is busy, its Retry-After is kept to', async () => {
    const busy = { ...failure(503, 'ServerBusy'), headers: { 'retry-after': '1' } }
    await using at = await scriptedAzure(({ number }) => (number === 0 ? busy : created))
    const before = performance.now()
    await at.store.put('x', BYTES, { signal })
    expect(performance.now() - before).toBeGreaterThan(990)
  })

  test('a clock that is off is told by how much', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString()
    const answer = failure(403, 'AuthenticationFailed')
    await using at = await scriptedAzure(() => ({ ...answer, headers: { date } }))
    const error = await errorOf(at.store.stat('x', { signal }))
    expect(error.code).toBe('DENIED')
    expect(error.message).toContain('clock is 60 minutes behind')
    expect(error.hint).toContain('clock')
  })

  test('a signature that has ended is told as such', async () => {
    const login = 'SharedAccessSignature=sv=2023-11-03&se=2020-01-01T00%3A00%3A00Z&sig=SECRET%3D'
    await using at = await scriptedAzure(() => failure(403, 'AuthenticationFailed'), { login })
    const error = await errorOf(at.store.stat('x', { signal }))
    expect(error.message).toContain('ended at 2020-01-01')
    expect(error.hint).toContain('new shared access signature')
  })

  test('no secret is in them', async () => {
    const detail = `<AuthenticationErrorDetail>the MAC of ${KEY}</AuthenticationErrorDetail>`
    for (const login of [`AccountKey=${KEY}`, 'SharedAccessSignature=sv=1&sig=SECRET%3D']) {
      await using at = await scriptedAzure(
        ({ number }) => (number === 0 ? failure(403, 'AuthenticationFailed', detail) : 'reset'),
        { login },
      )
      for (let turn = 0; turn < 2; turn++) {
        const { message, hint, details, cause } = await errorOf(at.store.stat('x', { signal }))
        const shown = JSON.stringify([message, hint, details, String(cause)])
        expect(shown).not.toMatch(/SECRET|sig=/)
        expect(shown).not.toContain(KEY)
      }
    }
  })

  test('what was refused although others were let in has changed on its way', async () => {
    const refused = failure(403, 'AuthenticationFailed')
    await using at = await scriptedAzure(({ number }) => (number === 1 ? refused : created))
    await at.store.put('x', BYTES, { signal })
    await at.store.put('x', BYTES, { signal })
    expect(at.server.requests.length).toBe(3)
  })

  test('a key that is no longer good is no accident', async () => {
    const refused = failure(403, 'AuthenticationFailed')
    await using at = await scriptedAzure(({ number }) => (number === 0 ? created : refused))
    await at.store.put('x', BYTES, { signal })
    await errorOf(at.store.put('x', BYTES, { signal }))
    expect((await errorOf(at.store.put('x', BYTES, { signal }))).code).toBe('DENIED')
  })
})

describe('answers that were lost', () => {
  test.each<[what: string, found: ScriptedAnswer, isOurs: boolean]>([
    ['the same', blob(), true],
    ['another', blob('0x1', hash('md5', 'another', 'base64')), false],
  ])('a put that is refused the second time is ours if what is there is %s', async (...row) => {
    const [, found, isOurs] = row
    let puts = 0
    await using at = await scriptedAzure(({ method }) => {
      if (method === 'HEAD') return found
      return puts++ === 0 ? 'reset' : failure(409, 'BlobAlreadyExists')
    })
    const put = at.store.put('x', BYTES, { condition: 'absent', signal })
    if (isOurs) expect(await put).toMatchObject({ size: BYTES.length })
    else expect((await errorOf(put)).code).toBe('PRECONDITION_FAILED')
  })

  test('a put that is refused the first time is another’s', async () => {
    await using at = await scriptedAzure(({ method }) =>
      method === 'HEAD' ? blob() : failure(409, 'BlobAlreadyExists'),
    )
    const put = at.store.put('x', BYTES, { condition: 'absent', signal })
    expect((await errorOf(put)).code).toBe('PRECONDITION_FAILED')
  })

  const crc = crc32c(BYTES)
  const md5 = Buffer.from(MD5, 'base64').toString('hex')
  const parts = [{ number: 1, size: BYTES.length, etag: 'AAAA', crc32c: crc }]
  const whole = { parts, size: BYTES.length, crc32c: crc, md5 }
  const upload = { key: 'x', id: 'AAAAAAAAAAAAAAAA' }

  test.each<[what: string, found: ScriptedAnswer, code: string | undefined]>([
    ['the object is there', blob(), undefined],
    ['another is there', blob('0x2', hash('md5', 'another', 'base64')), 'PRECONDITION_FAILED'],
  ])('a commit that is refused the second time: %s', async (_, found, code) => {
    let commits = 0
    await using at = await scriptedAzure(({ method }) => {
      if (method === 'HEAD') return found
      return commits++ === 0 ? 'reset' : failure(409, 'BlobAlreadyExists')
    })
    const done = at.store.uploads.complete(upload, whole, { condition: 'absent', signal })
    if (code === undefined) expect(await done).toMatchObject({ size: BYTES.length })
    else expect((await errorOf(done)).code).toBe(code)
  })

  test('a commit is checked by the size and the MD5 of what is there', async () => {
    const other = hash('md5', 'another', 'base64')
    await using at = await scriptedAzure(({ method }) =>
      method === 'HEAD' ? blob('0x1', other) : created,
    )
    const done = at.store.uploads.complete(upload, whole, { signal })
    expect((await errorOf(done)).code).toBe('TRANSFER_CORRUPT')
  })

  test('what was removed by a request whose answer was lost is removed', async () => {
    await using at = await scriptedAzure(({ number }) =>
      number === 0 ? 'reset' : failure(404, 'BlobNotFound'),
    )
    expect(await at.store.remove(['x'], { signal })).toEqual([{ key: 'x', removed: true }])
  })
})

describe('bytes', () => {
  test('that arrived otherwise at the service are sent again, and are an error in the end', async () => {
    const wrong = { status: 201, headers: version('0x1', hash('md5', 'another', 'base64')) }
    await using at = await scriptedAzure(() => wrong)
    const error = await errorOf(at.store.put('x', BYTES, { signal }))
    expect([error.code, at.server.requests.length]).toEqual(['TRANSFER_CORRUPT', 3])
  })

  test('whose answer is cut off are an error', async () => {
    await using at = await scriptedAzure(() => ({ ...blob(), cutFrom: 1_000 }))
    expect((await errorOf(readAll(at.store))).code).toBe('TRANSIENT')
  })

  test.each<[what: string, answer: ScriptedAnswer]>([
    ['never answers', 'hang'],
    ['stops in the middle', { ...blob(), cutFrom: 1_000, isSilent: true }],
  ])('of a service that %s are given up', async (_, answer) => {
    await using at = await scriptedAzure(() => answer, { stallMs: 200 })
    expect((await errorOf(readAll(at.store))).code).toBe('TRANSIENT')
  })

  test('of another range than was asked for are an error', async () => {
    const headers = { ...version(), 'content-range': 'bytes 0-13/14' }
    await using at = await scriptedAzure(() => ({ status: 206, body: BYTES, headers }))
    const read = at.store.read('x', { range: { offset: 1, length: 13 }, signal })
    expect((await errorOf(read)).code).toBe('TRANSIENT')
  })
})

describe('listings', () => {
  const entry = (name: string): string =>
    `<Blob><Name>${name}</Name><Properties><Last-Modified>Wed, 25 Nov 2026 12:00:00 GMT</Last-Modified>` +
    '<Etag>0x1</Etag><Content-Length>1</Content-Length><Content-MD5 /></Properties></Blob>'
  const page = (content: string, end = '<NextMarker />'): ScriptedAnswer => ({
    body: `\uFEFF<?xml version="1.0"?><EnumerationResults><Blobs>${content}</Blobs>${end}</EnumerationResults>`,
  })
  const [A, B, C] = ['a', 'b', 'c'].map(entry) as [string, string, string]
  const more = (marker: string): string => `<NextMarker>${marker}</NextMarker>`
  const keys = async (store: ObjectStore): Promise<unknown[]> => {
    const pages = await Array.fromAsync(store.list({ prefix: '', signal }))
    return pages.flat().map(one => (one.kind === 'object' ? one.object.key : one))
  }

  test('pages follow each other, and may be empty', async () => {
    const pages = new Map([
      [null, page(A, more('1'))],
      ['1', page('', more('2'))],
      ['2', page(B + C)],
    ])
    await using at = await scriptedAzure(({ query }) => pages.get(query.get('marker')) ?? 'reset')
    expect(await keys(at.store)).toEqual(['a', 'b', 'c'])
  })

  test.each<[what: string, answer: ScriptedAnswer]>([
    ['out of order', page(B + A)],
    ['with a name twice', page(A + A)],
    ['that does not say if it is the last', page(A, '')],
    ['cut off', { body: `<EnumerationResults><Blobs>${A}</Blobs><NextMarker />` }],
    ['of another kind', { body: '<html></html>' }],
    ['without a size', page(A.replace(/<Content-Length>.*<\/Content-Length>/, ''))],
    [
      'with a name that is not escaped as it says',
      page(A.replace('<Name>', '<Name Encoded="true">%')),
    ],
  ])('a page %s is asked for again, and is an error in the end', async (_, answer) => {
    await using at = await scriptedAzure(() => answer)
    expect((await errorOf(keys(at.store))).code).toBe('TRANSIENT')
    expect(at.server.requests.length).toBe(3)
  })

  test.each<[what: string, second: ScriptedAnswer]>([
    ['that repeats the first', page(A, more('2'))],
    ['whose marker is the same', page(C, more('1'))],
  ])('a second page %s is an error', async (_, second) => {
    await using at = await scriptedAzure(({ query }) =>
      query.get('marker') === null ? page(A + B, more('1')) : second,
    )
    expect((await errorOf(keys(at.store))).code).toBe('TRANSIENT')
  })

  test('names that XML cannot hold are decoded', async () => {
    const name = '<Name Encoded="true">a%EF%BF%BE%20b</Name>'
    await using at = await scriptedAzure(() => page(A.replace(/<Name>.*<\/Name>/, name)))
    expect(await keys(at.store)).toEqual(['a\ufffe b'])
  })

  test('names in the order of UTF-16 come in that of UTF-8, across pages', async () => {
    const names = [
      'a',
      'x\u{1f600}1',
      'x\u{1f600}2',
      'x\u{1f601}',
      'x\uff71',
      'x\uff72',
      'y',
      'z\u{1f600}',
    ]
    await using at = await scriptedAzure(({ query }) => {
      const first = Number(query.get('marker') ?? 0)
      const last = first + 2
      return page(
        names.slice(first, last).map(entry).join(''),
        last < names.length ? more(`${last}`) : undefined,
      )
    })
    expect(await keys(at.store)).toEqual([
      'a',
      'x\uff71',
      'x\uff72',
      'x\u{1f600}1',
      'x\u{1f600}2',
      'x\u{1f601}',
      'y',
      'z\u{1f600}',
    ])
  })
})

describe('removal of many', () => {
  const KEYS = ['a', 'b', 'c', 'd']
  const part = (at: number, status: string, code?: string): string =>
    `--batch\r\nContent-Type: application/http\r\nContent-ID: ${at}\r\n\r\nHTTP/1.1 ${status}\r\n` +
    `${code === undefined ? '' : `x-ms-error-code: ${code}\r\n`}\r\n`
  const answer = (parts: readonly string[], end = '--batch--'): ScriptedAnswer => ({
    status: 202,
    headers: { 'content-type': 'multipart/mixed; boundary=batch' },
    body: `${parts.join('')}${end}`,
  })
  const gone = (at: number): string => part(at, '202 Accepted')

  test('tells of each, in the order of the keys', async () => {
    const parts = [
      part(3, '404 No', 'BlobNotFound'),
      gone(0),
      part(2, '412 No', 'LeaseIdMissing'),
      part(1, '409 No', 'SnapshotsPresent'),
    ]
    await using at = await scriptedAzure(() => answer(parts))
    const outcomes = await at.store.remove(KEYS, { signal })
    expect(outcomes.map(({ key, removed }) => [key, removed])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
      ['d', true],
    ])
    const codes = outcomes.map(one =>
      !one.removed && one.error instanceof FerryError ? one.error.code : '',
    )
    expect(codes).toEqual(['', 'PRECONDITION_FAILED', 'BUSY', ''])
  })

  test('an answer that is cut off is asked for again', async () => {
    const all = KEYS.map((_, at) => gone(at))
    await using at = await scriptedAzure(({ number }) => answer(all, number === 0 ? '' : undefined))
    const outcomes = await at.store.remove(KEYS, { signal })
    expect(outcomes.map(({ removed }) => removed)).toEqual([true, true, true, true])
    expect(at.server.requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
  })

  test.each<[what: string, parts: readonly string[]]>([
    ['was not told of', []],
    ['the service failed at', [part(3, '500 No', 'InternalError')]],
    ['was changed on its way', [part(3, '403 No', 'AuthenticationFailed')]],
  ])('one that %s gets a request of its own', async (_, parts) => {
    const first = answer([gone(0), gone(1), gone(2), ...parts])
    await using at = await scriptedAzure(({ method }) =>
      method === 'POST' ? first : { status: 202 },
    )
    const outcomes = await at.store.remove(KEYS, { signal })
    expect(outcomes.map(({ removed }) => removed)).toEqual([true, true, true, true])
    expect(at.server.requests.map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/acme/logs'],
      ['DELETE', '/acme/logs/d'],
    ])
  })
})

test('a copy of over 256 MiB goes in blocks that cover the whole, and none of it comes here', async () => {
  const size = 600_000_001
  await using at = await scriptedAzure(({ method }) =>
    method === 'HEAD' ? { headers: version(), cutFrom: size } : created,
  )
  const source = { bucket: 'other', key: 'a b', etag: '0x1', size }
  expect(await at.store.copy(source, 'x', { signal })).toMatchObject({ size })
  const ranges = at.server.requests
    .filter(({ query }) => query.get('comp') === 'block')
    .map(({ headers }) => /^bytes=(\d+)-(\d+)$/.exec(String(headers['x-ms-source-range'])))
    .map(found => [Number(found?.[1]), Number(found?.[2])] as const)
    .sort(([a], [b]) => a - b)
  let next = 0
  for (const [first, last] of ranges) {
    expect(first).toBe(next)
    next = last + 1
  }
  expect(next).toBe(size)
  expect(at.server.requests.every(({ method }) => method !== 'GET')).toBe(true)
})
