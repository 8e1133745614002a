import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readTree, writeTree } from '../support/file-tree.ts'
import { type Place, PLACES } from '../support/place.ts'
import { FERRY, type RunOptions, runFerry } from '../support/run-ferry.ts'

const folders: string[] = []
let cwd: string

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ferry-get-'))
  folders.push(cwd)
  await writeFile(join(cwd, 'ferry.yaml'), 'stores: { lake: ./lake, archive: ./lake/old/ }\n')
})

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

const get = (args: readonly string[], options: Partial<RunOptions> = {}) =>
  runFerry(['get', ...args], { cwd, ...options })
const out = () => readTree(join(cwd, 'out'))

const TREE = {
  'lake/a.csv': 'a',
  'lake/b.csv': 'bb',
  'lake/logs/2026-03-01/x.log': 'x',
  'lake/logs/2026-03-02/x.log': 'xx',
  'lake/old/z': 'z',
}

describe.for(PLACES)('from %s', ([, start]) => {
  let place: Place

  beforeAll(async () => {
    place = await start()
    for (const [path, text] of Object.entries(TREE)) {
      const { signal } = new AbortController()
      await place.store.put(path.slice('lake/'.length), Buffer.from(text), { signal })
    }
  }, 60_000)
  afterAll(() => place[Symbol.asyncDispose]())

  beforeEach(async () => {
    const stores = { lake: place.url, archive: `${place.url}old/` }
    await writeFile(join(cwd, 'ferry.yaml'), JSON.stringify({ stores }))
  })

  test.for<readonly [args: string, files: Readonly<Record<string, string>>]>([
    ['lake/a.csv out/new', { new: 'a' }],
    ['lake:a.csv out/', { 'a.csv': 'a' }],
    ['lake:a.csv lake:b.csv archive:z out', { 'a.csv': 'a', 'b.csv': 'bb', z: 'z' }],
    ['lake:*.csv out', { 'a.csv': 'a', 'b.csv': 'bb' }],
    ['lake:logs/*/x.log out', { '2026-03-01/x.log': 'x', '2026-03-02/x.log': 'xx' }],
    ['lake:logs/2026-03-0[2-9]/* out', { '2026-03-02/x.log': 'xx' }],
    ['-r lake:logs/ out', { '2026-03-01/x.log': 'x', '2026-03-02/x.log': 'xx' }],
    ['-r lake:logs/2026-03-01 lake:old out', { '2026-03-01/x.log': 'x', 'old/z': 'z' }],
    ['--prefix lake:logs/2026-03-02 out', { '2026-03-02/x.log': 'xx' }],
  ])('get %s', async ([args, files]) => {
    const words = args.split(' ').map(word => word.replace(/^lake\//, place.url))
    const { code, stdout, stderr } = await get(words, { env: place.env })
    expect([stderr, stdout, code]).toEqual(['', '', 0])
    expect(await out()).toEqual(files)
  })
})

test('an existing file is replaced, a folder is gone into', async () => {
  await writeTree(cwd, { ...TREE, 'out/a.csv': 'what was here before', 'out/b/c': 'kept' })
  expect((await get(['lake:a.csv', 'out/a.csv'])).code).toBe(0)
  expect((await get(['lake:b.csv', 'out/b'])).code).toBe(0)
  expect(await out()).toEqual({ 'a.csv': 'a', 'b/b.csv': 'bb', 'b/c': 'kept' })
})

test('- is the standard output: several objects in the order of their names', async () => {
  await writeTree(cwd, TREE)
  const { stdout, stderr, code } = await get(['-r', 'lake:', '-', '--exclude', '*.log'])
  expect([stdout, stderr, code]).toEqual(['abbz', '', 0])
})

describe('decompresses on the way', () => {
  const text = 'row,row\n'.repeat(100_000)

  test('to files, whose names lose the ending', async () => {
    await writeTree(cwd, {
      'lake/a.csv.gz': gzipSync(text),
      'lake/b.gz': Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]),
    })
    expect(await get(['-r', 'lake:', 'out', '--gzip'])).toMatchObject({ code: 0, stderr: '' })
    expect(await out()).toEqual({ 'a.csv': text, b: 'one\ntwo\n' })
  })

  test('to the standard output', async () => {
    await writeTree(cwd, { 'lake/a.zst': zstdCompressSync(text) })
    expect((await get(['lake:a.zst', '-', '--zstd'])).stdout).toBe(text)
  })

  test('what is cut off, damaged or not compressed at all is refused, and no file is left', async () => {
    const packed = gzipSync(Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251)))
    const damaged = Buffer.from(packed)
    damaged.writeUInt8(damaged.readUInt8(damaged.length >> 1) ^ 1, damaged.length >> 1)
    await writeTree(cwd, {
      'lake/cut.gz': packed.subarray(0, -9),
      'lake/damaged.gz': damaged,
      'lake/plain.gz': text,
      'lake/empty.gz': '',
      'lake/good.gz': gzipSync('good'),
    })
    const { code, stderr } = await get(['-r', 'lake:', 'out', '--gzip'])
    for (const name of ['cut', 'damaged', 'plain', 'empty']) {
      expect(stderr).toMatch(new RegExp(`^ferry: error: get .*/lake/${name}.gz: .*gzip`, 'm'))
    }
    expect(code).toBe(65)
    expect(await out()).toEqual({ good: 'good' })
  })
})

