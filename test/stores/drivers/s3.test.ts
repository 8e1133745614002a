import { randomBytes } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { ObjectStore } from '../../../src/stores/store.ts'
import {
  BYTES,
  failure,
  LAST_MODIFIED,
  openScripted,
  PATIENCE_MS,
  readAll,
  scripted,
  STALL_MS,
  told,
} from '../../support/scripted-s3.ts'
import type { ScriptedAnswer } from '../../support/scripted-server.ts'

const { signal } = new AbortController()

describe('errors of the service', () => {
  test.each<[answer: ScriptedAnswer, code: string, attempts: number]>([
    [failure(404, 'NoSuchKey'), 'OBJECT_NOT_FOUND', 1],
    [failure(404, 'NoSuchBucket'), 'BUCKET_NOT_FOUND', 1],
    [failure(403, 'AccessDenied'), 'DENIED', 1],
    [failure(403, 'InvalidAccessKeyId'), 'DENIED', 1],
    [failure(403, 'SignatureDoesNotMatch'), 'DENIED', 1],
    [failure(400, 'ExpiredToken'), 'DENIED', 1],
    [failure(403, 'InvalidObjectState'), 'DENIED', 1],
    [failure(412, 'PreconditionFailed'), 'PRECONDITION_FAILED', 1],
    [failure(416, 'InvalidRange'), 'PRECONDITION_FAILED', 1],
    [failure(400, 'KeyTooLongError'), 'KEY_INVALID', 1],
    [failure(503, 'SlowDown'), 'THROTTLED', 3],
    [failure(429, 'TooManyRequests'), 'THROTTLED', 3],
    [failure(503, 'ServiceUnavailable'), 'SERVICE_UNAVAILABLE', 3],
    [failure(500, 'InternalError'), 'TRANSIENT', 3],
    [failure(400, 'RequestTimeout'), 'TRANSIENT', 3],
    [{ status: 502, body: '<html>a proxy’s own page' }, 'TRANSIENT', 3],
    [{ status: 429 }, 'THROTTLED', 3],
    [{ status: 401 }, 'DENIED', 1],
    ['reset', 'TRANSIENT', 3],
    ['hang', 'TRANSIENT', 3],
  ])('%j is %s', async (answer, code, attempts) => {
    await using at = await scripted(() => answer, answer === 'hang' ? STALL_MS : PATIENCE_MS)
    await expect(at.store.read('x', { signal })).rejects.toMatchObject({ code })
    expect(at.server.requests.length).toBe(attempts)
  })

  test('a service that is not there is unavailable', async () => {
    const at = await scripted(() => 'hang')
    await at.server[Symbol.asyncDispose]()
    const code = 'SERVICE_UNAVAILABLE'
    await expect(at.store.read('x', { signal })).rejects.toMatchObject({ code })
    await at.store.close()
  })

  test('a clock that is off is named, and by how much', async () => {
    const theirs = new Date(Date.now() + 3_600_000).toISOString()
    const answer = failure(403, 'RequestTimeTooSkewed', `<ServerTime>${theirs}</ServerTime>`)
    await using at = await scripted(() => answer)
    await expect(at.store.read('x', { signal })).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringContaining('clock is 60 minutes behind') as unknown,
    })
  })

  test('what HEAD cannot say is asked with GET', async () => {
    await using at = await scripted(({ method }) =>
      method === 'HEAD' ? { status: 403 } : failure(403, 'InvalidAccessKeyId'),
    )
    await expect(at.store.stat('x', { signal })).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('AWS_ACCESS_KEY_ID') as unknown,
    })
  })

  test.each([
    [200, 'OBJECT_NOT_FOUND'],
    [404, 'BUCKET_NOT_FOUND'],
  ])('a missing object and a missing bucket differ (%s)', async (status, code) => {
    await using at = await scripted(({ path }) => ({ status: path === '/logs/' ? status : 404 }))
    await expect(at.store.stat('x', { signal })).rejects.toMatchObject({ code })
  })

  test('Retry-After is waited for', async () => {
    await using at = await scripted(({ number }) =>
      number === 0 ? { status: 503, headers: { 'retry-after': '1' } } : told(BYTES),
    )
    const began = performance.now()
    await readAll(at.store, 'x')
    expect(performance.now() - began).toBeGreaterThan(990)
  })
})

