import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { writeLogs } from '../../bench/crunch/corpus.ts'
import { runFerry, type RunResult } from '../support/run-ferry.ts'

/** A project with logs to crunch; removed at the end. */
export class CrunchProject implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(
    crunch: object,
    logs?: { lines: number; files: number },
  ): Promise<CrunchProject> {
    const folder = await mkdtemp(join(tmpdir(), 'ferry-crunch-test-'))
    await writeFile(join(folder, 'ferry.yaml'), JSON.stringify({ crunch }))
    await mkdir(join(folder, 'logs'))
    if (logs !== undefined) {
      await writeLogs(file => join(folder, 'logs', `${file}.log.gz`), logs)
    }
    return new CrunchProject(folder)
  }

  async forget(): Promise<void> {
    for (const name of ['intermediate', 'results', 'out']) {
      await rm(join(this.folder, name), { recursive: true, force: true })
    }
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = this.path(name)
    await writeFile(path, content)
    return path
  }

  run(...args: readonly string[]): Promise<RunResult> {
    return runFerry(['crunch', ...args], { cwd: this.folder, env: { TODAY: '2026-03-02' } })
  }

  /** Hashes of all that was made, by path. */
  made(): Record<string, string> {
    const hashes: Record<string, string> = {}
    for (const top of ['out', 'results', 'intermediate']) {
      for (const path of filesBelow(this.path(top))) {
        const name = relative(this.folder, path)
        // Receipts name the inputs' paths; the makefile of inputs says what was open when it
        // was written, and marks what is at work.
        if (/\.(json|mk)$|\/running\//.test(name)) continue
        hashes[name] = createHash('sha256').update(readFileSync(path)).digest('hex')
      }
    }
    return hashes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map(name => join(folder, name))
      .filter(path => statSync(path).isFile())
      .sort()
  } catch {
    return [] // nothing was made there
  }
}
