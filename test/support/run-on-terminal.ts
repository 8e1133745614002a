import { spawn } from 'node:child_process'
import { FERRY, type RunOptions } from './run-ferry.ts'

export interface TerminalResult {
  readonly code: number | null
  /** All that was shown, by the program and by the terminal that repeats what is typed. */
  readonly screen: string
}

export interface TerminalOptions extends Omit<RunOptions, 'input'> {
  /** Typed once a question is on the screen. */
  readonly answer?: string
}

/** Runs the built program on a terminal, as for a person who sits at it. */
export async function runOnTerminal(
  args: readonly string[],
  { cwd, env, answer }: TerminalOptions,
): Promise<TerminalResult> {
  const line = [FERRY, ...args].map(word => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let screen = ''
  let isAnswered = answer === undefined
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    screen += text
    if (isAnswered || !screen.includes('[y/N] ')) return
    isAnswered = true
    child.stdin.write(answer)
  })
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  child.stdin.destroy()
  return { code, screen }
}