test.for<readonly [args: string, message: string, code: number]>([
  ['lake:none out/', 'none', 66],
  ['lake:none -', 'none', 66],
  ['-r lake:none/ out/', 'does not exist', 66],
  ['nolake:x out/', 'no store `nolake`', 64],
  ['lak:x out/', 'did you mean `lake:x`?', 64],
  ['lake:logs out/', '--recursive', 66],
  ['-r ./nowhere out/', 'does not exist', 66],
])('get %s', async ([args, message, expected]) => {
  await writeTree(cwd, TREE)
  const { code, stdout, stderr } = await get(args.split(' '))
  expect(stderr).toContain(message)
  expect([stdout, code]).toEqual(['', expected])
  expect(await readdir(cwd)).not.toContain('out')
})

test('--sync leaves what is here with the same content', async () => {
  await writeTree(cwd, { ...TREE, 'out/a.csv': 'x', 'out/b.csv': 'bb' })
  const { stdout } = await get(['-rv', 'lake:', 'out', '--sync', '--include', '*.csv'])
  expect(stdout.split('\n').sort()).toEqual([
    '',
    `get ${cwd}/lake/a.csv -> ${cwd}/out/a.csv`,
    `skip ${cwd}/lake/b.csv -> ${cwd}/out/b.csv (same content)`,
  ])
  expect(await out()).toEqual({ 'a.csv': 'a', 'b.csv': 'bb' })
})

test('a link in the target is replaced, not written through', async () => {
  await writeTree(cwd, { ...TREE, 'elsewhere/secret': 'kept' })
  await mkdir(join(cwd, 'out'))
  await symlink('../elsewhere/secret', join(cwd, 'out/a.csv'))
  expect((await get(['lake:a.csv', 'out/'])).code).toBe(0)
  expect(await readTree(join(cwd, 'elsewhere'))).toEqual({ secret: 'kept' })
  expect(await out()).toEqual({ 'a.csv': 'a' })
})

test('a file may not grow further: 74 and what to do, no half file, the others arrive', async () => {
  await writeTree(cwd, { 'lake/large': 'x'.repeat(300_000), 'lake/small': 'y' })
  const limited = `ulimit -f 100; exec ${FERRY} get -r lake: out/`
  const { status, stderr } = spawnSync('bash', ['-c', limited], { cwd })
  expect(stderr.toString()).toMatch(/cannot write `.*\/out\/large`: /)
  expect(status).toBe(74)
  expect(await out()).toEqual({ small: 'y' })
})
