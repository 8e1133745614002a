import type { Dirent } from 'node:fs'
import { lstat, opendir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode } from '../../../core/errors.ts'
import { UPLOAD_LOCK, UPLOAD_NAME } from '../../../formats/object-key.ts'

/** An upload that nothing was written to for a week is not gone on with any more. */
const FORGOTTEN_MS = 7 * 86_400_000

/** So many names of a folder are looked at: a write must stay cheap in a folder of a million. */
const MOST_LOOKED_AT = 10_000

/**
 * Removes what killed processes left unfinished in the folders that this one writes to, each once.
 * What is younger may be another process's, on this machine or another one.
 */
export class Leftovers {
  readonly #swept = new Set<string>()

  async sweep(folder: string): Promise<void> {
    if (this.#swept.has(folder)) return
    this.#swept.add(folder)
    let looked = 0
    try {
      for await (const entry of await opendir(folder, { bufferSize: 1_024 })) {
        if (++looked > MOST_LOOKED_AT) return
        await removeForgotten(folder, entry)
      }
    } catch (error) {
      // Another may have removed the folder or the file; what may not be read may be written to.
      const code = systemErrorCode(error)
      if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EPERM') throw error
    }
  }
}

async function removeForgotten(folder: string, { name }: Dirent): Promise<void> {
  if (!UPLOAD_NAME.test(name) || name === UPLOAD_LOCK) return
  const path = join(folder, name)
  const { mtimeMs } = await lstat(path)
  if (Date.now() - mtimeMs > FORGOTTEN_MS) await rm(path, { force: true })
}
