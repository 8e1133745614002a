import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepLeftovers } from '../../src/cruncher/sweep-leftovers.ts'

test('only files under temporary names that nobody has written to for a day are removed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-sweep-'))
  const now = Date.UTC(2026, 2, 3)
  const old = new Date(now - 90_000_000)
  try {
    await mkdir(join(folder, 'service=a.tmp-1-0000abcd'))
    await mkdir(join(folder, 'date=2026-03-01'))
    const files = [
      ['date=2026-03-01/a.jsonl.zst.tmp-12-0000abcd', old],
      ['date=2026-03-01/b.jsonl.zst.tmp-12-0000abce', new Date(now - 1_000)],
      ['date=2026-03-01/c.jsonl.zst', old],
      ['footers.tmp-12-0000abcd', old],
      ['notes.tmp-final', old],
    ] as const
    for (const [name, time] of files) {
      await writeFile(join(folder, name), '')
      await utimes(join(folder, name), time, time)
    }
    await utimes(join(folder, 'service=a.tmp-1-0000abcd'), old, old)
    await sweepLeftovers(folder, now)
    const left = await readdir(folder, { recursive: true })
    expect(left.sort()).toEqual([
      'date=2026-03-01',
      'date=2026-03-01/b.jsonl.zst.tmp-12-0000abce',
      'date=2026-03-01/c.jsonl.zst',
      'notes.tmp-final',
      'service=a.tmp-1-0000abcd',
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})
