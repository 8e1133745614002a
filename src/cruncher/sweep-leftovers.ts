import { glob, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asLocalIoError, systemErrorCode } from '../core/errors.ts'
import { isProcessAlive } from '../core/is-process-alive.ts'

/** As `temporaryName` makes them: the process that writes is in the name. */
const TEMPORARY = /\.tmp-(\d+)-[0-9a-f]{8}$/

/**
 * A mark that an input is being crunched, for as long as it is. One that is there already was left by
 * a run that was killed: what it had begun to write goes then, and only then are folders gone through,
 * which may hold the outputs of years. Files of a process of this machine that lives stay.
 */
export class RunningMark implements AsyncDisposable {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  /** `name`: of the input, as all files that are made of it begin. @throws FerryError LOCAL_IO, DENIED */
  static async set(path: string, name: string, folders: readonly string[]): Promise<RunningMark> {
    try {
      await mkdir(dirname(path), { recursive: true })
      const isNew = await writeFile(path, '', { flag: 'wx' }).then(
        () => true,
        (error: unknown) => {
          if (systemErrorCode(error) === 'EEXIST') return false
          throw error
        },
      )
      if (!isNew) for (const folder of folders) await sweepLeftovers(folder, name)
    } catch (error) {
      throw asLocalIoError(error, path)
    }
    return new RunningMark(path)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

/** Removes files below a folder whose path has the name in it and that a process that is gone was writing. */
async function sweepLeftovers(folder: string, name: string): Promise<void> {
  for await (const path of glob(join(folder, '**/*.tmp-*'))) {
    const [, pid] = TEMPORARY.exec(path) ?? []
    if (pid === undefined || !path.includes(`/${name}`) || isProcessAlive(Number(pid))) continue
    try {
      if ((await stat(path)).isFile()) await rm(path, { force: true })
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error // who has it was about to remove it
    }
  }
}
