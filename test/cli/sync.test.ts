import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readTree, writeTree } from '../support/file-tree.ts'
import { runFerry, type RunResult } from '../support/run-ferry.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ferry-sync-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

function sync(...args: readonly string[]): Promise<RunResult> {
  return runFerry(['sync', ...args], { cwd: home, env: { XDG_CACHE_HOME: join(home, 'cache') } })
}

/** `copy done new`, one for each object, by its name below the target. */
async function outcomes(...args: readonly string[]): Promise<Record<string, string>> {
  const { stdout } = await sync(...args, '--json')
  const lines = stdout.trim().split('\n').filter(Boolean)
  const told = lines.map(line => JSON.parse(line) as Record<string, string>)
  return Object.fromEntries(
    told.map(({ action, status, target = '', reason }) => [
      target.replace(`${home}/to/`, ''),
      [action, status, reason].join(' '),
    ]),
  )
}

const OLD = new Date('2026-03-01T00:00:00Z')

async function writeOld(path: string, content: string): Promise<void> {
  await writeTree(home, { [path]: content })
  await utimes(join(home, path), OLD, OLD)
}

function recorded(): readonly unknown[] {
  const database = new DatabaseSync(join(home, 'cache/ferry/sync.sqlite'), { readOnly: true })
  try {
    return database
      .prepare('select name from pairs order by name')
      .all()
      .map(row => row['name'])
  } finally {
    database.close()
  }
}

test('what is gone from both sides leaves the record; what one side still has does not', async () => {
  const all = ['a', 'b/b', 'b/c', 'c', 'd']
  for (const name of all) await writeOld(`from/${name}`, name)
  await sync('from', 'to')
  expect(recorded()).toEqual(all)
  for (const name of ['from/a', 'to/a', 'from/b', 'to/b', 'from/d', 'to/c']) {
    await rm(join(home, name), { recursive: true })
  }
  await sync('from', 'to', '--exclude', 'x')
  expect(recorded()).toEqual(all)
  expect((await sync('from', 'to')).code).toBe(0)
  expect(recorded()).toEqual(['c', 'd'])
  expect((await sync('from', 'to', '--delete')).code).toBe(0)
  await sync('from', 'to')
  expect(recorded()).toEqual(['c'])
})

test('the target gets what it lacks and what is other, and keeps what the source lacks', async () => {
  await writeTree(home, {
    'from/a.csv': 'new',
    'from/a/b.csv': '1',
    'from/a-b.csv': 'same',
    'to/a/b.csv': '22',
    'to/a-b.csv': 'same',
    'to/old.csv': 'stays',
  })
  expect(await outcomes('from', 'to')).toEqual({
    'a-b.csv': 'copy skipped same size and content',
    'a.csv': 'copy done new',
    'a/b.csv': 'copy done other size',
  })
  expect(await readTree(join(home, 'to'))).toEqual({
    'a-b.csv': 'same',
    'a.csv': 'new',
    'a/b.csv': '1',
    'old.csv': 'stays',
  })
})

describe('a file changed to one of the same size is copied', () => {
  const changes: Record<string, (path: string) => Promise<void>> = {
    'written over': path => writeFile(path, 'two'),
    'with the time set back, as by cp -p': async path => {
      await writeFile(path, 'two')
      await utimes(path, OLD, OLD)
    },
    'replaced by another of the same time, as by mv and rsync': async path => {
      await writeFile(`${path}.new`, 'two')
      await utimes(`${path}.new`, OLD, OLD)
      await rename(`${path}.new`, path)
    },
  }
  test.for(Object.entries(changes))('%s', async ([, change]) => {
    await writeOld('from/x.csv', 'one')
    expect(await outcomes('from', 'to')).toEqual({ 'x.csv': 'copy done new' })
    expect(await outcomes('from', 'to')).toEqual({
      'x.csv': 'copy skipped unchanged since the last sync',
    })
    await change(join(home, 'from/x.csv'))
    expect(await outcomes('from', 'to')).toEqual({ 'x.csv': 'copy done other content' })
    expect(await readTree(join(home, 'to'))).toEqual({ 'x.csv': 'two' })
  })

  test('in the target', async () => {
    await writeOld('from/x.csv', 'one')
    await sync('from', 'to')
    await writeOld('to/x.csv', 'bad')
    expect(await outcomes('from', 'to')).toEqual({ 'x.csv': 'copy done other content' })
    expect(await readTree(join(home, 'to'))).toEqual({ 'x.csv': 'one' })
  })
})

