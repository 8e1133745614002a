import { spawn } from 'node:child_process'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import { sendSignal } from './leftovers.ts'
import { makeEnvironment, makeMissing } from './read-make-database.ts'

export interface MakeRun {
  readonly directory: string
  readonly targets: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly jobs: number
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Appended to. make and its recipes hold it themselves, so they outlive us unharmed. */
  readonly logFile: string
  /** Asks make to end: it ends its recipes and removes their targets. */
  readonly signal: AbortSignal
  /** Ends make's whole group at once. */
  readonly hardStop: AbortSignal
}

export interface MakeEnd {
  /** Null when a signal ended make. */
  readonly exitCode: number | null
}

/** How long make and its recipes may take to end when asked; the tracking shell waits 10 s itself. */
const STOP_PATIENCE_MS = 30_000

/** Runs `make -k` to its end, in a process group of its own. @throws FerryError TOOL_MISSING, LOCAL_IO */
export async function runMake(run: MakeRun): Promise<MakeEnd> {
  const log = await openLog(run.logFile)
  const variables = Object.entries(run.variables).map(([name, value]) => `${name}=${value}`)
  const child = spawn(
    'make',
    ['-k', `-j${run.jobs}`, '--no-print-directory', ...variables, '--', ...run.targets],
    {
      cwd: run.directory,
      env: makeEnvironment(run.environment),
      stdio: ['ignore', log.fd, log.fd],
      detached: true, // a group of its own: a Ctrl-C on the terminal reaches Ferry first
    },
  )
  const ended = new Promise<MakeEnd>((resolve, reject) => {
    child.once('error', error => reject(asError(makeMissing(error))))
    child.once('exit', exitCode => resolve({ exitCode }))
  })
  const group = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      sendSignal(-child.pid, signal)
    }
  }
  const stop = (): void => {
    const reason: unknown = run.signal.reason
    const isInterrupt = reason instanceof FerryError && reason.code === 'INTERRUPTED'
    group(isInterrupt ? 'SIGINT' : 'SIGTERM')
    void sleep(STOP_PATIENCE_MS, undefined, { ref: false }).then(() => group('SIGKILL'))
  }
  const kill = (): void => group('SIGKILL')
  run.signal.addEventListener('abort', stop, { once: true })
  run.hardStop.addEventListener('abort', kill, { once: true })
  if (run.signal.aborted) stop()
  try {
    return await ended
  } finally {
    run.signal.removeEventListener('abort', stop)
    run.hardStop.removeEventListener('abort', kill)
    await log.close()
  }
}

async function openLog(path: string): ReturnType<typeof open> {
  try {
    await mkdir(dirname(path), { recursive: true })
    return await open(path, 'a')
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('make could not be started', { cause: error })
