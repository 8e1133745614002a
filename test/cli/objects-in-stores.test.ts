import { mkdir, mkdtemp, rm, symlink, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Cloud, CLOUDS } from '../support/cloud.ts'
import { readTree, writeTree } from '../support/file-tree.ts'
import { type Place, PLACES } from '../support/place.ts'
import { type RunOptions, type RunResult, runFerry } from '../support/run-ferry.ts'

const FILES = { 'a.csv': 'one', 'a/b.csv': 'two!', 'a/c d/é.csv': '3', 'a-b.csv': '' }

describe.for(PLACES)('%s', ([kind, start]) => {
  let place: Place
  let cwd: string
  let nr = 0
  let url: string

  beforeAll(async () => {
    place = await start()
  }, 120_000)
  afterAll(() => place[Symbol.asyncDispose]())

  const ferry = (args: readonly string[], options: Partial<RunOptions> = {}): Promise<RunResult> =>
    runFerry(args, { cwd, env: { ...place.env, XDG_CACHE_HOME: join(cwd, '.cache') }, ...options })
  const below = (text: string): string => text.replaceAll(url, '')

  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'ferry-objects-'))
    url = `${place.url}t${++nr}/`
    await writeTree(join(cwd, 'tree'), FILES)
    const { code, stderr } = await ferry(['put', '-r', 'tree', url])
    expect([code, stderr]).toEqual([0, ''])
    return () => rm(cwd, { recursive: true })
  })

  test('ls lists a folder, everything, an object, a pattern, and sums up', async () => {
    const cases: [string[], string][] = [
      [[url], 'a-b.csv\na.csv\na/\n'],
      [[url.slice(0, -1)], 'a-b.csv\na.csv\na/\n'],
      [['-r', url], 'a-b.csv\na.csv\na/b.csv\na/c d/é.csv\n'],
      [[`${url}a.csv`], 'a.csv\n'],
      [[`${url}*.csv`], 'a-b.csv\na.csv\n'],
      [['-r', '--exclude', 'a/', url], 'a-b.csv\na.csv\n'],
      [['-r', '--du', url], 'a-b.csv\na.csv\na/b.csv\na/c d/é.csv\n4 objects, 8 bytes (8 B)\n'],
    ]
    for (const [args, expected] of cases) {
      const { code, stdout, stderr } = await ferry(['ls', ...args])
      expect([args, code, stderr, below(stdout)]).toEqual([args, 0, '', expected])
    }
    const { stdout } = await ferry(['ls', '--json', url])
    const lines = stdout.trim().split('\n')
    const records = lines.map(line => JSON.parse(line) as Record<string, unknown>)
    expect(records.map(({ kind, size }) => [kind, size])).toEqual([
      ['object', 0],
      ['object', 3],
      ['prefix', undefined],
    ])
    const long = await ferry(['ls', '-l', `${url}a.csv`])
    expect(below(long.stdout)).toMatch(/^ {13}3 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}a\.csv\n$/)
  })

  test('ls and du tell what is not there, go on, and fail', async () => {
    for (const command of ['ls', 'du']) {
      const { code, stdout, stderr } = await ferry([command, `${url}nope`, `${url}a.csv`])
      expect([command, code, stdout.trim().split('\n').length]).toEqual([command, 66, 1])
      expect(stderr).toContain(`nothing matches \`${url}nope\``)
    }
  })

  test('du sums up folders and objects', async () => {
    const { stdout } = await ferry(['du', url, `${url}a`, `${url}a.csv`])
    expect(below(stdout)).toBe('8\t4\t\n5\t2\ta\n3\t1\ta.csv\n')
  })

  test('stat tells size and time; what is not there fails, and the others are told', async () => {
    const { code, stdout, stderr } = await ferry(['stat', '--json', `${url}no`, `${url}a/b.csv`])
    expect([code, JSON.parse(stdout)]).toEqual([66, expect.objectContaining({ size: 4 })])
    expect(stderr).toContain('does not exist')
  })

  test('rm removes one, a folder, a pattern; --dry-run none; what is not there fails', async () => {
    const left = async (): Promise<string> => below((await ferry(['ls', '-r', url])).stdout)
    const dry = await ferry(['rm', '-r', `${url}a`, '--dry-run'])
    expect(below(dry.stdout)).toBe('would remove a/b.csv\nwould remove a/c d/é.csv\n')
    expect((await ferry(['rm', '-r', `${url}a`])).code).toBe(0)
    expect(await left()).toBe('a-b.csv\na.csv\n')
    const missing = await ferry(['rm', `${url}no`, `${url}a.csv`])
    expect([missing.code, await left()]).toEqual([66, 'a-b.csv\n'])
    expect((await ferry(['rm', '-f', `${url}no`])).code).toBe(0)
    expect((await ferry(['rm', '--prefix', `${url}a-`])).code).toBe(0)
    expect(await left()).toBe('')
  })

  test('sync goes up and comes down; the second time nothing is to be done', async () => {
    const old = new Date('2026-03-01T00:00:00Z')
    for (const name of Object.keys(FILES)) await utimes(join(cwd, 'tree', name), old, old)
    const told = async (...args: string[]): Promise<string[]> => {
      const { stdout, stderr } = await ferry(['sync', '--json', ...args])
      expect(stderr).toBe('')
      const lines = stdout.trim().split('\n')
      const records = lines.map(line => JSON.parse(line) as { status: string; reason: string })
      return [...new Set(records.map(({ status, reason }) => `${status}: ${reason}`))]
    }
    const same = kind === 'file' ? 'content' : 'checksum'
    expect(await told('tree', url)).toEqual([`skipped: same size and ${same}`])
    expect(await told('tree', url)).toEqual(['skipped: unchanged since the last sync'])
    await writeTree(join(cwd, 'tree'), { 'a.csv': 'two' })
    await utimes(join(cwd, 'tree/a.csv'), old, old)
    expect(await told('tree', url, '--include', 'a.csv')).toEqual([`done: other ${same}`])
    expect(await told(url, 'down')).toEqual(['done: new'])
    expect(await readTree(join(cwd, 'down'))).toEqual({ ...FILES, 'a.csv': 'two' })
    await rm(join(cwd, 'tree/a'), { recursive: true })
    expect(await told('tree', url, '--delete')).toContain('done: not in the source')
    expect(below((await ferry(['ls', '-r', url])).stdout)).toBe('a-b.csv\na.csv\n')
  })

  test('mb makes, rb removes what is empty, and with --force what is not', async () => {
    const isFile = kind === 'file'
    const bucket = isFile ? join(cwd, 'bucket/') : `${place.url.slice(0, -1)}-other`
    for (const said of ['created', 'exists']) {
      expect((await ferry(['mb', '-v', bucket])).stdout.trim()).toMatch(new RegExp(`${said}$`))
    }
    await ferry(['put', 'tree/a.csv', isFile ? bucket : `${bucket}/`])
    const full = await ferry(['rb', bucket])
    expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('is not empty')])
    expect((await ferry(['rb', '--force', bucket])).code).toBe(0)
    expect((await ferry(['ls', isFile ? bucket : `${bucket}/`])).code).toBe(66)
    const object = await ferry(['rb', `${url}a.csv`])
    expect(object.code).not.toBe(0)
  })
})

