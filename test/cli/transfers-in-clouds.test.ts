import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Cloud, CLOUDS } from '../support/cloud.ts'
import { readTree, writeTree } from '../support/file-tree.ts'
import { keysBelow } from '../support/place.ts'
import { type RunOptions, runFerry } from '../support/run-ferry.ts'

const MIB = 1_048_576
/** In full, more than a page of a listing holds. */
const MANY = process.env['FERRY_SOAK'] === undefined ? 100 : 1_203

describe.for(CLOUDS)('%s', ([kind, start]) => {
  let cloud: Cloud
  let cwd: string
  let nr = 0
  /** A folder of the bucket that no other test has. */
  let url: string
  let prefix: string

  beforeAll(async () => {
    cloud = await start()
  }, 60_000)

  afterAll(() => cloud[Symbol.asyncDispose]())

  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'ferry-clouds-'))
    prefix = `t${++nr}/`
    url = `${cloud.url}${prefix}`
    return () => rm(cwd, { recursive: true })
  })

  const ferry = (args: readonly string[], options: Partial<RunOptions> = {}) =>
    runFerry(args, { cwd, env: { ...cloud.env, XDG_CACHE_HOME: join(cwd, '.cache') }, ...options })
  const signal = () => AbortSignal.timeout(20_000)
  const putObject = (key: string, text: string | Uint8Array = key) =>
    cloud.store.put(`${prefix}${key}`, Buffer.from(text), { signal: signal() })
  const stat = (key: string) => cloud.store.stat(`${prefix}${key}`, { signal: signal() })

  const keys = () => keysBelow(cloud.store, prefix)

  test('a tree goes up and comes down, with names of all kinds', async () => {
    const names = [
      'a',
      'b c',
      'd%20e',
      'f+g',
      'é',
      '日本/🚀',
      '.hidden',
      'h/.i/j',
      '#k?l&m=n',
      "o'p",
    ]
    await writeTree(join(cwd, 'in'), Object.fromEntries(names.map(name => [name, `of ${name}`])))
    await writeTree(join(cwd, 'in'), { empty: '', exact: Buffer.alloc(8 * MIB, '1') })
    await writeTree(join(cwd, 'in'), { more: Buffer.alloc(8 * MIB + 1, '2') })
    expect(await ferry(['put', '-r', 'in', url])).toMatchObject({ code: 0, stderr: '' })
    expect((await keys()).toSorted()).toEqual([...names, 'empty', 'exact', 'more'].toSorted())
    expect(await ferry(['get', '-r', url, 'out'])).toMatchObject({ code: 0, stderr: '' })
    expect(await readTree(join(cwd, 'out'))).toEqual(await readTree(join(cwd, 'in')))
  })

  test('nothing leaves the target folder, and what has no path fails by name', async () => {
    await writeFile(join(cwd, 'x'), 'mine')
    // Azure cannot hold these at all.
    const dotted = ['../x', '../../x', 'a/../../x', './d', '..']
    const bad = ['/x', 'b//c', 'e/', '.ferry-upload-1-x', ...(kind === 'azure' ? [] : dotted)]
    for (const key of bad) await putObject(key)
    await putObject('good')
    const { code, stderr } = await ferry(['get', '-r', url, 'out'])
    for (const key of bad) {
      expect(stderr).toMatch(`ferry: error: get ${url}${key}: \`${key}\` cannot be a file's path: `)
    }
    expect(stderr).toContain(`\nferry: 1 object, 4 B, ${bad.length} failed`)
    expect(code).toBe(65)
    expect(await readTree(join(cwd, 'out'))).toEqual({ good: 'good' })
    expect(await readFile(join(cwd, 'x'), 'utf8')).toBe('mine')
    expect((await readdir(cwd)).sort()).toEqual(['.cache', 'out', 'x'])
  })

  test('of an object and others in a folder of its name, one is kept and the rest said', async () => {
    for (const key of ['a', 'a/b', 'a/c', 'd']) await putObject(key)
    const { code, stderr } = await ferry(['get', '-r', url, 'out'])
    const out = await readTree(join(cwd, 'out'))
    expect(code).toBe(65)
    expect(out['d']).toBe('d')
    const failed = stderr.match(/^ferry: error: /gm)?.length ?? 0
    expect(Object.keys(out).length + failed).toBe(4)
    expect(stderr).toMatch(/(?:a folder has that name|has the name of one of its folders)$/m)
  })

  test('type, metadata and encoding are kept, and go along from bucket to bucket', async () => {
    await writeTree(cwd, { 'a.csv': 'x' })
    const settings = ['--content-type', 'text/csv', '--metadata', 'Rows=3', '--metadata', 'by=a=b']
    expect(await ferry(['put', 'a.csv', url, ...settings])).toMatchObject({ code: 0 })
    const expected = { contentType: 'text/csv', metadata: { rows: '3', by: 'a=b' } }
    expect(await stat('a.csv')).toMatchObject(expected)
    expect(await ferry(['cp', `${url}a.csv`, `${url}b.csv`])).toMatchObject({ code: 0, stderr: '' })
    expect(await stat('b.csv')).toMatchObject(expected)
    expect(await ferry(['mv', `${url}b.csv`, `${url}c/`])).toMatchObject({ code: 0, stderr: '' })
    expect(await stat('c/b.csv')).toMatchObject(expected)
    expect(await keys()).toEqual(['a.csv', 'c/b.csv'])
    // A file has no place for them, and takes the bytes.
    expect(await ferry(['get', `${url}a.csv`, '.'])).toMatchObject({ code: 0, stderr: '' })
  })

  test('an unknown storage class is refused before anything is sent', async () => {
    await writeTree(cwd, { a: 'x' })
    const { code, stderr } = await ferry(['put', 'a', url, '--storage-class', 'Nonsense'])
    expect(stderr).toMatch(/Nonsense/)
    expect(code).toBe(64)
    expect(await keys()).toEqual([])
  })

  test('--sync sees a change of the same size; --skip-existing does not look', async () => {
    await writeTree(cwd, { 'in/a': 'old', 'in/b': 'same' })
    expect(await ferry(['put', '-r', 'in', url])).toMatchObject({ code: 0 })
    await writeFile(join(cwd, 'in/a'), 'new')
    const skipped = await ferry(['put', '-rv', 'in', url, '--skip-existing'])
    expect(skipped.stdout.match(/\(exists\)/g)).toHaveLength(2)
    const synced = await ferry(['put', '-rv', 'in', url, '--sync'])
    expect(synced.stdout.split('\n').sort()).toEqual([
      '',
      `put ${cwd}/in/a -> ${url}a`,
      `skip ${cwd}/in/b -> ${url}b (same checksum)`,
    ])
    expect((await ferry(['cat', `${url}a`])).stdout).toBe('new')
  })

  test('the standard input goes up in parts, and comes down to the standard output', async () => {
    const input = 'some line of text\n'.repeat(700_000)
    const up = await ferry(['put', '-', `${url}big`, '--part-size', '5MiB'], { input })
    expect(up).toMatchObject({ code: 0, stderr: '' })
    const packed = await ferry(['put', '--gzip', '-', `${url}big.gz`], { input })
    expect(packed).toMatchObject({ code: 0, stderr: '' })
    expect((await ferry(['get', `${url}big`, '-'])).stdout).toBe(input)
    expect((await ferry(['cat', '--gzip', `${url}big.gz`])).stdout).toBe(input)
  })

  test('get --gzip unpacks what is stored', async () => {
    await putObject('a.csv.gz', gzipSync('a,b\n1,2\n'))
    expect(await ferry(['get', '-r', url, 'out', '--gzip'])).toMatchObject({ code: 0, stderr: '' })
    expect(await readTree(join(cwd, 'out'))).toEqual({ 'a.csv': 'a,b\n1,2\n' })
  })

  test('many objects all arrive', { timeout: 120_000 }, async () => {
    const files = Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`f${at}`, `${at}`]))
    await writeTree(join(cwd, 'in'), files)
    expect(await ferry(['put', '-r', 'in', url])).toMatchObject({ code: 0, stderr: '' })
    expect(await ferry(['get', '-r', url, 'out'])).toMatchObject({ code: 0, stderr: '' })
    expect(await readTree(join(cwd, 'out'))).toEqual(files)
  })

  test('mv takes away what arrived, and nothing else', async () => {
    await putObject('/x')
    await putObject('a')
    await putObject('b/c')
    const { code } = await ferry(['mv', '-r', url, 'out'])
    expect(code).toBe(65)
    expect(await keys()).toEqual(['/x'])
    expect(await readTree(join(cwd, 'out'))).toEqual({ a: 'a', 'b/c': 'b/c' })
  })

  test('who may not write is told so, and mv removes nothing', async () => {
    await writeTree(cwd, { a: 'mine' })
    await putObject('b')
    const env = cloud.readOnlyEnv
    expect(await ferry(['cat', `${url}b`], { env })).toMatchObject({ code: 0, stdout: 'b' })
    for (const args of [
      ['put', 'a', url],
      ['mv', 'a', url],
      ['cp', `${url}b`, `${url}c`],
      ['mv', `${url}b`, 'out/'],
    ]) {
      const { code, stderr } = await ferry(args, { env })
      expect([args, code]).toEqual([args, 77])
      expect(stderr).toMatch(/\n {2}hint: \w/)
      for (const secret of cloud.secrets) expect(stderr).not.toContain(secret)
    }
    expect(await readFile(join(cwd, 'a'), 'utf8')).toBe('mine')
    expect(await keys()).toEqual(['b'])
  })

  test('a bucket that is not there is named once for each file, and exits 66', async () => {
    await writeTree(cwd, { a: '1' })
    const missing = cloud.url.replace('bucket-', 'no-bucket-')
    for (const args of [
      ['put', 'a', missing],
      ['get', '-r', missing, 'out'],
      ['cat', `${missing}x`],
    ]) {
      const { code, stderr } = await ferry(args)
      expect(stderr).toMatch(/no-bucket-\w+/)
      expect([args, code]).toEqual([args, 66])
    }
  })
})