test('a file that is still fresh is compared again, not remembered', async () => {
  await writeTree(home, { 'from/x.csv': 'one' })
  await utimes(join(home, 'from/x.csv'), new Date(), new Date(Date.now() + 60_000))
  await sync('from', 'to')
  expect(await outcomes('from', 'to')).toEqual({ 'x.csv': 'copy skipped same size and content' })
})

describe('--delete', () => {
  test('removes what the source lacks, and the folders that are empty then', async () => {
    await writeTree(home, { 'from/a.csv': '1', 'to/a.csv': '1', 'to/old/b.csv': '2' })
    expect(await outcomes('from', 'to', '--delete', '--dry-run')).toMatchObject({
      'old/b.csv': 'remove planned not in the source',
    })
    expect(Object.keys(await readTree(join(home, 'to')))).toEqual(['a.csv', 'old/b.csv'])
    const { code } = await sync('from', 'to', '--delete')
    expect([code, await readTree(join(home, 'to'))]).toEqual([0, { 'a.csv': '1' }])
  })

  test('removes nothing that --exclude leaves out', async () => {
    await writeTree(home, { 'from/a.csv': '1', 'to/a.csv': '1', 'to/tmp/b': '2', 'to/c.tmp': '3' })
    await sync('from', 'to', '--delete', '--exclude', '*.tmp', '--exclude', 'tmp/')
    expect(Object.keys(await readTree(join(home, 'to')))).toEqual(['a.csv', 'c.tmp', 'tmp/b'])
  })

  test('removes nothing when the source is empty', async () => {
    await mkdir(join(home, 'from'))
    await writeTree(home, { 'to/a.csv': '1' })
    const { code, stderr } = await sync('from', 'to', '--delete')
    expect(code).toBe(1)
    expect(stderr).toContain('nothing was removed, as the source is empty')
    expect(await readTree(join(home, 'to'))).toEqual({ 'a.csv': '1' })
  })

  test('removes nothing when something of the source could not be read or copied', async () => {
    await writeTree(home, { 'from/a.csv': '1', 'to/b.csv': '1' })
    await symlink('nowhere', join(home, 'from/broken'))
    const { code, stderr } = await sync('from', 'to', '--delete')
    expect(code).toBe(66)
    expect(stderr).toContain('leads nowhere')
    expect(stderr).toContain('nothing was removed, as 1 before it failed')
    expect(await readTree(join(home, 'to'))).toEqual({ 'a.csv': '1', 'b.csv': '1' })
  })

  test('lets a file take the place of a folder, and a folder that of a file', async () => {
    await writeTree(home, { 'from/a': 'file', 'from/b/c': 'deep', 'to/a/b': '1', 'to/b': '2' })
    const without = await sync('from', 'to')
    expect(without.code).toBe(65)
    expect(without.stderr).toContain('a folder has that name')
    const { code } = await sync('from', 'to', '--delete')
    expect([code, await readTree(join(home, 'to'))]).toEqual([0, { a: 'file', 'b/c': 'deep' }])
  })

  test('removes nothing outside of the target, where a link leads', async () => {
    await writeTree(home, { 'from/a': '1', 'to/a': '1', 'elsewhere/precious': '2' })
    await symlink('../elsewhere', join(home, 'to/link'))
    const { code, stderr } = await sync('from', 'to', '--delete')
    expect(code).toBe(65)
    expect(stderr).toContain('lies behind a link')
    expect(await readTree(join(home, 'elsewhere'))).toEqual({ precious: '2' })
  })
})

describe('refused', () => {
  test.for([
    ['from', 'from/inside'],
    ['from/inside', 'from'],
    ['from', 'from'],
    ['from', 'link/inside'],
  ])('%s to %s', async ([source, target]) => {
    await writeTree(home, { 'from/inside/a': '1' })
    await symlink('from', join(home, 'link'))
    const { code, stderr } = await sync(source ?? '', target ?? '', '--delete')
    expect([code, stderr]).toEqual([64, expect.stringContaining('lie in each other')])
    expect(await readTree(join(home, 'from'))).toEqual({ 'inside/a': '1' })
  })

  test('a source that is not there', async () => {
    await writeTree(home, { 'to/a': '1' })
    const { code, stderr } = await sync('form', 'to', '--delete')
    expect([code, stderr]).toEqual([66, expect.stringContaining('does not exist')])
    expect(await readTree(join(home, 'to'))).toEqual({ a: '1' })
  })
})
