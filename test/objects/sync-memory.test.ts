import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const COUNT = process.env['FERRY_SOAK'] === undefined ? 100_000 : 1_000_000

test(`a sync of ${COUNT} objects with nothing to do stays within 150 MB`, async () => {
  const state = await mkdtemp(join(tmpdir(), 'ferry-million-'))
  const program = join(import.meta.dirname, 'sync-million.ts')
  const sync = async (...args: string[]): Promise<Record<string, number>> => {
    const { stdout } = await run(process.execPath, [program, String(COUNT), state, ...args])
    return JSON.parse(stdout) as Record<string, number>
  }
  await sync('fill')
  const { unchanged, others, memoryMb } = await sync()
  await rm(state, { recursive: true })
  expect({ unchanged, others }).toEqual({ unchanged: COUNT, others: 0 })
  expect(memoryMb).toBeLessThanOrEqual(150)
}, 300_000)
