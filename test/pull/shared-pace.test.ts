import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tryFileLock } from '../../src/core/file-lock.ts'
import { sharedPace } from '../../src/pull/http/pace.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-pace-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const signal = new AbortController().signal

test.each([
  ['nothing', undefined],
  ['something else', 'once upon a time\n'],
  ['half of what was written', '  1700000000000  17'],
  ['what a clock that was set back since wrote', `${'9'.repeat(15)} ${'9'.repeat(15)}\n`],
  ['a turn that is long over', `${'1700000000000'.padStart(15)}${'1700000000100'.padStart(15)}\n`],
])('with %s in the file, the first turn comes at once, and the next after it', async (_, text) => {
  const path = join(folder, 'source.pace')
  await rm(path, { force: true })
  if (text !== undefined) await writeFile(path, text)
  const pace = sharedPace(path, 300)
  const began = performance.now()
  await pace.turn(signal)
  await pace.turn(signal)
  const took = performance.now() - began
  expect(took).toBeGreaterThan(290)
  expect(took).toBeLessThan(20_000)
  expect(await readFile(path, 'latin1')).toMatch(/^ +\d+ +\d+\n$/)
})

test('who waits for another gives up when told so', async () => {
  const path = join(folder, 'held.pace')
  using _ = tryFileLock(`${path}.lock`)
  const reason = new Error('enough')
  await expect(sharedPace(path, 1).turn(AbortSignal.abort(reason))).rejects.toBe(reason)
  const controller = new AbortController()
  const waiting = sharedPace(path, 1).turn(controller.signal)
  controller.abort(reason)
  await expect(waiting).rejects.toThrow()
})
