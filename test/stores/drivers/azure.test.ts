import { createHash } from 'node:crypto'
import {
  BlobServiceClient,
  type ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import { crc32c } from '@node-rs/crc32'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AzuriteServer, startAzurite } from '../../../servers/azurite.ts'
import { FerryError } from '../../../src/core/errors.ts'
import { openStore } from '../../../src/stores/open-store.ts'
import type { CopySource, ObjectInfo, ObjectStore, PartReceipt } from '../../../src/stores/store.ts'
import { writeObject } from '../../../src/stores/write-object.ts'
import { silent } from '../../support/silent-logger.ts'

const { signal } = new AbortController()
const BYTES = Buffer.from('what is stored')
const RETRY = { maxAttempts: 2, firstDelayMs: 1, maxDelayMs: 2, maxElapsedMs: 10_000 }
let server: AzuriteServer
let store: ObjectStore
/** What another program does. */
let other: ContainerClient

function open(environment: Readonly<Record<string, string>>, bucket = 'logs') {
  const url = { scheme: 'az', bucket, key: '' } as const
  return openStore(url, { environment, logger: silent, retry: RETRY })
}

async function errorOf(work: Promise<unknown>): Promise<FerryError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof FerryError) return error
  throw new Error(`no FerryError, but ${String(error)}`)
}

async function read(from: ObjectStore, key: string): Promise<string> {
  const { body } = await from.read(key, { signal })
  return Buffer.concat(await Array.fromAsync(body)).toString()
}

async function sourceOf(key: string): Promise<CopySource & { info: ObjectInfo }> {
  const info = await store.stat(key, { signal })
  return { bucket: 'logs', key, etag: info.etag, size: info.size, info }
}

function sasOf(permissions: string): string {
  const values = {
    containerName: 'logs',
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + 600_000),
  }
  const credential = new StorageSharedKeyCredential(server.account, server.key)
  return generateBlobSASQueryParameters(values, credential).toString()
}

function openWithSas(permissions: string): Promise<ObjectStore> {
  const account = `AccountName=${server.account};BlobEndpoint=${server.endpoint}`
  const connection = `${account};SharedAccessSignature=${sasOf(permissions)}`
  return open({ AZURE_STORAGE_CONNECTION_STRING: connection })
}

beforeAll(async () => {
  server = await startAzurite()
  store = await open(server.env)
  await store.bucket.create({ signal })
  other = BlobServiceClient.fromConnectionString(server.connectionString).getContainerClient('logs')
})

afterAll(async () => {
  await store.close()
  await server.stop()
})

test.each<[permissions: string, works: readonly string[]]>([
  ['racwdl', ['put', 'read', 'list', 'copy', 'remove']],
  ['rl', ['read', 'list']],
  ['w', ['put']],
])('a shared access signature for %s permits %j and no more', async (permissions, works) => {
  await store.put('sas', BYTES, { signal })
  await using at = await openWithSas(permissions)
  const { etag, size } = await store.stat('sas', { signal })
  const source = { bucket: 'logs', key: 'sas', etag, size }
  const attempts = {
    put: () => at.put('sas-put', BYTES, { signal }),
    read: () => read(at, 'sas'),
    list: () => Array.fromAsync(at.list({ prefix: '', signal })),
    copy: () => at.copy(source, 'sas-copy', { signal }),
    remove: async () => {
      for (const outcome of await at.remove(['sas-put', 'sas', 'sas-1', 'sas-2'], { signal })) {
        if (!outcome.removed) throw outcome.error
      }
    },
  }
  const done: string[] = []
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt()
      done.push(name)
    } catch (error) {
      expect(error).toMatchObject({ code: 'DENIED' })
    }
  }
  expect(done).toEqual(works)
})

test('who has only a shared access signature cannot sign URLs', async () => {
  await using at = await openWithSas('racwdl')
  const error = await errorOf(at.presign('x', { method: 'GET', expiresInS: 60, signal }))
  expect(error.code).toBe('UNSUPPORTED')
})

test('a wrong key is DENIED', async () => {
  const wrong = server.connectionString.replace(server.key, Buffer.alloc(64).toString('base64'))
  await using at = await open({ AZURE_STORAGE_CONNECTION_STRING: wrong })
  const error = await errorOf(at.stat('x', { signal }))
  expect([error.code, error.hint]).toEqual(['DENIED', expect.stringContaining('key')])
})

