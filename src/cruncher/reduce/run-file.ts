import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { asLocalIoError } from '../../core/errors.ts'

/**
 * Writes a temporary file at once, before anything else happens: records come synchronously, and their
 * memory is needed. Nothing is left of a file that could not be written.
 * @throws FerryError LOCAL_IO, DENIED
 */
export function writeRun(path: string, blocks: Iterable<Uint8Array>): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'wx')
    try {
      for (const block of blocks) {
        for (let done = 0; done < block.length; ) done += writeSync(file, block, done)
      }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    rmSync(path, { force: true })
    throw asLocalIoError(error, path)
  }
}
