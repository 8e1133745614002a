import {
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runFerry } from '../support/run-ferry.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ferry-code-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const folder = (): string => join(home, 'ferry/code')
const call = (...args: string[]) =>
  runFerry(args, {
    cwd: home,
    env: { XDG_CACHE_HOME: home, NODE_DISABLE_COMPILE_CACHE: undefined },
  })

test('what a command compiled is kept, for each command, and taken the next time', async () => {
  expect((await call('lint', '--help')).code).toBe(0)
  expect((await call('calendar', '--help')).code).toBe(0)
  const names = (await readdir(folder())).sort()
  expect(names).toEqual([
    expect.stringMatching(/^calendar-v[\d.]+-[0-9a-f]{16}$/),
    expect.stringMatching(/^lint-v[\d.]+-[0-9a-f]{16}$/),
  ])
  const kept = join(folder(), names[1] ?? '')
  expect((await stat(kept)).mode & 0o777).toBe(0o600)
  const { ino } = await stat(kept)
  const again = await call('lint', '--help')
  expect(again.stdout).toContain('ferry lint')
  expect((await stat(kept)).ino, 'written once').toBe(ino)
})

test.each([
  ['ls', []],
  ['du', []],
  ['put', ['a.txt', 'there/']],
  ['sync', ['from', 'to']],
])('ferry %s, whose heap is kept small, finds its code again', async (command, args) => {
  await mkdir(join(home, 'from'))
  await writeFile(join(home, 'a.txt'), 'content')
  await writeFile(join(home, 'from/a.txt'), 'content')
  expect(await call(command, ...args)).toMatchObject({ code: 0, stderr: '' })
  const [name = ''] = await readdir(folder())
  const { ino } = await stat(join(folder(), name))
  expect((await call(command, ...args)).code).toBe(0)
  expect((await stat(join(folder(), name))).ino, 'written once').toBe(ino)
})

test('a damaged one is made again; an old one goes', async () => {
  await call('lint', '--help')
  const [name = ''] = await readdir(folder())
  const path = join(folder(), name)
  const whole = await readFile(path)
  const old = join(folder(), 'lint-v24.0.0-0123456789abcdef')
  await writeFile(old, '')
  await utimes(old, 0, 0)
  await writeFile(path, whole.subarray(0, 10_000))
  expect(await call('lint', '--help')).toMatchObject({ code: 0, stderr: '' })
  expect(await readdir(folder())).toEqual([name])
  expect((await stat(path)).size).toBeGreaterThan(100_000)
})

test('a home that cannot be written is no matter', async () => {
  await writeFile(join(home, 'ferry'), 'a file where the folder would be')
  expect(await call('lint', '--help')).toMatchObject({ code: 0, stderr: '' })
})

test.runIf(process.geteuid?.() === 0)('one that belongs to somebody else is not read', async () => {
  await call('lint', '--help')
  const [name = ''] = await readdir(folder())
  const path = join(folder(), name)
  await chown(path, 12_345, 12_345)
  expect((await call('lint', '--help')).code).toBe(0)
  expect((await stat(path)).uid, 'made anew, by us').toBe(0)
})
