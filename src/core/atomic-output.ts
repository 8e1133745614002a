import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asLocalIoError } from './errors.ts'
import { temporaryName } from './temporary-name.ts'

/** A file that is written piece by piece and seen whole or not at all. */
export interface AtomicOutput {
  /** @throws FerryError LOCAL_IO, DENIED */
  write(bytes: Uint8Array): Promise<void>
  /** Syncs the file and gives it its name, over the one that had it. */
  commit(): Promise<void>
  /** Removes what was written. May be called at any time; does nothing after commit. */
  discard(): Promise<void>
}

/**
 * Opens a temporary file beside `path`. Folders on the way are made.
 * @throws FerryError LOCAL_IO, DENIED
 */
export async function openAtomicOutput(path: string): Promise<AtomicOutput> {
  const temporary = temporaryName(path)
  const local = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      throw asLocalIoError(error, path)
    }
  }
  const file = await local(async () => {
    await mkdir(dirname(path), { recursive: true })
    return open(temporary, 'wx')
  })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (!isOpen) return
    isOpen = false
    await file.close()
  }
  return {
    // One write can be cut short where the disk is nearly full; writeFile goes on until it is done.
    write: bytes => local(() => file.writeFile(bytes)),
    commit: () =>
      local(async () => {
        await file.sync()
        await close()
        await rename(temporary, path)
      }),
    async discard() {
      await close()
      await rm(temporary, { force: true })
    },
  }
}
