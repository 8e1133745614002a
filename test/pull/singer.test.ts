import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runFerry } from '../support/run-ferry.ts'
import { DATE, PullProject } from './pull-project.ts'

const TAP = `${process.execPath} ${join(import.meta.dirname, 'taps/tap.mjs')}`

/** A project with a tap, and the tap's configuration in a file. */
async function withTap(config: unknown, more: object = {}): Promise<PullProject> {
  const project = await PullProject.make({ crm: { singer: `${TAP} --config c.json`, ...more } })
  await writeFile(project.path('c.json'), JSON.stringify(config))
  return project
}

const edgeOf = async (project: PullProject, name: string): Promise<string> =>
  (await project.manifest(name)).delivery.to ?? ''

test('each stream becomes a table, with the columns of its schema', async () => {
  await using project = await withTap({ users: 3 })
  const { code, stderr } = await project.pull(['crm'])
  expect([code, stderr]).toEqual([0, 'tap: begins at 0\n'])
  expect(await project.rows('crm.users')).toHaveLength(3)
  expect((await project.rows('crm.users'))[1]).toEqual({
    id: '2',
    name: 'user 2',
    balance: '12345678901234567.21',
    created: '2026-03-01 09:00:02+00',
    born: '1990-01-03',
    address: '{"city":"Zürich","zip":2}',
    never: null,
  })
  const { table, delivery } = await project.manifest('crm.users')
  expect(table.key).toEqual(['id'])
  expect(table.columns.map(({ type }) => type.kind)).toEqual([
    'integer',
    'text',
    'decimal',
    'timestamp',
    'date',
    'json',
    'boolean',
  ])
  expect([delivery.mode, delivery.rows, delivery.from]).toEqual(['incremental', 'all', null])
  expect(await project.rows('crm.log-entries')).toEqual(
    [1, 2, 3].map(id => ({ text: `saw ${id}` })),
  )
  expect((await project.manifest('crm.log-entries')).delivery.mode).toBe('append')
  const whole = JSON.parse(
    await readFile(project.path(`intermediate/${DATE}/pull/crm`), 'utf8'),
  ) as object
  expect(whole).toMatchObject({
    tables: [{ name: 'crm.users', in: 3, out: 3 }, { name: 'crm.log-entries' }],
  })
})

test('the state comes back only when all streams that it is about were loaded', async () => {
  await using project = await withTap({ users: 3 })
  await project.pull(['crm'])
  const to = await edgeOf(project, 'crm.users')
  await project.loaded('crm.users', to)
  expect((await project.pull(['crm'])).stderr).toBe('tap: begins at 0\n')
  await project.loaded('crm.log-entries', to)
  await writeFile(project.path('c.json'), JSON.stringify({ users: 5 }))
  expect((await project.pull(['crm'])).stderr).toBe('tap: begins at 3\n')
  const { delivery } = await project.manifest('crm.users')
  expect([delivery.rows, delivery.from]).toEqual(['changes', to])
  expect((await project.rows('crm.users')).map(row => row['id'])).toEqual(['4', '5'])
  // One of two is loaded: the older of both counts, and what comes again changes nothing.
  await project.loaded('crm.users', await edgeOf(project, 'crm.users'))
  expect((await project.pull(['crm'])).stderr).toBe('tap: begins at 3\n')
})

describe('a tap that fails delivers nothing, and its state stays', () => {
  test.each([
    ['in the middle, by an exit code', { dieAfter: 2, exit: 9 }, 75, 'failed with exit code 9'],
    ['in the middle, by a signal', { dieAfter: 2, signal: 'SIGKILL' }, 75, 'ended by signal 9'],
    ['by exit code 127', { dieAfter: 0, exit: 127 }, 78, 'could not be started'],
    [
      'by a message that nobody understands',
      { extra: [{ type: 'BATCH', stream: 'users' }] },
      64,
      'a message of the type `BATCH`',
    ],
    [
      'by a line that is none',
      { extra: ['Traceback (most recent call last):'] },
      65,
      'line 3 of the tap',
    ],
    [
      'by a record without a schema',
      { extra: [{ type: 'RECORD', stream: 'orders', record: {} }] },
      65,
      'a RECORD of `orders` before its SCHEMA',
    ],
  ])('%s', async (_, config, exitCode, message) => {
    await using project = await withTap({ users: 1_000, ...config })
    const { code, stderr } = await project.pull(['crm'])
    expect(stderr).toContain(message)
    expect(code).toBe(exitCode)
    const left = (await project.files()).filter(file => file.includes('intermediate'))
    expect(left).toEqual([])
  })
})

test('lines of 10 MB pass', { timeout: 120_000 }, async () => {
  await using project = await withTap({ users: 4, longName: 10_000_000 })
  expect((await project.pull(['crm'])).code).toBe(0)
  const lengths = (await project.rows('crm.users')).map(row => row['name']?.length)
  expect(lengths).toEqual([10_000_000, 10_000_000, 10_000_000, 10_000_000])
})

test('a tap can be run without a word in ferry.yaml', async () => {
  await using project = await withTap({ users: 2 })
  const args = ['--singer', `${TAP} --config c.json`, 'people']
  expect((await project.pull(args)).code).toBe(0)
  expect(await project.rows('people.users')).toHaveLength(2)
})

test('make has one target for the tap, and one for each table that ferry.yaml names', async () => {
  await using project = await withTap({ users: 2 }, { tables: { users: {}, 'log-entries': null } })
  await writeFile(
    project.path('makefile'),
    'include .ferry/rules.mk\n.ferry/rules.mk:\n\tferry rules\n',
  )
  const config = JSON.parse(await readFile(project.path('ferry.yaml'), 'utf8')) as object
  const target = `intermediate/${DATE}/pull/crm.users`
  await writeFile(
    project.path('ferry.yaml'),
    JSON.stringify({ ...config, run: { targets: [target] } }),
  )
  const night = () => runFerry(['run', '--once', '--date', DATE], { cwd: project.folder })
  expect((await night()).code).toBe(0)
  expect(await project.rows('crm.users')).toHaveLength(2)
  const before = await readFile(project.path(target), 'utf8')
  expect((await night()).code).toBe(0)
  expect(await readFile(project.path(target), 'utf8')).toBe(before)
})
