import { spawnSync } from 'node:child_process'
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readTree, writeTree } from '../support/file-tree.ts'
import { keysBelow, type Place, PLACES } from '../support/place.ts'
import { FERRY, type RunOptions, runFerry } from '../support/run-ferry.ts'

const folders: string[] = []
let cwd: string

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ferry-put-'))
  folders.push(cwd)
})

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

const put = (args: readonly string[], options: Partial<RunOptions> = {}) =>
  runFerry(['put', ...args], { cwd, ...options })
const lake = () => readTree(join(cwd, 'lake'))

const TREE = {
  'in/a.csv': 'a',
  'in/b.csv': 'b',
  'in/c.log': 'c',
  'in/deep/d.csv': 'd',
  'in/deep/er/.e': '',
  'in/100% +ä b.csv': 'odd',
}

describe.for(PLACES)('to %s', ([, start]) => {
  let place: Place
  let nr = 0

  beforeAll(async () => {
    place = await start()
  }, 60_000)
  afterAll(() => place[Symbol.asyncDispose]())

  test.for<readonly [args: string, keys: readonly string[]]>([
    ['in/a.csv lake/new.csv', ['new.csv']],
    ['in/a.csv lake/', ['a.csv']],
    ['in/a.csv lake/x/', ['x/a.csv']],
    ['in/a.csv in/c.log lake', ['a.csv', 'c.log']],
    ['in/*.csv lake', ['100% +ä b.csv', 'a.csv', 'b.csv']],
    ['in/**/*.csv lake', ['100% +ä b.csv', 'a.csv', 'b.csv', 'deep/d.csv']],
    ['in/{a,b}.csv lake', ['a.csv', 'b.csv']],
    ['in/?.[cl]* lake', ['a.csv', 'b.csv', 'c.log']],
    ['-r in/deep lake', ['d.csv', 'er/.e']],
    ['-r in/deep lake/sub/', ['sub/d.csv', 'sub/er/.e']],
    ['-r in/deep in/a.csv lake', ['a.csv', 'deep/d.csv', 'deep/er/.e']],
    ['--prefix in/deep/ lake', ['d.csv', 'er/.e']],
    ['-r in lake --include *.csv --exclude deep/', ['100% +ä b.csv', 'a.csv', 'b.csv']],
    ['-r in lake --exclude *.csv', ['c.log', 'deep/er/.e']],
    ['-r in lake --include deep/* --include *.log', ['c.log', 'deep/d.csv']],
  ])('put %s', async ([args, keys]) => {
    await writeTree(cwd, TREE)
    const lake = `${place.url}t${++nr}/`
    const words = args.split(' ').map(word => word.replace(/^lake\/?/, lake))
    const { code, stdout, stderr } = await put(words, { env: place.env })
    expect([stderr, stdout, code]).toEqual(['', '', 0])
    expect(await keysBelow(place.store, `t${nr}/`)).toEqual(keys)
  })
})

test('what arrives is what was sent, byte for byte', async () => {
  await writeTree(cwd, TREE)
  expect((await put(['-r', 'in', 'lake'])).code).toBe(0)
  expect(await lake()).toEqual(await readTree(join(cwd, 'in')))
})

test('the standard input is stored under the name given, of any length', async () => {
  const input = 'line\n'.repeat(400_000)
  expect(await put(['-', 'lake/x.txt', '--part-size', '256KiB'], { input })).toMatchObject({
    code: 0,
    stderr: '',
  })
  expect((await lake())['x.txt']).toBe(input)
  expect(await put(['-', 'lake/empty'])).toMatchObject({ code: 0 })
  expect((await lake())['empty']).toBe('')
})

