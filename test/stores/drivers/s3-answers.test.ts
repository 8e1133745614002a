import { hash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { describe, expect, test } from 'vitest'
import type { ListEntry, ObjectStore } from '../../../src/stores/store.ts'
import {
  BYTES,
  CRC,
  failure,
  LAST_MODIFIED,
  readAll,
  scripted,
  told,
} from '../../support/scripted-s3.ts'
import type { ScriptedAnswer } from '../../support/scripted-server.ts'

const { signal } = new AbortController()

describe('answers that were lost', () => {
  const there = { ...told(BYTES, { 'x-amz-checksum-crc32c': CRC }) }
  const other = { ...told(BYTES, { 'x-amz-checksum-crc32c': 'AAAAAA==' }) }

  test.each<[what: string, found: ScriptedAnswer, isOurs: boolean]>([
    ['the same', there, true],
    ['another', other, false],
  ])(
    'a put that is refused the second time is ours if what is there is %s',
    async (_, found, ours) => {
      let puts = 0
      await using at = await scripted(({ method, path }) => {
        if (path === '/logs/') return {}
        if (method === 'HEAD') return puts === 0 ? { status: 404 } : found
        return puts++ === 0 ? 'reset' : failure(412, 'PreconditionFailed')
      })
      const put = at.store.put('x', BYTES, { condition: 'absent', signal })
      if (ours) expect(await put).toMatchObject({ size: BYTES.length })
      else await expect(put).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
    },
  )

  test('a put that is refused the first time is another’s', async () => {
    let puts = 0
    await using at = await scripted(({ method, path }) => {
      if (path === '/logs/') return {}
      if (method === 'HEAD') return puts === 0 ? { status: 404 } : there
      puts++
      return failure(412, 'PreconditionFailed')
    })
    const put = at.store.put('x', BYTES, { condition: 'absent', signal })
    await expect(put).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
  })

  test.each<[what: string, found: ScriptedAnswer, code: string | undefined]>([
    ['the object is there', there, undefined],
    ['another is there', other, 'OBJECT_NOT_FOUND'],
    ['none is there', { status: 404 }, 'OBJECT_NOT_FOUND'],
  ])('an upload that is gone the second time: %s', async (_, found, code) => {
    let posts = 0
    await using at = await scripted(({ method, path }) => {
      if (path === '/logs/') return {}
      if (method === 'HEAD') return found
      return posts++ === 0 ? 'reset' : failure(404, 'NoSuchUpload')
    })
    const crc = crc32c(BYTES)
    const parts = [{ number: 1, size: BYTES.length, etag: 'e', crc32c: crc }]
    const whole = { parts, size: BYTES.length, crc32c: crc }
    const done = at.store.uploads.complete({ key: 'x', id: 'F:1' }, whole, { signal })
    if (code === undefined) expect(await done).toMatchObject({ size: BYTES.length })
    else await expect(done).rejects.toMatchObject({ code })
  })

  test('an upload that failed with a status of success has failed', async () => {
    await using at = await scripted(() => ({ body: '<Error><Code>InternalError</Code></Error>' }))
    const whole = { parts: [], size: 0, crc32c: 0 }
    const done = at.store.uploads.complete({ key: 'x', id: 'F:1' }, whole, { signal })
    await expect(done).rejects.toMatchObject({ code: 'TRANSIENT' })
  })
})

describe('listings', () => {
  const NAMES = ['a', 'b', 'c'].map(
    key =>
      `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2026-11-25T12:00:00.000Z</LastModified>` +
      '<ETag>&quot;e&quot;</ETag></Contents>',
  )
  const [A = '', B = '', C = ''] = NAMES
  const page = (content: string, end = '<IsTruncated>false</IsTruncated>'): ScriptedAnswer => ({
    body: `<ListBucketResult>${content}${end}</ListBucketResult>`,
  })
  const more = (token: string): string =>
    `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`
  const keys = async (store: ObjectStore): Promise<unknown[]> => {
    const pages: (readonly ListEntry[])[] = await Array.fromAsync(
      store.list({ prefix: '', signal }),
    )
    return pages.flat().map(entry => (entry.kind === 'object' ? entry.object.key : entry))
  }

  test('pages follow each other', async () => {
    await using at = await scripted(({ query }) =>
      query.get('continuation-token') === null ? page(A + B, more('t')) : page(C),
    )
    expect(await keys(at.store)).toEqual(['a', 'b', 'c'])
  })

  test.each<[what: string, answer: ScriptedAnswer]>([
    ['out of order', page(B + A)],
    ['with a name twice', page(A + A)],
    ['truncated without a token', page(A, '<IsTruncated>true</IsTruncated>')],
    ['that does not say if it is the last', page(A, '')],
    [
      'with fewer names than it says',
      page(A, '<KeyCount>2</KeyCount><IsTruncated>false</IsTruncated>'),
    ],
    ['cut off', { body: `<ListBucketResult>${A}<IsTruncated>false</IsTruncated>` }],
    ['of another kind', { body: '<html></html>' }],
    ['without a size', page(A.replace('<Size>1</Size>', ''))],
  ])('a page %s is asked for again, and is an error in the end', async (_, answer) => {
    await using at = await scripted(() => answer)
    await expect(keys(at.store)).rejects.toMatchObject({ code: 'TRANSIENT' })
    expect(at.server.requests.length).toBe(3)
  })

  test.each<[what: string, second: ScriptedAnswer]>([
    ['that repeats the first', page(A, more('u'))],
    ['whose token is the same', page(C, more('t'))],
  ])('a second page %s is an error', async (_, second) => {
    await using at = await scripted(({ query }) =>
      query.get('continuation-token') === null ? page(A + B, more('t')) : second,
    )
    await expect(keys(at.store)).rejects.toMatchObject({ code: 'TRANSIENT' })
  })

  test('a page that was broken once does no harm', async () => {
    await using at = await scripted(({ number }) => (number === 0 ? page(B + A) : page(A + B)))
    expect(await keys(at.store)).toEqual(['a', 'b'])
  })
})

describe('copies', () => {
  const GB = 1_000_000_000
  test('a copy of over 5 GiB goes in parts that cover the whole, and none of it comes here', async () => {
    const size = 6 * GB + 1
    const headers = { etag: '"e-9"', 'last-modified': LAST_MODIFIED }
    await using at = await scripted(({ method, query }) => {
      if (method === 'HEAD') return { headers, cutFrom: size }
      if (query.has('uploads')) return { body: '<I><UploadId>u</UploadId></I>' }
      if (query.has('partNumber'))
        return { body: '<CopyPartResult><ETag>p</ETag></CopyPartResult>' }
      return {
        body: '<CompleteMultipartUploadResult><ETag>"e-9"</ETag></CompleteMultipartUploadResult>',
      }
    })
    const source = { bucket: 'other', key: 'a b', etag: 'e-9', size }
    expect(await at.store.copy(source, 'x', { signal })).toMatchObject({ size })
    const ranges = at.server.requests
      .filter(({ query }) => query.has('partNumber'))
      .sort((a, b) => Number(a.query.get('partNumber')) - Number(b.query.get('partNumber')))
      .map(({ headers }) => headers['x-amz-copy-source-range'])
    let next = 0
    for (const range of ranges) {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(String(range)) ?? []
      expect(Number(first)).toBe(next)
      next = Number(last) + 1
    }
    expect(next).toBe(size)
    expect(at.server.requests.every(({ method }) => method !== 'GET')).toBe(true)
  })

  test('a copy whose part fails leaves no upload', async () => {
    const size = 6 * GB
    const headers = { etag: '"e-9"', 'last-modified': LAST_MODIFIED }
    await using at = await scripted(({ method, query }) => {
      if (method === 'HEAD') return { headers, cutFrom: size }
      if (query.has('uploads')) return { body: '<I><UploadId>u</UploadId></I>' }
      return method === 'DELETE' ? { status: 204 } : failure(412, 'PreconditionFailed')
    })
    const source = { bucket: 'other', key: 'a', etag: 'e-9', size }
    const code = 'PRECONDITION_FAILED'
    await expect(at.store.copy(source, 'x', { signal })).rejects.toMatchObject({ code })
    const last = at.server.requests.at(-1)
    expect([last?.method, last?.query.get('uploadId')]).toEqual(['DELETE', 'u'])
  })
})

test('keys go out escaped, each as it is', async () => {
  const sent = new Map([
    ['a b', '/logs/a%20b'],
    ['a//b', '/logs/a//b'],
    ['/a', '/logs//a'],
    ['../a/./b', '/logs/../a/./b'],
    ['a+b%20?#&', '/logs/a%2Bb%2520%3F%23%26'],
    ["!'()*~", '/logs/%21%27%28%29%2A~'],
    ['ü€😀', '/logs/%C3%BC%E2%82%AC%F0%9F%98%80'],
    ['\n\u0001', '/logs/%0A%01'],
  ])
  await using at = await scripted(() => told(BYTES))
  for (const key of sent.keys()) await readAll(at.store, key)
  expect(at.server.requests.map(({ path }) => path)).toEqual([...sent.values()])
  await expect(at.store.stat('\ud800', { signal })).rejects.toMatchObject({ code: 'KEY_INVALID' })
})

describe('uploads that go wrong', () => {
  const crc = crc32c(BYTES)
  const part = { number: 1, size: BYTES.length, etag: 'ab'.repeat(16), crc32c: crc }
  const whole = { parts: [part], size: BYTES.length, crc32c: crc }
  const complete = (store: ObjectStore, over = {}): Promise<unknown> =>
    store.uploads.complete({ key: 'x', id: 'N:1' }, { ...whole, ...over }, { signal })

  test.each<[what: string, parts: readonly (typeof part)[], size: number]>([
    ['a gap', [part, { ...part, number: 3 }], 2 * BYTES.length],
    ['too little', [part], BYTES.length + 1],
  ])('%s is found before anything is sent', async (_, parts, size) => {
    await using at = await scripted(() => 'reset')
    const code = 'TRANSFER_CORRUPT'
    await expect(complete(at.store, { parts, size })).rejects.toMatchObject({ code })
    expect(at.server.requests.length).toBe(0)
  })

  test('an object that is not made of its parts is taken away', async () => {
    const etag = `"${'cd'.repeat(16)}-1"`
    await using at = await scripted(({ method }) => {
      if (method === 'POST') return { body: `<C><ETag>${etag}</ETag></C>` }
      return method === 'DELETE' ? { status: 204 } : told(BYTES, { etag })
    })
    await expect(complete(at.store)).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
    const last = at.server.requests.at(-1)
    expect([last?.method, last?.headers['if-match']]).toEqual(['DELETE', etag])
  })

  test('of an answer that was lost, an object of the same size is no proof', async () => {
    let posts = 0
    await using at = await scripted(({ method }) => {
      if (method === 'HEAD') return told(BYTES, { etag: '"of-another"' })
      return posts++ === 0 ? 'reset' : failure(404, 'NoSuchUpload')
    })
    await expect(complete(at.store)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
  })

  test('an upload that is gone, and is an object of the same parts, was completed by us', async () => {
    const etag = `"${hash('md5', Buffer.from(part.etag, 'hex'))}-1"`
    await using at = await scripted(({ method }) =>
      method === 'HEAD' ? told(BYTES, { etag }) : failure(404, 'NoSuchUpload'),
    )
    expect(await complete(at.store)).toMatchObject({ key: 'x', size: BYTES.length })
  })

  test('a part that the service does not know makes the transfer start anew', async () => {
    await using at = await scripted(() => failure(400, 'InvalidPart'))
    await expect(complete(at.store)).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
    expect(at.server.requests.length).toBe(1)
  })
})

test('an empty key names no object, and its bucket is left alone', async () => {
  await using at = await scripted(() => told(BYTES))
  const code = 'KEY_INVALID'
  await expect(at.store.put('', BYTES, { signal })).rejects.toMatchObject({ code })
  await expect(at.store.stat('', { signal })).rejects.toMatchObject({ code })
  const outcomes = await at.store.remove([''], { signal })
  expect(outcomes).toMatchObject([{ key: '', removed: false, error: { code } }])
  expect(at.server.requests.length).toBe(0)
})

test('a signature that does not match, where one did before, was damaged on its way', async () => {
  await using at = await scripted(({ number }) =>
    number === 1 ? failure(403, 'SignatureDoesNotMatch') : told(BYTES),
  )
  await readAll(at.store, 'x')
  expect(await readAll(at.store, 'x')).toEqual(BYTES)
})