test('metadata of any characters comes back as it was, whatever the order of its names', async () => {
  const metadata = {
    plain: 'a, b; c="d"',
    umlaut: 'Größe €😀',
    spaces: '  at both ends ',
    inner: 'two  spaces',
    empty: '',
    encoded: '=?UTF-8?B?YQ==?=',
    lines: 'one\ntwo',
    a1b: '1',
    a_b: '2',
    ab: '3',
    _a: '4',
  }
  await store.put('described', BYTES, { metadata, signal })
  expect((await store.stat('described', { signal })).metadata).toEqual(metadata)
})

test.each(['a-b', 'a.b', '1a', 'ä', ''])('metadata cannot be named `%s`', async name => {
  const error = await errorOf(store.put('x', BYTES, { metadata: { [name]: '1' }, signal }))
  expect([error.code, error.message]).toEqual(['USAGE', expect.stringContaining(name)])
})

test.each([
  ['a.', 'dot'],
  ['a./b', 'dot'],
  ['..', 'dot'],
  ['a/../b', 'dot'],
  ['a\\b', '\\'],
  ['a\nb', 'character'],
  ['a\uffff', 'character'],
  ['\ud800', 'Unicode'],
  ['x'.repeat(1_025), '1024 characters'],
  ['x/'.repeat(300), '254 segments'],
])('the name `%s` is refused by all that take one', async (key, why) => {
  const works = [
    () => store.put(key, BYTES, { signal }),
    () => store.stat(key, { signal }),
    () => store.read(key, { signal }),
    () => store.uploads.start(key, { signal }),
    () => store.presign(key, { method: 'GET', expiresInS: 60, signal }),
  ]
  for (const work of works) {
    const error = await errorOf(work())
    expect([error.code, error.message]).toEqual(['KEY_INVALID', expect.stringContaining(why)])
  }
  for (const keys of [[key], [key, 'b', 'c', 'd']]) {
    const [outcome] = await store.remove(keys, { signal })
    expect(outcome).toMatchObject({ key, removed: false, error: { code: 'KEY_INVALID' } })
  }
})

test('a tier is set with the object, and changed by a copy onto itself', async () => {
  const first = await store.put('tiered', BYTES, { storageClass: 'cool', signal })
  expect((await store.stat('tiered', { signal })).storageClass).toBe('Cool')
  const source = { bucket: 'logs', key: 'tiered', etag: first.etag, size: first.size }
  const moved = await store.copy(source, 'tiered', { storageClass: 'Archive', signal })
  expect(moved).toMatchObject({ storageClass: 'Archive', checksums: first.checksums })
  const error = await errorOf(store.read('tiered', { signal }))
  expect([error.code, error.hint]).toEqual(['DENIED', expect.stringContaining('tier')])
})

test('a copy takes all along, and what is said anew', async () => {
  const described = { metadata: { a: '1' }, contentType: 'text/plain', contentEncoding: 'x' }
  await store.put('from', BYTES, { ...described, signal })
  const { info, ...source } = await sourceOf('from')
  const { checksums, size } = info
  const same = await store.copy(source, 'same', { signal })
  expect(same).toMatchObject({ ...described, checksums, size })
  const anew = await store.copy(source, 'anew', { contentType: 'text/csv', signal })
  expect(anew).toMatchObject({ ...described, contentType: 'text/csv', checksums, size })
  const cool = await store.copy(source, 'cool', {
    metadata: { b: '2' },
    storageClass: 'Cool',
    signal,
  })
  expect(cool).toMatchObject({
    contentType: 'text/plain',
    metadata: { b: '2' },
    storageClass: 'Cool',
  })
  expect(await read(store, 'anew')).toBe(String(BYTES))
})

test('an object with snapshots is not removed, and it is said why', async () => {
  await store.put('kept', BYTES, { signal })
  await other.getBlobClient('kept').createSnapshot()
  for (const keys of [['kept'], ['kept', 'b', 'c', 'd']]) {
    const [outcome] = await store.remove(keys, { signal })
    expect(outcome).toMatchObject({
      removed: false,
      error: { code: 'PRECONDITION_FAILED', hint: expect.stringContaining('snapshots') },
    })
  }
  expect(await read(store, 'kept')).toBe(String(BYTES))
})

test('an object that another program holds a lease on is BUSY', async () => {
  await store.put('leased', BYTES, { signal })
  const lease = other.getBlobClient('leased').getBlobLeaseClient()
  await lease.acquireLease(-1)
  const error = await errorOf(store.put('leased', BYTES, { signal }))
  expect([error.code, error.hint]).toEqual(['BUSY', expect.stringContaining('lease')])
  const [outcome] = await store.remove(['leased'], { signal })
  expect(outcome).toMatchObject({ removed: false, error: { code: 'BUSY' } })
})

