import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RunningMark } from '../../src/cruncher/sweep-leftovers.ts'

test('what a killed run was writing of an input goes when the input is crunched again, nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-sweep-'))
  const { pid: gone } = spawnSync('true')
  const mark = join(folder, 'running/a.log-01')
  try {
    const day = join(folder, 'out/date=2026-03-01')
    await mkdir(join(folder, `out/service=a.log-01.tmp-${gone}-0000abcd`), { recursive: true })
    await mkdir(day)
    const files = [
      `a.log-01.jsonl.zst.tmp-${gone}-0000abcd`,
      `a.log-01.jsonl.zst.tmp-${process.pid}-0000abcd`,
      `b.log-02.jsonl.zst.tmp-${gone}-0000abcd`,
      'a.log-01.jsonl.zst',
      'a.log-01.tmp-final',
    ]
    for (const name of files) await writeFile(join(day, name), '')

    const first = await RunningMark.set(mark, 'a.log-01', [join(folder, 'out')])
    expect(await readdir(day)).toEqual(files.toSorted())
    expect(existsSync(mark)).toBe(true)
    // The run is killed here: nobody takes the mark away.
    expect(first).toBeInstanceOf(RunningMark)
    {
      await using _again = await RunningMark.set(mark, 'a.log-01', [join(folder, 'out')])
      expect(await readdir(day)).toEqual(files.slice(1).toSorted())
    }
    expect(existsSync(mark)).toBe(false)
    expect(await readdir(join(folder, 'out'))).toHaveLength(2)
  } finally {
    await rm(folder, { recursive: true })
  }
})
