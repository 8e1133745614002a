import { open } from 'node:fs/promises'
import { writeFileAtomically } from '../core/atomic-write.ts'
import { asLocalIoError, systemErrorCode } from '../core/errors.ts'

/**
 * Writes a short text over the one before, which is as long, in place and durably: it needs no room
 * on the disk but at first. It fits into a sector, so that a crash leaves the old one or the new one.
 * @throws FerryError LOCAL_IO, DENIED
 */
export async function overwriteFile(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'r+')
    try {
      await file.write(text, 0)
      await file.datasync()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw asLocalIoError(error, path)
    await writeFileAtomically(path, text)
  }
}
