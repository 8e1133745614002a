import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { crc32c } from '@node-rs/crc32'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GcsServer, startGcs } from '../../../servers/gcs.ts'
import type { ObjectStore, PutOptions } from '../../../src/stores/store.ts'
import { writeObject } from '../../../src/stores/write-object.ts'
import { openGcs } from '../../support/scripted-gcs.ts'

const { signal } = new AbortController()
const PART = 5 * 1_048_576
let server: GcsServer
let store: ObjectStore

beforeAll(async () => {
  server = await startGcs()
  const environment = {
    STORAGE_EMULATOR_HOST: server.endpoint,
    CLOUDSDK_AUTH_ACCESS_TOKEN: server.token,
  }
  store = await openGcs(environment)
  await store.bucket.create({ signal })
})

afterAll(async () => {
  await store.close()
  await server.stop()
})

async function names(): Promise<readonly string[]> {
  const pages = await Array.fromAsync(store.list({ prefix: '', signal }))
  return pages.flat().flatMap(entry => (entry.kind === 'object' ? [entry.object.key] : []))
}

async function content(key: string): Promise<Buffer> {
  const { body } = await store.read(key, { signal })
  return Buffer.concat(await Array.fromAsync(body))
}

function inPieces(bytes: Buffer): AsyncIterable<Uint8Array> {
  return (async function* () {
    for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000)
  })()
}

describe('an upload in parts', () => {
  const bytes = randomBytes(2 * PART + 1)

  test.each<[string, Omit<PutOptions, 'signal'>]>([
    ['goes to its place', {}],
    ['that must not replace anything', { condition: 'absent' }],
    ['with metadata that no header holds', { metadata: { who: 'zoë' }, contentType: 'text/csv' }],
  ])('%s, and leaves nothing beside it', async (name, options) => {
    const writing = { ...options, partBytes: PART, signal }
    const info = await writeObject(store, name, inPieces(bytes), writing)
    expect(info).toMatchObject({ size: bytes.length })
    expect(await store.stat(name, { signal })).toMatchObject({
      metadata: options.metadata ?? {},
      contentType: options.contentType ?? 'application/octet-stream',
    })
    expect((await content(name)).equals(bytes)).toBe(true)
    expect((await names()).filter(found => found.startsWith('.ferry-upload'))).toEqual([])
  })

  test('that must not replace anything leaves what is there, and nothing beside it', async () => {
    await store.put('taken', Buffer.from('mine'), { signal })
    const options = { condition: 'absent', partBytes: PART, signal } as const
    const writing = writeObject(store, 'taken', inPieces(bytes), options)
    await expect(writing).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      message: '`gs://logs/taken` exists already',
    })
    expect((await content('taken')).toString()).toBe('mine')
    expect((await names()).filter(found => found.startsWith('.ferry-upload'))).toEqual([])
  })

  test('is seen by nobody until it is complete, and not at all once it is given up', async () => {
    const upload = await store.uploads.start('unseen', { signal })
    const part = { number: 1, offset: 0, bytes: Buffer.from('x'), crc32c: crc32c('x') }
    await store.uploads.putPart(upload, part, { signal })
    expect(await names()).not.toContain('unseen')
    await store.uploads.abort(upload, { signal })
    await store.uploads.abort(upload, { signal })
    const parts = Array.fromAsync(store.uploads.parts(upload, { signal }))
    await expect(parts).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
  })
})

test('what is compressed comes as it is stored', async () => {
  const packed = gzipSync('a long text '.repeat(100))
  await store.put('packed', packed, { contentEncoding: 'gzip', contentType: 'text/plain', signal })
  expect((await content('packed')).equals(packed)).toBe(true)
  const range = { offset: 3, length: 10 }
  const { body, info } = await store.read('packed', { range, signal })
  expect(Buffer.concat(await Array.fromAsync(body))).toEqual(packed.subarray(3, 13))
  expect(info).toMatchObject({ contentEncoding: 'gzip', size: packed.length })
})

test('of many writers who must not replace anything, one wins', async () => {
  const options = { condition: 'absent', signal } as const
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, at) => store.put('raced', Buffer.from(String(at)), options)),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1)
})

test('a storage class that Google has not is refused before anything is sent', async () => {
  const putting = store.put('x', Buffer.from('x'), { storageClass: 'GLACIER', signal })
  await expect(putting).rejects.toMatchObject({ code: 'USAGE' })
})
