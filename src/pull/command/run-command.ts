import { type ChildProcess, spawn } from 'node:child_process'
import { FerryError } from '../../core/errors.ts'
import type { PullContext } from '../pull-context.ts'

export interface CommandOptions {
  /** Added to the environment of the command. */
  readonly environment: Readonly<Record<string, string>>
  /** Put behind the command, in the shell's words. */
  readonly suffix?: string | undefined
}

/** How long a command may take to end after it was asked to. */
const GRACE_MS = 5_000

/**
 * What a command of the shell prints. It runs in the project's folder with TODAY in its environment; what
 * it says on stderr goes where Ferry's own does. Who reads to the end without an error has all that a
 * command printed which ended with 0. Who stops reading ends it, and all that it began.
 * @throws FerryError TRANSIENT (it failed, or was killed), TOOL_MISSING (there is no such command)
 */
export async function* runCommand(
  command: string,
  { environment, suffix = '' }: CommandOptions,
  context: PullContext,
): AsyncGenerator<Uint8Array> {
  const { project, date, signal } = context
  signal.throwIfAborted()
  // In the environment: what stands in a process list may be read by everybody.
  const child = spawn(
    '/bin/sh',
    ['-c', `eval "$FERRY_COMMAND"'${suffix.replaceAll("'", `'\\''`)}'`],
    {
      cwd: project,
      env: { ...context.environment, TODAY: date, ...environment, FERRY_COMMAND: command },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true, // a group of its own, which can be ended as a whole
    },
  )
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, name) => resolve({ code, signal: name }))
  })
  ended.catch(() => {}) // awaited below; until then its failure must not end the process
  const stop = (): void => endGroup(child)
  signal.addEventListener('abort', stop, { once: true })
  let isDone = false
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>
    const end = await ended
    isDone = true
    signal.throwIfAborted()
    if (end.code !== 0) throw failureOf(end)
  } finally {
    signal.removeEventListener('abort', stop)
    if (!isDone) {
      stop()
      await ended.catch(() => {}) // thrown above, or of no matter to who has left
    }
  }
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return
  const group = -child.pid
  const send = (name: NodeJS.Signals): void => {
    try {
      process.kill(group, name)
    } catch {
      // It has ended meanwhile.
    }
  }
  send('SIGTERM')
  const timer = setTimeout(() => send('SIGKILL'), GRACE_MS)
  child.once('close', () => clearTimeout(timer))
}

function failureOf({ code, signal }: Ended): FerryError {
  const details = { exitCode: code }
  // A shell says it by its exit code.
  const ended = signal ?? (code !== null && code > 128 ? `signal ${code - 128}` : undefined)
  if (ended !== undefined) {
    return new FerryError('TRANSIENT', `the command was ended by ${ended}`, { details })
  }
  if (code === 126 || code === 127) {
    return new FerryError('TOOL_MISSING', `the command could not be started (exit code ${code})`, {
      details,
      hint: 'see its own message above; relative paths start at ferry.yaml',
    })
  }
  return new FerryError('TRANSIENT', `the command failed with exit code ${code}`, {
    details,
    hint: 'see its own message above',
  })
}
