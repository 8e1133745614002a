import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import { spawnDetached } from '../../core/spawn-detached.ts'
import { targetLogName } from '../../formats/target-log-name.ts'

/** What a run that cannot begin says, it says within this time. */
const REFUSED_WITHIN_MS = 2_500
const POLL_MS = 50
const MOST_SAID = 4_000

/**
 * Starts `ferry run --once` for one target of a night, in a process of its own that outlives the
 * pages: what it says goes into a file, as a pipe would break with them. Resolves when it runs, or has
 * ended well. @throws FerryError BUSY with what it said when it ended at once
 */
export async function runTargetAgain(
  project: string,
  environment: Readonly<Record<string, string | undefined>>,
  date: LogicalDate,
  target: string,
): Promise<void> {
  const folder = join(project, '.ferry/web/again')
  await mkdir(folder, { recursive: true })
  const log = join(folder, `${targetLogName(target)}.log`)
  const args = ['run', '--once', '--date', date, '--', target]
  const run = await spawnDetached({ args, directory: project, log, environment })
  const deadline = Date.now() + REFUSED_WITHIN_MS
  while (run.exitCode === null && Date.now() < deadline) await sleep(POLL_MS)
  if (run.exitCode === null || run.exitCode === 0) return
  const said = (await readFile(log, 'utf8')).slice(0, MOST_SAID).trim()
  throw new FerryError('BUSY', `it was not made: ${said || `exit ${run.exitCode}`}`)
}
