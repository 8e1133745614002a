import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { crc32c } from '@node-rs/crc32'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AzuriteServer, startAzurite } from '../../../servers/azurite.ts'
import { DEFAULT_RETRY } from '../../../src/core/retry.ts'
import { crc32cHex } from '../../../src/formats/checksum.ts'
import { openStore } from '../../../src/stores/open-store.ts'
import type { ObjectInfo, ObjectStore } from '../../../src/stores/store.ts'
import { transferObject } from '../../../src/stores/transfer-object.ts'
import { writeObject } from '../../../src/stores/write-object.ts'
import { silent } from '../../support/silent-logger.ts'

const { signal } = new AbortController()
const PART_BYTES = 100_000
const BYTES = Buffer.from(Array.from({ length: 250_000 }, (_, at) => (at * 7919) >>> 8))
const CHECKSUMS = {
  md5: createHash('md5').update(BYTES).digest('hex'),
  crc32c: crc32cHex(crc32c(BYTES)),
}
const { md5 } = CHECKSUMS

let server: AzuriteServer
let store: ObjectStore
/** What another program does. */
let other: ContainerClient
let folder: string

beforeAll(async () => {
  server = await startAzurite()
  const url = { scheme: 'az', bucket: 'logs', key: '' } as const
  const retry = { ...DEFAULT_RETRY, firstDelayMs: 1, maxDelayMs: 2 }
  store = await openStore(url, { environment: server.env, logger: silent, retry })
  await store.bucket.create({ signal })
  other = BlobServiceClient.fromConnectionString(server.connectionString).getContainerClient('logs')
  folder = await mkdtemp(join(tmpdir(), 'ferry-test-'))
})

afterAll(async () => {
  await store.close()
  await server.stop()
  await rm(folder, { recursive: true })
})

async function write(key: string, metadata?: Record<string, string>): Promise<ObjectInfo> {
  async function* source(): AsyncGenerator<Buffer> {
    yield BYTES
  }
  return writeObject(store, key, source(), { partBytes: PART_BYTES, metadata, signal })
}

/** In parts, into a file. */
async function download(object: ObjectInfo): Promise<Buffer> {
  const url = { scheme: 'file', bucket: folder, key: '' } as const
  await using files = await openStore(url, { environment: {}, logger: silent })
  const options = { partBytes: PART_BYTES, signal }
  await transferObject({ store, object }, { store: files, key: object.key }, options)
  return await readFile(join(folder, object.key))
}

async function keptOf(key: string): Promise<string | undefined> {
  return (await other.getBlobClient(key).getProperties()).metadata?.['ferry_crc32c']
}

test('what is written in parts has a CRC-32C, which is no metadata of the user', async () => {
  const written = await write('parts', { a: '1' })
  const info = await store.stat('parts', { signal })
  expect(info).toMatchObject({ checksums: CHECKSUMS, metadata: { a: '1' } })
  expect(info.etag).toBe(written.etag)
  const { info: read } = await store.read('parts', { range: { offset: 5, length: 9 }, signal })
  expect(read).toMatchObject({ checksums: CHECKSUMS, metadata: { a: '1' } })
  expect((await download(info)).equals(BYTES)).toBe(true)
})

test.each([
  ['at once', {}],
  ['with other metadata', { metadata: { b: '2' } }],
  ['in blocks, with another type', { contentType: 'text/csv' }],
])('a copy by the service keeps it: %s', async (_, options) => {
  const { etag, size } = await write('from', { a: '1' })
  const copy = await store.copy({ bucket: 'logs', key: 'from', etag, size }, 'to', {
    ...options,
    signal,
  })
  const expected = { metadata: { a: '1' }, ...options, checksums: CHECKSUMS }
  expect(copy).toMatchObject(expected)
  expect(await store.stat('to', { signal })).toMatchObject(expected)
})

test.each([
  ['with an MD5', createHash('md5').update('other').digest()],
  ['without one', undefined],
])('bytes that another program writes under the same metadata: %s', async (_, blobContentMD5) => {
  await write('changed')
  const kept = await keptOf('changed')
  expect(kept).toBe(`${CHECKSUMS.crc32c}-${md5}`)
  const metadata = { ferry_crc32c: kept ?? '' }
  const block = Buffer.from('1').toString('base64')
  const client = other.getBlockBlobClient('changed')
  await client.stageBlock(block, 'other', 5)
  const blobHTTPHeaders = blobContentMD5 === undefined ? {} : { blobContentMD5 }
  await client.commitBlockList([block], { metadata, blobHTTPHeaders })
  const info = await store.stat('changed', { signal })
  expect(info.checksums).toEqual(
    blobContentMD5 === undefined ? {} : { md5: blobContentMD5.toString('hex') },
  )
  expect(info.metadata).toEqual({})
  expect((await download(info)).toString()).toBe('other')
})

test.each(['00000000', `00000000-${md5}x`, `0-${md5}`, `-${md5}`, md5])(
  'a CRC that none of ours wrote is none: %s',
  async text => {
    await write('foreign')
    await other.getBlobClient('foreign').setMetadata({ ferry_crc32c: text })
    const info = await store.stat('foreign', { signal })
    expect([info.checksums, info.metadata]).toEqual([{ md5 }, {}])
    expect((await download(info)).equals(BYTES)).toBe(true)
  },
)

test('a download is compared with it', async () => {
  await write('corrupt')
  await other.getBlobClient('corrupt').setMetadata({ ferry_crc32c: `00000000-${md5}` })
  const info = await store.stat('corrupt', { signal })
  await expect(download(info)).rejects.toMatchObject({ code: 'TRANSFER_CORRUPT' })
})

test('nobody else gives it', async () => {
  const metadata = { Ferry_CRC32C: `00000000-${md5}` }
  await expect(store.put('given', BYTES, { metadata, signal })).rejects.toMatchObject({
    code: 'USAGE',
    hint: 'choose another name',
  })
})
