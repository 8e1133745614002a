import { systemClock } from '../core/clock.ts'
import { FerryError } from '../core/errors.ts'
import { createTextLogger } from '../core/logger.ts'
import type { CommandContext } from './command.ts'
import { loadAllCommands, overview, runCommand } from './program.ts'
import { reportError } from './report-error.ts'

/** Runs one command line to its end and returns the exit code. */
export async function start(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    if (name === 'help' && rest[0] !== undefined) return start([rest[0], '--help'])
    process.stdout.write(overview())
    return name === undefined ? 64 : 0
  }
  // `ferry sql ... | head` closes our stdout early: that is the reader's right.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    const message = 'the reader of stdout went away'
    interruption.abort(new FerryError('LOCAL_IO', message, { details: { quiet: true } }))
  })
  const interruption = new AbortController()
  process.once('SIGINT', () => {
    interruption.abort(new FerryError('INTERRUPTED', 'interrupted'))
  })
  process.once('SIGTERM', () => {
    interruption.abort(new FerryError('TERMINATED', 'terminated'))
  })
  const context: CommandContext = {
    directory: process.cwd(),
    environment: process.env,
    // Node opens it when it is asked for: 3 ms that few commands need.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
    clock: systemClock,
    logger: createTextLogger(process.stderr, process.env['FERRY_DEBUG'] === '1'),
    allCommands: loadAllCommands,
  }
  try {
    return await runCommand(name, rest, context)
  } catch (error) {
    const reason: unknown = interruption.signal.aborted ? interruption.signal.reason : error
    return reportError(reason instanceof FerryError ? reason : error, process.stderr)
  }
}
