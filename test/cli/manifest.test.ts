import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseManifest } from '../../src/formats/manifest.ts'
import { readTree, writeTree } from '../support/file-tree.ts'
import { type Place, PLACES } from '../support/place.ts'
import { type RunOptions, runFerry } from '../support/run-ferry.ts'

let cwd: string

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ferry-manifest-'))
  await writeTree(join(cwd, 'in'), { a: 'aaa', 'b/c': 'cc', 'b/empty': '' })
  return () => rm(cwd, { recursive: true })
})

const run = (args: readonly string[], options: Partial<RunOptions> = {}) =>
  runFerry(args, { cwd, ...options })
const out = () => readTree(join(cwd, 'out')).catch(() => ({}))
const signal = () => AbortSignal.timeout(20_000)

describe.for(PLACES)('on %s', ([kind, start]) => {
  let place: Place
  let nr = 0
  let folder: string
  let url: string
  let manifest: string

  beforeAll(async () => {
    place = await start()
  }, 60_000)
  afterAll(() => place[Symbol.asyncDispose]())

  const ferry = (args: readonly string[]) =>
    run(args, { env: { ...place.env, XDG_CACHE_HOME: join(cwd, '.cache') } })

  beforeEach(async () => {
    folder = `${place.url}m${++nr}`
    url = `${folder}/parts/`
    manifest = `${folder}/manifest`
    const put = await ferry(['put', '-r', 'in', url, '--manifest', manifest])
    expect(put).toMatchObject({ code: 0, stderr: '', stdout: '' })
  })

  /** Writes over an object as one would who does not care. */
  async function overwrite(name: string, text: string): Promise<void> {
    const key = `${url}${name}`.slice(place.url.length)
    await place.store.put(key, Buffer.from(text), { signal: signal() })
  }

  test('names each part with its size and checksum', async () => {
    const { stdout } = await ferry(['cat', manifest])
    expect(stdout).toBe(`{"version":1,"entries":[
{"url":"${url}a","mandatory":true,"meta":{"content_length":3,"crc32c":"e397e7d9"}},
{"url":"${url}b/c","mandatory":true,"meta":{"content_length":2,"crc32c":"378c9adb"}},
{"url":"${url}b/empty","mandatory":true,"meta":{"content_length":0,"crc32c":"00000000"}}
],"meta":{"content_length":5}}
`)
  })

  test.for([
    ['all of it', ['--manifest', 'M', 'out'], { a: 'aaa', 'b/c': 'cc', 'b/empty': '' }],
    ['a part', ['--manifest', 'M', 'Ua', 'out/'], { a: 'aaa' }],
    ['a folder', ['--manifest', 'M', '-r', 'Ub/', 'out/'], { c: 'cc', empty: '' }],
    ['a pattern', ['--manifest', 'M', 'Ub/*', 'out/', '--exclude', 'e*'], { c: 'cc' }],
  ] as const)('get of %s', async ([, args, files]) => {
    const named = args.map(one => (one === 'M' ? manifest : one.replace(/^U/, url)))
    expect(await ferry(['get', ...named])).toMatchObject({ code: 0, stderr: '' })
    expect(await out()).toEqual(files)
  })

  test('an object that is not listed is refused where it is asked for', async () => {
    await overwrite('extra', 'x')
    const { code, stderr } = await ferry(['get', '-r', url, 'out', '--manifest', manifest])
    expect(stderr).toContain(`\`${url}extra\` is not in the manifest`)
    expect(code).toBe(65)
    expect(await out()).toEqual({ a: 'aaa', 'b/c': 'cc', 'b/empty': '' })
    // Where nothing is asked for but what is listed, it is not looked at.
    expect(await ferry(['get', 'out2', '--manifest', manifest])).toMatchObject({
      code: 0,
      stderr: '',
    })
  })

  test('a part that is gone, of another size or of other content is refused, and the rest arrives', async () => {
    await overwrite('a', 'aab')
    await overwrite('b/c', 'longer')
    expect(await ferry(['rm', `${url}b/empty`])).toMatchObject({ code: 0 })
    const { code, stderr } = await ferry(['get', 'out', '--manifest', manifest])
    expect(stderr).toContain(`\`${url}a\` has another checksum than in the manifest`)
    expect(stderr).toContain(`\`${url}b/c\` is 6 bytes, not the 2 of the manifest`)
    expect(stderr).toContain(`\`${url}b/empty\` is in the manifest, but not there`)
    expect(stderr).toContain('0 objects, 0 B, 3 failed')
    expect(code).toBe(65)
    expect(await out()).toEqual({})
    const piped = await ferry(['get', '--manifest', manifest, '-r', url, '-'])
    expect(piped.code).toBe(65)
  })

  test('what was there already is vouched for, too; compressed parts as they are stored', async () => {
    const args = ['put', '-r', 'in', `${folder}/c/`, '--manifest', 'm']
    expect(await ferry(args)).toMatchObject({ code: 0 })
    const plain = await readFile(join(cwd, 'm'), 'utf8')
    for (const more of ['--sync', '--skip-existing']) {
      expect(await ferry([...args, more])).toMatchObject({ code: 0, stderr: '' })
      expect(await readFile(join(cwd, 'm'), 'utf8')).toBe(plain)
    }
    const packed = ['put', '-r', 'in', `${folder}/z/`, '--gzip', '--manifest', 'z']
    expect(await ferry(packed)).toMatchObject({ code: 0 })
    const unpacked = ['get', '--manifest', 'z', '--gzip', 'out']
    expect(await ferry(unpacked)).toMatchObject({ code: 0, stderr: '' })
    expect(await out()).toEqual({ a: 'aaa', 'b/c': 'cc', 'b/empty': '' })
  })

  // A folder keeps no metadata.
  if (kind !== 'file') {
    test('rows come from the metadata of who knows them', async () => {
      const args = ['put', 'in/a', `${folder}/r/`, '--metadata', 'rows=7', '--manifest', 'm']
      expect(await ferry(args)).toMatchObject({ code: 0, stderr: '' })
      const { parts } = parseManifest(await readFile(join(cwd, 'm'), 'utf8'), 'm')
      expect(parts).toMatchObject([{ rows: 7, bytes: 3 }])
    })
  }
})

test('no manifest where not all arrived; an old one stays, and vouches for nothing that changed', async () => {
  const args = ['put', '-r', 'in', 'lake', '--manifest', 'lake.manifest']
  expect(await run(args)).toMatchObject({ code: 0, stderr: '' })
  const before = await readFile(join(cwd, 'lake.manifest'), 'utf8')
  await writeTree(cwd, { 'in/a': 'new', 'in/x/y': '1', 'lake/x': 'a file in the way' })
  const { code, stderr } = await run(args)
  expect(stderr).toContain('lake.manifest was not written: not all arrived')
  expect(code).toBe(65)
  expect(await readFile(join(cwd, 'lake.manifest'), 'utf8')).toBe(before)
  expect(await run(['get', 'out', '--manifest', 'lake.manifest'])).toMatchObject({ code: 65 })
})

test('--dry-run writes none, and what is no manifest is refused', async () => {
  const planned = await run(['put', '-rn', 'in', 'lake', '--manifest', 'm'])
  expect(planned.stdout).toContain(`would put ${cwd}/m\n`)
  expect(await run(['get', 'out', '--manifest', 'm'])).toMatchObject({ code: 66 })
  expect(await run(['get', 'out', '--manifest', 'in/a'])).toMatchObject({ code: 65 })
  expect(await run(['put', 'in/a', 'lake/', '--manifest', 'lake/'])).toMatchObject({ code: 64 })
})
