import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const TAKER = join(import.meta.dirname, 'journal-taker.ts')
const MS = process.env['FERRY_SOAK'] === undefined ? 2_000 : 60_000

test(
  'one process at a time has the journal of a transfer, also while others end theirs',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ferry-journals-'))
    try {
      const run = promisify(execFile)
      const runs = Array.from({ length: 4 }, () =>
        run(process.execPath, ['--disable-warning=ExperimentalWarning', TAKER, folder, String(MS)]),
      )
      const taken = (await Promise.all(runs)).map(({ stdout }) => Number(stdout))
      for (const count of taken) expect(count).toBeGreaterThan(0)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  MS + 30_000,
)
