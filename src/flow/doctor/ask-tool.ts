import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { systemErrorCode } from '../../core/errors.ts'

const run = promisify(execFile)
const TIMEOUT_MS = 5_000

export interface ToolOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** The standard output of a program; its complaint when it fails; undefined when there is none. */
export async function askTool(
  [program = '', ...args]: readonly string[],
  options: ToolOptions,
): Promise<{ readonly ok: boolean; readonly said: string } | undefined> {
  try {
    const { stdout } = await run(program, args, {
      env: { ...options.environment, LC_ALL: 'C' },
      signal: options.signal,
      timeout: TIMEOUT_MS,
    })
    return { ok: true, said: stdout.trim() }
  } catch (error) {
    options.signal.throwIfAborted()
    const code = systemErrorCode(error)
    if (code === 'ENOENT' || code === 'EACCES') return undefined
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    return { ok: false, said: said.split('\n')[0] ?? '' }
  }
}
