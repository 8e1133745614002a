/** A project with nights, and the built `ferry web` on it. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FERRY } from '../../support/run-ferry.ts'
import { type MadeUpNight, writeNight } from './made-up-nights.ts'

export interface RunningWeb extends AsyncDisposable {
  readonly url: string
  /** With what `ferry web` said so far. */
  readonly said: () => string
  readonly pid: number
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  stop(): Promise<number | null>
}

export class PagesProject implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(config = ''): Promise<PagesProject> {
    return PagesProject.at(await mkdtemp(join(tmpdir(), 'ferry-web-')), config)
  }

  /** In a folder of one's own, which may have a project already. */
  static async at(folder: string, config: string): Promise<PagesProject> {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'ferry.yaml'), `name: wunderbar\n${config}`)
    return new PagesProject(folder)
  }

  /** One that is there, as it is. */
  static existing(folder: string): PagesProject {
    return new PagesProject(folder)
  }

  night(night: MadeUpNight): Promise<string[]> {
    return writeNight(this.folder, night)
  }

  async serve(
    args: readonly string[] = ['--listen', '127.0.0.1:0'],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<RunningWeb> {
    const child = spawn(FERRY, ['web', ...args], {
      cwd: this.folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'pipe'],
    })
    let said = ''
    const ended = new Promise<number | null>(resolve => child.once('close', resolve))
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const [, found] = /the pages are at (\S+)/.exec(said) ?? []
        if (found !== undefined) resolve(found)
      })
      void ended.then(code => reject(new Error(`ferry web ended with ${code}: ${said}`)))
    })
    const stop = async (): Promise<number | null> => {
      child.kill('SIGTERM')
      return ended
    }
    return {
      url,
      said: () => said,
      pid: child.pid ?? 0,
      get: (path, headers = {}) => fetch(url + path, { headers, redirect: 'manual' }),
      stop,
      [Symbol.asyncDispose]: async () => void (await stop()),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
