import { execFile, spawn } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

const ROUNDS = process.env['FERRY_SOAK'] === undefined ? 100 : 3_000
const ROUND_MS = 12

test(`of those that try at the same instant one gets it, ${ROUNDS} times`, {
  timeout: 30_000 + ROUNDS * ROUND_MS * 2,
}, async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ferry-lock-')), 'run.lock')
  // All begin a round at the same millisecond; who has the lock holds it for half of the round.
  const script = `
    const { tryFileLock } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/core/file-lock.ts'))})
    const start = ${Date.now() + 1_500}
    const until = time => { while (Date.now() < time) {} }
    const got = []
    for (let round = 0; round < ${ROUNDS}; round++) {
      until(start + round * ${ROUND_MS})
      const isLate = Date.now() > start + round * ${ROUND_MS} + 1
      const lock = isLate ? undefined : tryFileLock(${JSON.stringify(path)})
      got.push(isLate ? 'late' : lock ? 'got' : 'busy')
      until(start + round * ${ROUND_MS} + ${ROUND_MS / 2})
      lock?.release()
    }
    console.log(JSON.stringify(got))`
  const run = promisify(execFile)
  const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]
  const runs = await Promise.all([run(process.execPath, options), run(process.execPath, options)])
  const answers = runs.map(({ stdout }) => JSON.parse(stdout) as string[])
  let together = 0
  for (let round = 0; round < ROUNDS; round++) {
    const told = answers.map(one => one[round])
    if (told.includes('late')) continue // a busy machine: the two did not meet
    together++
    expect(
      told.filter(one => one === 'got'),
      `round ${round}: ${told.join(' ')}`,
    ).toHaveLength(1)
  }
  expect(together).toBeGreaterThan(0)
})
