import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startS3, type S3Server } from '../../../servers/s3.ts'
import { openStore } from '../../../src/stores/open-store.ts'
import type { ObjectStore } from '../../../src/stores/store.ts'
import { silent } from '../../support/silent-logger.ts'

const { signal } = new AbortController()
const BYTES = Buffer.from('what is stored')
let server: S3Server
let store: ObjectStore

function open(environment: Readonly<Record<string, string>>, bucket: string): Promise<ObjectStore> {
  const files = { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' }
  return openStore(
    { scheme: 's3', bucket, key: '' },
    { environment: { ...files, ...environment }, logger: silent },
  )
}

beforeAll(async () => {
  server = await startS3()
  store = await open({ ...server.env }, 'logs')
  await store.bucket.create({ signal })
})

afterAll(async () => {
  await store.close()
  await server.stop()
})

test('a presigned URL reads and writes without credentials', async () => {
  const put = await store.presign('a b/ü+%', { method: 'PUT', expiresInS: 60, signal })
  expect((await fetch(put, { method: 'PUT', body: BYTES })).status).toBe(200)
  const get = await store.presign('a b/ü+%', { method: 'GET', expiresInS: 60, signal })
  expect(await (await fetch(get)).text()).toBe(String(BYTES))
})

test('metadata of any characters comes back as it was', async () => {
  const metadata = {
    plain: 'a, b; c="d"',
    umlaut: 'Größe €😀',
    spaces: '  at both ends ',
    empty: '',
    encoded: '=?UTF-8?B?YQ==?=',
    lines: 'one\ntwo',
    under_score: 'x',
  }
  await store.put('described', BYTES, { metadata, signal })
  expect((await store.stat('described', { signal })).metadata).toEqual(metadata)
})

test('a copy takes metadata along, and what is said anew', async () => {
  const first = await store.put('from', BYTES, {
    metadata: { a: '1' },
    contentType: 'text/plain',
    signal,
  })
  const source = { bucket: 'logs', key: 'from', etag: first.etag, size: first.size }
  const copied = await store.copy(source, 'to', { contentType: 'text/csv', signal })
  expect(copied).toMatchObject({ contentType: 'text/csv', metadata: { a: '1' }, size: first.size })
})

test('a batch of removals takes keys that XML cannot hold', async () => {
  const keys = ['plain', 'a&b<c>"\'', '\u0001', 'ü\u2028', '\ufffe', 'absent']
  for (const key of keys.slice(0, -1)) await store.put(key, BYTES, { signal })
  const outcomes = await store.remove(keys, { signal })
  expect(outcomes).toEqual(keys.map(key => ({ key, removed: true })))
  for (const key of keys) {
    await expect(store.stat(key, { signal })).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
  }
})

describe('who may not', () => {
  test('a reader reads, and is told that it may not write', async () => {
    await store.put('readable', BYTES, { signal })
    await using reader = await open({ ...server.readOnlyEnv }, 'logs')
    expect(await reader.stat('readable', { signal })).toMatchObject({ size: BYTES.length })
    await expect(reader.put('x', BYTES, { signal })).rejects.toMatchObject({ code: 'DENIED' })
    const outcomes = await reader.remove(['readable'], { signal })
    expect(outcomes).toMatchObject([{ key: 'readable', removed: false, error: { code: 'DENIED' } }])
  })

  test('a wrong secret is named as such', async () => {
    await using stranger = await open({ ...server.env, AWS_SECRET_ACCESS_KEY: 'wrong' }, 'logs')
    await expect(stranger.stat('x', { signal })).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('AWS_SECRET_ACCESS_KEY') as unknown,
    })
  })
})