test('compresses on the way, and says so in the name', async () => {
  const text = 'row,row\n'.repeat(100_000)
  await writeTree(cwd, { 'in/a.csv': text, 'in/b/c.csv': text })
  expect(await put(['-r', 'in', 'lake', '--gzip'])).toMatchObject({ code: 0, stderr: '' })
  expect(await put(['-r', 'in', 'lake', '--zstd'])).toMatchObject({ code: 0, stderr: '' })
  expect(await put(['-', 'lake/d.gz', '--gzip'], { input: text })).toMatchObject({ code: 0 })
  const read = (name: string): Promise<Buffer> => readFile(join(cwd, 'lake', name))
  expect(Object.keys(await lake())).toEqual([
    'a.csv.gz',
    'a.csv.zst',
    'b/c.csv.gz',
    'b/c.csv.zst',
    'd.gz',
  ])
  for (const name of ['a.csv.gz', 'b/c.csv.gz', 'd.gz']) {
    expect(gunzipSync(await read(name)).toString()).toBe(text)
  }
  expect(zstdDecompressSync(await read('a.csv.zst')).toString()).toBe(text)
})

test('--level packs as hard as it says', async () => {
  const text = await readFile(join(import.meta.dirname, '../../docs/commands.md'), 'utf8')
  await writeTree(cwd, { a: text })
  const size = async (...args: string[]): Promise<number> => {
    expect(await put(['a', 'lake/packed', ...args])).toMatchObject({ code: 0, stderr: '' })
    return (await stat(join(cwd, 'lake/packed'))).size
  }
  expect(await size('--gzip', '--level', '9')).toBeLessThan(await size('--gzip', '--level', '1'))
  expect(await size('--zstd', '--level', '15')).toBeLessThan(await size('--zstd', '--level', '1'))
})

test('--dry-run tells what would be copied, and copies nothing', async () => {
  await writeTree(cwd, { 'in/a': '1', 'in/b': '2' })
  const { code, stdout } = await put(['-rn', 'in', 'lake'])
  expect(stdout).toBe(
    `would put ${cwd}/in/a -> ${cwd}/lake/a\nwould put ${cwd}/in/b -> ${cwd}/lake/b\n`,
  )
  expect(code).toBe(0)
  await expect(stat(join(cwd, 'lake'))).rejects.toThrow('ENOENT')
})

test('--skip-existing leaves what is there; --sync only what is the same', async () => {
  await writeTree(cwd, { 'in/a': 'new', 'in/b': 'same', 'in/c': 'c' })
  await writeTree(cwd, { 'lake/a': 'old', 'lake/b': 'same' })
  const skipped = await put(['-rv', 'in', 'lake', '--skip-existing'])
  expect(skipped.stdout).toContain(`skip ${cwd}/in/a -> ${cwd}/lake/a (exists)\n`)
  expect(await lake()).toEqual({ a: 'old', b: 'same', c: 'c' })
  const synced = await put(['-rv', 'in', 'lake', '--sync'])
  // The same size, and a later time than the source's, and yet it is copied.
  expect(synced.stdout.split('\n').sort()).toEqual([
    '',
    `put ${cwd}/in/a -> ${cwd}/lake/a`,
    `skip ${cwd}/in/b -> ${cwd}/lake/b (same content)`,
    `skip ${cwd}/in/c -> ${cwd}/lake/c (same content)`,
  ])
  expect(await lake()).toEqual({ a: 'new', b: 'same', c: 'c' })
})

