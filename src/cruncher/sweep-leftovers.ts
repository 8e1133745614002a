import { glob, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode } from '../core/errors.ts'

/** Whoever writes a file for longer than this without a pause is not there any more. */
const ABANDONED_MS = 86_400_000

/** As `temporaryName` makes them. */
const TEMPORARY = /\.tmp-\d+-[0-9a-f]{8}$/

/**
 * Removes what killed runs left below a folder: files under temporary names that nobody has written to
 * for a day. `now` in milliseconds since 1970. Other machines may write there, too: what is younger may be theirs.
 */
export async function sweepLeftovers(directory: string, now: number): Promise<void> {
  for await (const path of glob(join(directory, '**/*.tmp-*'))) {
    if (!TEMPORARY.test(path)) continue // a partition's value may look a little like it
    try {
      const found = await stat(path)
      const isOld = now - found.mtimeMs > ABANDONED_MS
      if (found.isFile() && isOld) await rm(path, { force: true })
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error // another run swept it
    }
  }
}