test.each(['ab', 'Upper', 'under_score'])(
  'the container `%s` cannot be, and it is said why',
  async name => {
    await using at = await open(server.env, name)
    const error = await errorOf(at.bucket.create({ signal }))
    expect([error.code, error.hint]).toEqual(['USAGE', expect.stringContaining('3 to 63')])
  },
)

test('a container that is not empty is not removed, snapshots and all', async () => {
  await using at = await open(server.env, 'full')
  await at.bucket.create({ signal })
  await at.put('x', BYTES, { signal })
  expect((await errorOf(at.bucket.remove({ signal }))).code).toBe('BUCKET_NOT_EMPTY')
  await at.remove(['x'], { signal })
  await at.bucket.remove({ signal })
  expect(await at.bucket.exists({ signal })).toBe(false)
})

function part(number: number, bytes: Buffer) {
  return { number, offset: 0, bytes, crc32c: crc32c(bytes) }
}

function wholeOf(bytes: Buffer, parts: readonly PartReceipt[]) {
  const md5 = createHash('md5').update(bytes).digest('hex')
  return { parts, size: bytes.length, crc32c: crc32c(bytes), md5 }
}

test('an upload is gone on with by its id, among the blocks of others', async () => {
  const foreign = Buffer.from('another program').toString('base64') // as long as ours are
  await other.getBlockBlobClient('resumed').stageBlock(foreign, 'abc', 3)
  const [one, two] = [Buffer.from('first '), Buffer.from('second')]
  const upload = await store.uploads.start('resumed', { signal })
  const first = await store.uploads.putPart(upload, part(1, one), { signal })
  await using again = await open(server.env)
  const { crc32c: _, ...known } = first
  expect(await Array.fromAsync(again.uploads.parts(upload, { signal }))).toEqual([known])
  const second = await again.uploads.putPart(upload, part(2, two), { signal })
  const bytes = Buffer.concat([one, two])
  await again.uploads.complete(upload, wholeOf(bytes, [first, second]), { signal })
  expect(await read(store, 'resumed')).toBe('first second')
  expect(await Array.fromAsync(again.uploads.parts(upload, { signal }))).toEqual([])
})

test('blocks of another program with ids of another length are told of', async () => {
  await other
    .getBlockBlobClient('mixed')
    .stageBlock(Buffer.from('short').toString('base64'), 'a', 1)
  const upload = await store.uploads.start('mixed', { signal })
  const error = await errorOf(store.uploads.putPart(upload, part(1, BYTES), { signal }))
  expect([error.code, error.hint]).toEqual([
    'UNSUPPORTED',
    expect.stringContaining('another program'),
  ])
})

test.each<[what: string, condition: 'absent' | undefined, code: string]>([
  ['without a condition is BUSY', undefined, 'BUSY'],
  ['that wanted to be first has lost', 'absent', 'PRECONDITION_FAILED'],
])('an upload that another of the name has overtaken %s', async (what, condition, code) => {
  const key = `overtaken ${what}`
  const [a, b] = [Buffer.from('a'), Buffer.from('b')]
  const first = await store.uploads.start(key, { signal })
  const second = await store.uploads.start(key, { signal })
  const ours = await store.uploads.putPart(first, part(1, a), { signal })
  const theirs = await store.uploads.putPart(second, part(1, b), { signal })
  await store.uploads.complete(second, wholeOf(b, [theirs]), { condition, signal })
  const late = store.uploads.complete(first, wholeOf(a, [ours]), { condition, signal })
  expect((await errorOf(late)).code).toBe(code)
  expect(await read(store, key)).toBe('b')
})

test('a stream is stored with the MD5 of the whole, which other programs see', async () => {
  const bytes = Buffer.alloc(3_000_000, 'ferry')
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001)
  }
  const info = await writeObject(store, 'stream', pieces(), { partBytes: 1_000_000, signal })
  const md5 = createHash('md5').update(bytes).digest()
  expect(info.checksums.md5).toBe(md5.toString('hex'))
  const seen = await other.getBlobClient('stream').getProperties()
  expect(Buffer.from(seen.contentMD5 ?? []).equals(md5)).toBe(true)
})

test('an object that another program stored without an MD5 is read all the same', async () => {
  const id = Buffer.from('123456').toString('base64')
  const blob = other.getBlockBlobClient('bare')
  await blob.stageBlock(id, BYTES, BYTES.length)
  await blob.commitBlockList([id])
  expect((await store.stat('bare', { signal })).checksums).toEqual({})
  expect(await read(store, 'bare')).toBe(String(BYTES))
})
