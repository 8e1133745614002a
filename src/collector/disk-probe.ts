import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'

/** What a busy worker writes at once, more or less. */
const PROBE_BYTES = 65_536

/**
 * Whether the spool takes a synced write now. After one that failed `/health` says so, and no load
 * balancer sends a request that could find out that there is room again.
 */
export async function canWrite(directory: string, number: number): Promise<boolean> {
  const path = join(directory, `probe-${number}`)
  try {
    await using file = await open(path, 'w', 0o640)
    await file.write(Buffer.alloc(PROBE_BYTES))
    await file.datasync()
    return true
  } catch {
    return false // why, the failed write has told
  } finally {
    await unlink(path).catch(() => {}) // it may never have come to be
  }
}