test('--json prints a line for each object, failures too', async () => {
  await writeTree(cwd, { 'in/a': 'aa', 'lake/b/c': 'a file in a folder of that name', 'in/b': 'b' })
  const { code, stdout } = await put(['-r', 'in', 'lake', '--json'])
  const lines = stdout.trimEnd().split('\n').sort()
  const [a, b] = lines.map(line => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toHaveLength(2)
  expect(a).toEqual({
    action: 'put',
    status: 'done',
    source: `${cwd}/in/a`,
    target: `${cwd}/lake/a`,
    bytes: 2,
  })
  expect(b).toMatchObject({ action: 'put', status: 'failed', error: { code: 'KEY_INVALID' } })
  expect(code).toBe(65)
})

describe('what cannot be read fails, and the rest arrives', () => {
  test('a broken link, a link to itself, a FIFO', async () => {
    await writeTree(cwd, { 'in/good': '1' })
    await symlink('nowhere', join(cwd, 'in/broken'))
    await symlink('loop', join(cwd, 'in/loop'))
    spawnSync('mkfifo', [join(cwd, 'in/pipe')])
    const { code, stderr } = await put(['-r', 'in', 'lake'])
    expect(stderr.replace(/, \d+ m?s\n$/, '\n')).toBe(
      `ferry: error: put ${cwd}/in/broken: \`${cwd}/in/broken\` leads nowhere, or was removed meanwhile
  hint: remove it, or leave it out with --exclude
ferry: error: put ${cwd}/in/loop: \`${cwd}/in/loop\` is a link that leads to itself
  hint: remove it, or leave it out with --exclude
ferry: error: put ${cwd}/in/pipe: \`${cwd}/in/pipe\` is neither a file nor a folder
  hint: remove it, or leave it out with --exclude
ferry: 1 object, 1 B, 3 failed
`,
    )
    expect(code).toBe(65)
    expect(await lake()).toEqual({ good: '1' })
  })

  test('what a file is in the way of', async () => {
    await writeTree(cwd, { 'in/good': '1', 'in/x/y': '2', 'lake/x': 'a file' })
    const { code, stderr } = await put(['-r', 'in', 'lake'])
    expect(stderr).toContain('a file has the name of one of its folders')
    expect(code).toBe(65)
    expect(await lake()).toEqual({ good: '1', x: 'a file' })
  })

  test('a folder and a file without permission', async () => {
    await writeTree(cwd, { 'in/good': '1', 'in/closed/a': '2', 'in/secret': '3' })
    await chmod(cwd, 0o777)
    await chmod(join(cwd, 'in/closed'), 0)
    await chmod(join(cwd, 'in/secret'), 0)
    // Root may read everything.
    const uid = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const { status, stderr } = spawnSync(FERRY, ['put', '-r', 'in', 'lake'], { cwd, ...uid })
    await chmod(join(cwd, 'in/closed'), 0o755)
    expect(stderr.toString()).toContain(`no permission for \`${cwd}/in/closed/`)
    expect(stderr.toString()).toContain(`no permission for \`${cwd}/in/secret\``)
    expect(status).toBe(77)
    expect(await lake()).toEqual({ good: '1' })
  })

  test.for<readonly [args: string, message: string, code: number]>([
    ['none lake/', 'none', 66],
    ['in/a none lake/', 'none', 66],
    ['in lake/', 'recursive', 66],
    ['in/*.nothing lake/', 'nothing matches', 66],
    ['-r in/empty lake/', 'nothing matches', 66],
    ['in/a', 'where to', 64],
    ['- lake/', 'has no name', 64],
    ['- in/a lake/', 'goes alone', 64],
    ['in/a lake/ --gzip --zstd', 'one of --gzip and --zstd', 64],
    ['in/a lake/ --level 9', 'goes with --gzip or --zstd', 64],
    ['in/a lake/ --gzip --level 10', 'from 1 to 9 with --gzip, not 10', 64],
    ['in/a lake/ --zstd --level 0', 'from 1 to 19 with --zstd, not 0', 64],
    ['in/a lake/ --jobs 0', '--jobs', 64],
    ['in/a lake/ --part-size 12q', '--part-size', 64],
    ['in/a lake/ --metadata rows', 'KEY=VALUE', 64],
    ['in/a lake/ --metadata rows=1', 'keeps no', 64],
    ['in/a nostore:x', 'nostore', 64],
    ['in/a in/a', 'onto itself', 64],
  ])('put %s', async ([args, message, expected]) => {
    await writeTree(cwd, { 'in/a': '1' })
    await mkdir(join(cwd, 'in/empty'))
    const { code, stderr, stdout } = await put(args.split(' '))
    expect(stderr).toContain(message)
    expect([stdout, code]).toEqual(['', expected])
    if (args.startsWith('in/a none')) expect(await lake()).toEqual({ a: '1' })
  })
})

test('a file that changes while it is read is refused, and nothing of it is left', async () => {
  const path = join(cwd, 'growing.log')
  await writeFile(path, Buffer.alloc(80_000_000, 'x'))
  const grow = setInterval(() => void appendFile(path, 'more\n'), 2)
  const { code, stderr } = await put(['growing.log', 'lake/', '--gzip'])
  clearInterval(grow)
  expect(stderr).toMatch(/growing\.log.* changed (?:while it was read|meanwhile)/)
  expect(stderr).toContain('hint: try again when its writer is done')
  expect(code).toBe(75)
  expect(await lake().catch(() => ({}))).toEqual({})
})