describe('a bucket of another region', () => {
  test.each<[what: string, answer: ScriptedAnswer]>([
    ['a redirection', failure(301, 'PermanentRedirect', '<Region>eu-west-1</Region>')],
    ['a refusal', failure(400, 'AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>')],
    ['a header', { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } }],
  ])('is found by %s, once', async (_, answer) => {
    await using at = await scripted(({ headers }) =>
      headers.authorization?.includes('/eu-west-1/s3/') === true ? told(BYTES) : answer,
    )
    await readAll(at.store, 'x')
    await readAll(at.store, 'y')
    expect(at.server.requests.length).toBe(3)
  })

  test('two regions that each name the other end in an error', async () => {
    await using at = await scripted(({ headers }) => {
      const isHere = headers.authorization?.includes('/eu-west-1/') === true
      const other = isHere ? 'us-east-1' : 'eu-west-1'
      return failure(301, 'PermanentRedirect', `<Region>${other}</Region>`)
    })
    await expect(at.store.read('x', { signal })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})

describe('connections that break', () => {
  test('an object cut off on its way is no short object', async () => {
    await using at = await scripted(() => ({ ...told(BYTES), cutFrom: 1_000 }))
    await expect(readAll(at.store, 'x')).rejects.toMatchObject({ code: 'TRANSIENT' })
  })

  test('an object that stops in the middle is given up', async () => {
    await using at = await scripted(
      () => ({ ...told(BYTES), cutFrom: 1_000, isSilent: true }),
      STALL_MS,
    )
    await expect(readAll(at.store, 'x')).rejects.toMatchObject({
      code: 'TRANSIENT',
      message: expect.stringContaining('nothing moved') as unknown,
    })
  })

  test('a service that does not take what is sent is given up', async () => {
    const server = createServer(socket => socket.pause().on('error', () => {}))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await using store = await openScripted(`http://127.0.0.1:${port}`, STALL_MS)
    const part = { number: 1, offset: 0, bytes: randomBytes(16_000_000), crc32c: 0 }
    const put = store.uploads.putPart({ key: 'x', id: 'F:1' }, part, { signal })
    await expect(put).rejects.toMatchObject({ code: 'TRANSIENT' })
    server.close()
  })

  test('who stops reading ends the request', async () => {
    await using at = await scripted(() => ({ ...told(BYTES), cutFrom: 1_000, isSilent: true }))
    const { body } = await at.store.read('x', { signal })
    for await (const chunk of body) {
      expect(chunk.length).toBe(BYTES.length)
      break
    }
    // The one connection would be in use else, and the store would wait to close.
    await at.store.close()
  })

  test('a slow reader is not taken for a stall', async () => {
    const large = randomBytes(8_000_000)
    await using at = await scripted(() => told(large), STALL_MS)
    const { body } = await at.store.read('x', { signal })
    let size = 0
    for await (const chunk of body) {
      if (size === 0) await new Promise(resolve => setTimeout(resolve, 3 * STALL_MS))
      size += chunk.length
    }
    expect(size).toBe(large.length)
  })

  test('an answer of another range is refused', async () => {
    const headers = { 'content-range': 'bytes 0-3/14' }
    await using at = await scripted(() => ({ ...told(BYTES.subarray(0, 4), headers), status: 206 }))
    const range = { offset: 4, length: 4 }
    const read = at.store.read('x', { range, signal })
    await expect(read).rejects.toMatchObject({ code: 'TRANSIENT' })
  })

  test('an abort ends a request, and its reason is thrown', async () => {
    await using at = await scripted(() => 'hang')
    const stop = new AbortController()
    const read = at.store.read('x', { signal: stop.signal })
    const reason = new Error('stopped')
    setTimeout(() => stop.abort(reason), 20)
    await expect(read).rejects.toBe(reason)
  })
})

describe('what a service says it got', () => {
  const put = (store: ObjectStore): Promise<unknown> => store.put('x', BYTES, { signal })

  test('another checksum than was sent is sent again, and is an error in the end', async () => {
    const headers = { etag: '"e"', 'x-amz-checksum-crc32c': 'AAAAAA==' }
    await using at = await scripted(() => ({ headers }))
    await expect(put(at.store)).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
    expect(at.server.requests.length).toBe(3)
  })

  test('where no checksum is known, the ETag must be the MD5', async () => {
    const etag = '"00000000000000000000000000000000"'
    await using at = await scripted(() => ({ headers: { etag } }))
    await expect(put(at.store)).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
    expect(at.server.requests[0]?.headers['content-md5']).toBeDefined()
  })

  test('of an object encrypted with a key of KMS, the ETag says nothing', async () => {
    const etag = '"00000000000000000000000000000000"'
    const headers = {
      etag,
      'x-amz-server-side-encryption': 'aws:kms',
      'last-modified': LAST_MODIFIED,
    }
    await using at = await scripted(({ method }) =>
      method === 'PUT' ? { headers } : { headers, cutFrom: BYTES.length },
    )
    expect(await put(at.store)).toMatchObject({ size: BYTES.length, checksums: {} })
  })

  test.each([
    failure(501, 'NotImplemented'),
    {
      status: 400,
      body: '<Error><Code>InvalidArgument</Code><Message>x-amz-checksum-crc32c</Message></Error>',
    },
  ])('a service that refuses the header is asked without it', async refusal => {
    const etag = '"a33edbc45bb9a9b33a8ed1f0ca8e1a9b"'
    await using at = await scripted(({ headers }) =>
      headers['x-amz-checksum-crc32c'] === undefined
        ? { headers: { etag, 'x-amz-server-side-encryption': 'aws:kms' } }
        : refusal,
    )
    await at.store.put('x', BYTES, { signal }).catch(() => {}) // there is no object to look at
    expect(at.server.requests[1]?.headers['x-amz-checksum-crc32c']).toBeUndefined()
    expect(at.server.requests[1]?.headers['content-md5']).toBeDefined()
  })
})
