import { spawn } from 'node:child_process'
import { FerryError } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'

/** What a run that cannot begin says, it says within this time. */
const REFUSED_WITHIN_MS = 2_500
const MOST_SAID = 4_000

/**
 * Starts `ferry run --once` for one target of a night, in a process of its own that outlives the
 * pages. Resolves when it runs, or has ended well. @throws FerryError BUSY with what it said when it
 * ended at once
 */
export async function runTargetAgain(
  project: string,
  date: LogicalDate,
  target: string,
): Promise<void> {
  const program = process.argv[1] ?? ''
  const child = spawn(process.execPath, [program, 'run', '--once', '--date', date, '--', target], {
    cwd: project,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < MOST_SAID) said += text
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, REFUSED_WITHIN_MS)
  child.once('error', reject)
  child.once('exit', code => {
    if (code === 0) resolve()
    else reject(new FerryError('BUSY', `it was not made: ${said.trim() || `exit ${code}`}`))
  })
  child.unref()
  try {
    await promise
  } finally {
    clearTimeout(timer)
  }
}
