import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'

export const FERRY = join(import.meta.dirname, '../../bin/ferry')

export interface RunOptions {
  readonly cwd: string
  readonly input?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface RunResult {
  readonly code: number | null
  readonly stdout: string
  readonly bytes: Buffer
  readonly stderr: string
}

/** Runs the built program from outside, as a shell would. */
export async function runFerry(args: readonly string[], options: RunOptions): Promise<RunResult> {
  const env = { ...process.env, TODAY: undefined, ...options.env }
  const child = spawn(FERRY, args, { cwd: options.cwd, env, stdio: 'pipe' })
  child.stdin.on('error', () => undefined) // it need not read its input
  child.stdin.end(options.input ?? '')
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  const [code, bytes, stderr] = await Promise.all([ended, buffer(child.stdout), text(child.stderr)])
  return { code, stdout: bytes.toString(), bytes, stderr }
}