describe.for(CLOUDS)('from %s', ([kind, start]) => {
  let cloud: Cloud
  let cwd: string
  beforeAll(async () => {
    cloud = await start()
    cwd = await mkdtemp(join(tmpdir(), 'ferry-objects-'))
  }, 120_000)
  afterAll(async () => {
    await cloud[Symbol.asyncDispose]()
    await rm(cwd, { recursive: true })
  })

  const put = (key: string, text = key) =>
    cloud.store.put(key, Buffer.from(text), { signal: AbortSignal.timeout(20_000) })
  const ferry = (args: readonly string[], env = cloud.env): Promise<RunResult> =>
    runFerry(args, { cwd, env: { ...env, XDG_CACHE_HOME: join(cwd, '.cache') } })

  test('names that no file can have are told, the others come, none leaves the folder', async () => {
    // Azure cannot hold a name with `..` in it.
    const outside = kind === 'azure' ? 'n//x' : 'n/../../x'
    for (const key of [outside, 'n/a//b', `n/${'l'.repeat(300)}`, 'n/ok.csv']) await put(key)
    const { code, stderr } = await ferry(['sync', `${cloud.url}n/`, 'names', '--delete'])
    expect(code).toBe(65)
    expect(stderr.match(/cannot be a file's path/g)).toHaveLength(3)
    expect(await readTree(cwd)).toMatchObject({ 'names/ok.csv': 'n/ok.csv' })
    expect(Object.keys(await readTree(cwd)).filter(path => path.endsWith('x'))).toEqual([])
  })

  test('markers of folders are no files, and stay', async () => {
    for (const key of ['m/', 'm/sub/']) await put(key, '')
    await put('m/sub/a.csv')
    expect((await ferry(['sync', `${cloud.url}m/`, 'marked', '--delete'])).code).toBe(0)
    expect(await readTree(join(cwd, 'marked'))).toEqual({ 'sub/a.csv': 'm/sub/a.csv' })
    expect((await ferry(['sync', 'marked', `${cloud.url}m/`, '--delete'])).code).toBe(0)
    const { stdout } = await ferry(['ls', '-r', `${cloud.url}m/`])
    expect(stdout.replaceAll(cloud.url, '')).toBe('m/\nm/sub/\nm/sub/a.csv\n')
  })

  test('an empty prefix is more likely a wrong name', async () => {
    await mkdir(join(cwd, 'kept'))
    const { code, stderr } = await ferry(['sync', `${cloud.url}typo/`, 'kept'])
    expect([code, stderr]).toEqual([66, expect.stringContaining('nothing is in')])
  })

  test('who may not write is told so, for each object', async () => {
    await put('r/a.csv')
    await put('r/b.csv')
    const removed = await ferry(['rm', '-r', `${cloud.url}r/`, '--json'], cloud.readOnlyEnv)
    expect(removed.code).toBe(77)
    expect(removed.stdout.trim().split('\n')).toHaveLength(2)
    await writeTree(join(cwd, 'up'), { 'c.csv': 'c' })
    const synced = await ferry(['sync', 'up', `${cloud.url}r/`, '--delete'], cloud.readOnlyEnv)
    expect([synced.code, synced.stderr]).toEqual([
      77,
      expect.stringContaining('nothing was removed'),
    ])
  })

  test('presign opens an object to who has no credentials; a file cannot be', async () => {
    await put('p/a b.csv', 'signed')
    const { code, stdout } = await ferry(['presign', `${cloud.url}p/a b.csv`, '--expires', '5m'])
    const answer = await fetch(stdout.trim())
    expect([code, await answer.text()]).toEqual([0, 'signed'])
    for (const secret of cloud.secrets) expect(stdout).not.toContain(secret)
    const written = await ferry(['presign', '--method', 'PUT', `${cloud.url}p/new`])
    const headers = { 'x-ms-blob-type': 'BlockBlob' } // wanted by Azure alone
    await fetch(written.stdout.trim(), { method: 'PUT', body: 'put', headers })
    expect((await ferry(['cat', `${cloud.url}p/new`])).stdout).toBe('put')
    for (const args of [
      ['presign', './a'],
      ['presign', `${cloud.url}p/`],
      ['presign', `${cloud.url}x`, '--expires', '8d'],
    ]) {
      expect((await ferry(args)).code).toBe(64)
    }
  })
})

test('a folder that cannot be read whole is not summed up as if it were', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-objects-'))
  try {
    await writeTree(folder, FILES)
    await symlink('nowhere', join(folder, 'broken'))
    const { code, stdout, stderr } = await runFerry(['du', folder], { cwd: folder })
    expect([code, stdout]).toEqual([66, expect.stringContaining('8\t4\t')])
    expect(stderr).toContain('leads nowhere')
  } finally {
    await rm(folder, { recursive: true })
  }
})
