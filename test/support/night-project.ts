import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const FERRY_HOME = resolve(import.meta.dirname, '../..')
const SHELL = join(FERRY_HOME, 'bin/tracking-shell')

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: Buffer
}

export interface CommandRecord {
  readonly tag: 'BEGIN' | 'END'
  readonly id: string
  readonly target: string
  readonly command: string
  readonly attempt: number
  readonly exit_code: number | null
  readonly held?: boolean
  readonly [key: string]: unknown
}

/** A project folder with a makefile that includes the preamble, or with the tracking shell alone. */
export class NightProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'ferry-night-'))
  readonly logs = join(this.folder, 'logs/2026-03-01')

  write(path: string, content: string | Buffer, mode = 0o644): string {
    const file = join(this.folder, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, content, { mode })
    return file
  }

  /** Writes the makefile and the rules that it includes, as `ferry rules` would. */
  makefile(text: string, head = 'include .ferry/rules.mk\n.ferry/rules.mk: ; touch $@\n'): this {
    const preamble = readFileSync(join(FERRY_HOME, 'src/flow/preamble.mk'), 'utf8')
    this.write('ferry.yaml', '')
    this.write(
      '.ferry/rules.mk',
      `FERRY_HOME := ${FERRY_HOME}\nFERRY_TIMEZONE := UTC\nFERRY_SOURCES := ferry.yaml\n` +
        `ferry_goal := $(.DEFAULT_GOAL)\n${preamble}.DEFAULT_GOAL := $(ferry_goal)\n`,
    )
    this.write('.ferry/fresh.mk', '')
    this.write('makefile', head + text)
    return this
  }

  make(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.run('make', ['TODAY=2026-03-01', ...args], options)
  }

  /** Runs one line in the tracking shell, as make would. */
  line(
    command: string | Buffer,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    return this.run(SHELL, ['-c', String(command)], {
      environment: {
        FERRY_TARGET: 'goal',
        FERRY_LOG_DIR: this.logs,
        FERRY_PROJECT: this.folder,
        MAKELEVEL: '1',
        ...environment,
      },
    })
  }

  run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], HOME: this.folder, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    options.started?.(child.pid ?? 0)
    return new Promise((done, fail) => {
      child.on('error', fail)
      child.on('close', (code, signal) => {
        done({ code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) })
      })
    })
  }

  records(): CommandRecord[] {
    const bytes = readFileSync(join(this.logs, 'timing_env.log'))
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as CommandRecord) // the test asserts on what matters to it
  }

  log(name = 'goal'): Buffer {
    return readFileSync(join(this.logs, `${name}.log`))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly started?: (pid: number) => void
}
