import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { FerryError, systemErrorCode } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import { parseCalendarRule } from '../formats/calendar-rule.ts'

export interface RunAtOptions {
  readonly rule: string
  readonly date: LogicalDate
  readonly command: readonly [string, ...string[]]
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  readonly signal: AbortSignal
}

/**
 * Runs a command when the rule names the date, and returns its exit code (128 and the signal's
 * number when one ended it). On other dates says when it next will, and returns 0.
 * @throws FerryError USAGE for a rule that is none; TOOL_MISSING for a command that is not there
 */
export async function runAt(options: RunAtOptions): Promise<number> {
  const rule = parseCalendarRule(options.rule)
  if (!rule.matches(options.date)) {
    const next = rule.nextAfter(options.date)
    options.logger.info(
      `not on ${options.date}; \`${options.rule}\` ${next === undefined ? 'never matches' : `next matches on ${next}`}`,
    )
    return 0
  }
  const [file, ...args] = options.command
  const child = spawn(file, args, {
    cwd: options.directory,
    env: { ...options.environment },
    stdio: 'inherit',
  })
  const forward = (): void => {
    const reason: unknown = options.signal.reason
    const isInterrupt = reason instanceof FerryError && reason.code === 'INTERRUPTED'
    child.kill(isInterrupt ? 'SIGINT' : 'SIGTERM')
  }
  options.signal.addEventListener('abort', forward, { once: true })
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      )
    })
  } catch (error) {
    const code = systemErrorCode(error)
    if (code !== 'ENOENT' && code !== 'EACCES') throw error
    const what = code === 'ENOENT' ? 'is not there' : 'is not executable'
    throw new FerryError('TOOL_MISSING', `the command \`${file}\` ${what}`, { cause: error })
  } finally {
    options.signal.removeEventListener('abort', forward)
  }
}
