import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { FerryError } from '../../../src/core/errors.ts'
import { openStore } from '../../../src/stores/open-store.ts'
import type { ObjectStore } from '../../../src/stores/store.ts'
import { silent } from '../../support/silent-logger.ts'

const LOGGER = { debug: () => {}, info: () => {}, warn: () => {} }
const PUTTER = join(import.meta.dirname, 'file-putter.ts')
const DAY_S = 86_400
const { signal } = new AbortController()

const folders: string[] = []
let root: string
let store: ObjectStore

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ferry-file-'))
  folders.push(root)
  store = await openStore(
    { scheme: 'file', bucket: root, key: '' },
    { environment: {}, logger: LOGGER },
  )
})

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

/** Each entry as a line: a key, or a key and why it is no object. */
async function shown(): Promise<string[]> {
  const entries = (await Array.fromAsync(store.list({ prefix: '', signal }))).flat()
  return entries.map(entry => {
    if (entry.kind === 'object') return entry.object.key
    if (entry.kind === 'prefix') return entry.prefix
    return `${entry.key}: ${entry.error instanceof FerryError ? entry.error.code : 'no FerryError'}`
  })
}

async function read(key: string): Promise<Buffer> {
  const { body } = await store.read(key, { signal })
  return Buffer.concat(await Array.fromAsync(body))
}

test('a listing whose folder goes away does not end as if that were all', async () => {
  for (const folder of ['a', 'b']) {
    await mkdir(join(root, folder))
    const names = Array.from({ length: 1_000 }, (_, at) => join(root, folder, `${at}`))
    await Promise.all(names.map(name => writeFile(name, 'x')))
  }
  const kinds: string[] = []
  const listAll = async (): Promise<void> => {
    for await (const page of store.list({ prefix: '', signal })) {
      if (kinds.length === 0) await rm(root, { recursive: true })
      kinds.push(...page.map(entry => entry.kind))
    }
  }
  await expect(listAll()).rejects.toMatchObject({ code: 'BUCKET_NOT_FOUND' })
  expect(kinds.length).toBeLessThanOrEqual(1_000)
  expect([...new Set(kinds)]).toEqual(['object', 'failure']) // what was seen, and what was gone
})

test.each([
  ['gone', '', 'has no `gone` in it'],
  ['gone/deeper', '', 'has no `gone` in it'],
  ['file', '/file', 'is no folder'],
  ['file/deeper', '/file', 'is no folder'],
])(
  'of the path `%s`, which is none of a folder, it is said how far it goes',
  async (path, end, what) => {
    await writeFile(join(root, 'file'), 'x')
    const url = { scheme: 'file', bucket: join(root, path), key: '' } as const
    await using missing = await openStore(url, { environment: {}, logger: silent })
    const error = { code: 'BUCKET_NOT_FOUND', hint: `check its name: \`${root}${end}\` ${what}` }
    await expect(Array.fromAsync(missing.list({ prefix: '', signal }))).rejects.toMatchObject(error)
    await expect(missing.read('key', { signal })).rejects.toMatchObject(error)
  },
)

test('what is no object is told in its place, and the rest is listed', async () => {
  await mkdir(join(root, 'folder'))
  await writeFile(join(root, 'folder/file'), 'x')
  await writeFile(join(root, 'z'), 'x')
  await symlink('nowhere', join(root, 'broken'))
  await symlink('loop', join(root, 'loop'))
  await symlink('..', join(root, 'folder/up'))
  await symlink('folder', join(root, 'linked'))
  await writeFile(Buffer.concat([Buffer.from(`${root}/n-`), Buffer.from([0xff])]), 'x')
  expect(await shown()).toEqual([
    'broken: INPUT_MISSING',
    'folder/file',
    'folder/up/: DATA_INVALID',
    'linked/file',
    'linked/up/: DATA_INVALID',
    'loop: DATA_INVALID',
    'n-\ufffd: KEY_INVALID',
    'z',
  ])
})

test.each(['../out', 'a/../../out', '/out', 'a//b', '..', '.', 'a/.'])(
  'the key `%s` neither leaves the folder nor is another file',
  async key => {
    const outcomes = await Promise.allSettled([
      store.put(key, Buffer.from('x'), { signal }),
      store.uploads.start(key, { signal }),
      store.read(key, { signal }),
      store.stat(key, { signal }),
    ])
    const codes = outcomes.map(one => one.status === 'rejected' && one.reason.code)
    expect(codes).toEqual(Array(4).fill('KEY_INVALID'))
    expect(await readdir(root)).toEqual([])
  },
)

test('a file that shrinks, or is written to, while it is read is an error', async () => {
  const path = join(root, 'growing')
  await writeFile(path, Buffer.alloc(3_000_000, 1))
  for (const change of [() => truncate(path, 2_000_000), () => writeFile(path, 'other')]) {
    const { body } = await store.read('growing', { signal })
    const iterator = body[Symbol.asyncIterator]()
    await iterator.next()
    await sleep(20) // the clock of the file system is coarse
    await change()
    const rest = async (): Promise<void> => {
      while ((await iterator.next()).done !== true);
    }
    await expect(rest()).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    await writeFile(path, Buffer.alloc(3_000_000, 1))
  }
})

test('who is killed while it puts leaves the old object or the new one, whole', async () => {
  for (const value of [1, 2, 3]) {
    const child = spawn(process.execPath, [PUTTER, root, 'object', String(value)])
    await once(child.stdout, 'data') // it has put once, and goes on
    await sleep(Math.random() * 40)
    child.kill('SIGKILL')
    await once(child, 'close')
    const bytes = await read('object')
    expect(bytes.equals(Buffer.alloc(8_000_000, value))).toBe(true)
    expect(await shown()).toEqual(['object'])
  }
})

test('two processes that put one key: a reader sees one or the other, whole', async () => {
  await store.put('object', Buffer.alloc(8_000_000, 1), { signal })
  const children = [1, 2].map(value =>
    spawn(process.execPath, [PUTTER, root, 'object', `${value}`]),
  )
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')))
  for (let i = 0; i < 10; i++) {
    const bytes = await read('object')
    expect(bytes.equals(Buffer.alloc(8_000_000, bytes[0]))).toBe(true)
  }
  for (const child of children) {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
})

test('what was left unfinished a week ago goes at the next write, what is younger stays', async () => {
  const lines = ['.ferry-upload-1-old', '.ferry-upload-1-old.parts', '.ferry-upload-lock']
  for (const name of [...lines, '.ferry-upload-1-new', 'old-object']) {
    await writeFile(join(root, name), 'x')
    const then = Date.now() / 1_000 - (name.includes('new') ? 6 : 8) * DAY_S
    await utimes(join(root, name), then, then)
  }
  await store.put('object', Buffer.from('x'), { signal })
  expect((await readdir(root)).sort()).toEqual([
    '.ferry-upload-1-new',
    '.ferry-upload-lock',
    'object',
    'old-object',
  ])
})
