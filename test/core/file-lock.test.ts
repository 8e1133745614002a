import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryFileLock } from '../../src/core/file-lock.ts'

test('of two that start at the same instant only one gets the lock, and a killed one leaves none', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ferry-lock-')), 'run.lock')
  const script = `
    const { tryFileLock } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/core/file-lock.ts'))})
    console.log(tryFileLock(${JSON.stringify(path)}) ? 'got' : 'busy')
    setInterval(() => {}, 1000)`
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '-e',
      script,
    ]),
  )
  const answers = await Promise.all(
    children.map(
      child =>
        new Promise<string>(resolve =>
          child.stdout.once('data', data => resolve(String(data).trim())),
        ),
    ),
  )
  expect(answers.filter(answer => answer === 'got')).toHaveLength(1)
  expect(tryFileLock(path)).toBeUndefined()
  await Promise.all(
    children.map(child => new Promise(resolve => child.once('exit', resolve).kill('SIGKILL'))),
  )
  const lock = tryFileLock(path)
  expect(lock).toBeDefined()
  lock?.release()
})

const MEETINGS = process.env['FERRY_SOAK'] === undefined ? 10 : 2_000
const ROUND_MS = 12
const ROUNDS = 100

// All begin a round at the same millisecond; who has the lock holds it for half of the round. A process
// that loses its core on the way comes when the other has gone: that round does not count.
const racer = (path: string): string => `
  const { tryFileLock } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/core/file-lock.ts'))})
  const until = time => { while (Date.now() < time) {} }
  process.on('message', start => {
    const told = []
    for (let round = 0; round < ${ROUNDS}; round++) {
      const begin = start + round * ${ROUND_MS}
      until(begin)
      const isPunctual = Date.now() <= begin + 1
      const lock = isPunctual ? tryFileLock(${JSON.stringify(path)}) : undefined
      const hasMet = isPunctual && Date.now() < begin + ${ROUND_MS / 2}
      told.push(!hasMet ? 'late' : lock ? 'got' : 'busy')
      until(begin + ${ROUND_MS / 2})
      lock?.release()
    }
    process.send(told)
  })
  process.send('ready')`

test(`of those that try at the same instant one gets it, ${MEETINGS} times`, {
  timeout: 120_000 + MEETINGS * ROUND_MS * 20,
}, async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ferry-lock-')), 'run.lock')
  const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e']
  const racers = [0, 1].map(() =>
    spawn(process.execPath, [...options, racer(path)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  )
  const said = async (child: ChildProcess): Promise<unknown> => (await once(child, 'message'))[0]
  await Promise.all(racers.map(said))
  let met = 0
  while (met < MEETINGS) {
    const answers = Promise.all(racers.map(said))
    const start = Date.now() + 20
    for (const child of racers) child.send(start)
    const [one, other] = (await answers) as [string[], string[]]
    for (const [round, told] of one.entries()) {
      const both = [told, other[round]]
      if (both.includes('late')) continue
      met++
      expect(new Set(both), `round ${round}`).toEqual(new Set(['busy', 'got']))
    }
  }
  for (const child of racers) child.disconnect()
})
