import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, CLOUDS } from '../support/cloud.ts'
import { readTree, writeTree } from '../support/file-tree.ts'
import { type RunResult, runFerry } from '../support/run-ferry.ts'

const MIB = 1_048_576
const FILES = {
  'a.csv': 'one',
  'b c/é.csv': 'two',
  empty: '',
  'd/in-parts.bin': Buffer.alloc(11 * MIB + 1, 'of several parts '),
}
const NAMES = Object.keys(FILES).toSorted()

const clouds: Cloud[] = []
let cwd: string
/** By kind, URLs that end in `/`. */
const places = new Map<string, string>()

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ferry-between-'))
  places.set('file', `${cwd}/lake/`)
  for (const [kind, start] of CLOUDS) {
    const cloud = await start()
    clouds.push(cloud)
    places.set(kind, cloud.url)
  }
  await writeTree(join(cwd, 'in'), FILES)
}, 120_000)

afterAll(async () => {
  for (const cloud of clouds) await cloud[Symbol.asyncDispose]()
  await rm(cwd, { recursive: true })
})

function ferry(...args: readonly string[]): Promise<RunResult> {
  const env = Object.assign({ XDG_CACHE_HOME: join(cwd, '.cache') }, ...clouds.map(one => one.env))
  return runFerry(args, { cwd, env })
}

/** Names and sums of what lies below a URL, by reading it. */
async function contentOf(url: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(cwd, 'out-'))
  const { code, stderr } = await ferry('get', '-r', url, folder)
  expect([url, code, stderr]).toEqual([url, 0, ''])
  const tree = await readTree(folder)
  await rm(folder, { recursive: true })
  return tree
}

const KINDS = ['file', ...CLOUDS.map(([kind]) => kind)]
const PAIRS = KINDS.flatMap(source => KINDS.map(target => [source, target] as const))

describe.for(PAIRS)('from %s to %s', ([from, to]) => {
  const source = (): string => `${places.get(from)}${from}-${to}/`
  const target = (verb: string): string => `${places.get(to)}${verb}-${from}-${to}/`
  let expected: Record<string, string>

  beforeAll(async () => {
    expected = await readTree(join(cwd, 'in'))
    expect(await ferry('put', '-r', 'in', source())).toMatchObject({ code: 0, stderr: '' })
  })

  test('cp copies everything, and leaves the source', async () => {
    const copied = await ferry('cp', '-r', source(), target('cp'), '--part-size', '5MiB')
    expect(copied).toMatchObject({ code: 0, stderr: '' })
    expect(await contentOf(target('cp'))).toEqual(expected)
    expect(await contentOf(source())).toEqual(expected)
  })

  test('sync copies everything once, then what has changed, and removes what is gone', async () => {
    const sync = async (...more: string[]): Promise<readonly string[]> => {
      const { stdout, stderr } = await ferry('sync', source(), target('sync'), '--json', ...more)
      expect(stderr).toBe('')
      const lines = stdout.trimEnd().split('\n')
      const told = lines.map(line => JSON.parse(line) as { action: string; status: string })
      return told.map(({ action, status }) => `${action} ${status}`).toSorted()
    }
    // Where two services have no checksum in common, times decide, and some are whole seconds: what was
    // written in the second of its copy is copied once more.
    await sleep(1_100)
    expect(await sync()).toEqual(NAMES.map(() => 'copy done'))
    expect(await sync()).toEqual(NAMES.map(() => 'copy skipped'))
    // Of the same size.
    await writeTree(cwd, { changed: 'two' })
    expect(await ferry('put', 'changed', `${source()}a.csv`)).toMatchObject({ code: 0 })
    expect(await ferry('rm', `${source()}empty`)).toMatchObject({ code: 0 })
    expect(await sync('--delete')).toEqual([
      'copy done',
      'copy skipped',
      'copy skipped',
      'remove done',
    ])
    const left = new Map(Object.entries({ ...expected, 'a.csv': 'two' }))
    left.delete('empty')
    expect(await contentOf(target('sync'))).toEqual(Object.fromEntries(left))
  })

  test('mv leaves nothing at the source', async () => {
    const before = await contentOf(source())
    const moved = await ferry('mv', '-r', source(), target('mv'))
    expect(moved).toMatchObject({ code: 0, stderr: '' })
    expect(await contentOf(target('mv'))).toEqual(before)
    expect((await ferry('ls', '-r', source())).stdout).toBe('')
  })
})
