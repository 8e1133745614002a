import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'

export const FERRY = join(import.meta.dirname, '../../bin/ferry')

export interface Result {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A project directory in a temporary folder, and the built program in it. */
export class TestProject {
  readonly directory: string

  private constructor(directory: string) {
    this.directory = directory
  }

  /** `run` is the section of ferry.yaml, in YAML's flow style. */
  static async make(
    makefile: string,
    run = '',
    files: Readonly<Record<string, string>> = {},
  ): Promise<TestProject> {
    const project = new TestProject(await mkdtemp(join(tmpdir(), 'ferry-flow-')))
    const settings = `{ targets: [all], retry_after: 10ms, ${run} }`
    await project.write('ferry.yaml', `name: test\nrun: ${settings}\n`)
    await project.write(
      'makefile',
      `include .ferry/rules.mk\n.ferry/rules.mk: ; ${FERRY} rules\n${makefile}`,
    )
    for (const [name, content] of Object.entries(files)) await project.write(name, content)
    return project
  }

  async write(name: string, content: string): Promise<void> {
    const path = join(this.directory, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }

  has(name: string): boolean {
    return existsSync(join(this.directory, name))
  }

  read(name: string): string {
    return this.has(name) ? readFileSync(join(this.directory, name), 'utf8') : ''
  }

  /** How many lines a file has: what a recipe counts its runs with. */
  count(name: string): number {
    return this.read(name).split('\n').length - 1
  }

  start(
    command: string,
    args: readonly string[],
    environment: Record<string, string> = {},
  ): ChildProcess {
    return spawn(command, args, {
      cwd: this.directory,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  ferry(...args: string[]): Promise<Result> {
    return endOf(this.start(FERRY, args))
  }

  make(...args: string[]): Promise<Result> {
    return endOf(this.start('make', args))
  }
}

export async function endOf(child: ChildProcess): Promise<Result> {
  const ended = new Promise<Pick<Result, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const read = (stream: ChildProcess['stdout']): Promise<string> =>
    stream === null ? Promise.resolve('') : text(stream)
  const [end, stdout, stderr] = await Promise.all([ended, read(child.stdout), read(child.stderr)])
  return { ...end, stdout, stderr }
}

/** Waits until something holds; throws after ten seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn += 1) {
    if (turn > 1_000) throw new Error(`it never came true: ${String(holds)}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
