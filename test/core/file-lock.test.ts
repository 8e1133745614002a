import { spawn } from 'node:child_process'
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
