import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeLogs } from '../../bench/crunch/corpus.ts'
import { CLOUDS } from '../support/cloud.ts'
import { runFerry } from '../support/run-ferry.ts'

test.each(CLOUDS)(
  '%s: logs are read from a bucket and records written to it',
  {
    timeout: 120_000,
  },
  async (_kind, start) => {
    await using cloud = await start()
    const cwd = await mkdtemp(join(tmpdir(), 'ferry-crunch-stores-'))
    const ferry = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await runFerry(args, { cwd, env: { ...cloud.env } })
      expect([code, stderr]).toEqual([0, ''])
      return stdout
    }
    try {
      await writeLogs(file => join(cwd, `${file}.log.gz`), { lines: 3_000, files: 2 })
      await ferry('put', '0.log.gz', '1.log.gz', `${cloud.url}logs/2026-03-01/`)
      const args = ['--date', '2026-03-01', '--state', 'state', '--json']
      const output = ['--output', `${cloud.url}clean/{date}/`, '--workers', '2']
      const account: unknown = JSON.parse(
        await ferry('crunch', `${cloud.url}logs/{date}/`, ...args, ...output),
      )
      expect(account).toMatchObject({ rejected: 0 })
      const listed = await ferry('ls', '-r', `${cloud.url}clean/`)
      const names = listed.trim().split('\n')
      expect(names).toHaveLength(2)
      expect(names.every(name => /2026-03-01\/[01]\.log-[0-9a-f]{8}\.jsonl\.zst$/.test(name))).toBe(
        true,
      )
      // What was read from the bucket and what was read from here is the same.
      const local = await ferry('crunch', '0.log.gz', '1.log.gz', '--json')
      expect(JSON.parse(local)).toMatchObject({ out: Object(account).out })
    } finally {
      await rm(cwd, { recursive: true, force: true })
    }
  },
)
