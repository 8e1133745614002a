import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { asLocalIoError } from './errors.ts'

/** A held lock. Released by `release()`, by `using`, and by the death of the process. */
export interface FileLock extends Disposable {
  release(): void
}

/** Keeps held locks from being collected, which would close their files and so release them. */
const held = new Set<DatabaseSync>()

/**
 * Takes the lock on a file, or returns undefined when another process has it.
 *
 * The lock is the kernel's own record lock on an SQLite file (an exclusive transaction that never
 * writes): two processes that start at the same instant cannot both get it, and one that is killed
 * leaves nothing behind. Node itself has no file locks. @see https://sqlite.org/lockingv3.html
 */
export function tryFileLock(path: string): FileLock | undefined {
  let database: DatabaseSync
  try {
    mkdirSync(dirname(path), { recursive: true })
    database = new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw asLocalIoError(error, path)
  }
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw asLocalIoError(error, path)
  }
  held.add(database)
  const release = (): void => {
    held.delete(database)
    if (database.isOpen) database.close()
  }
  return { release, [Symbol.dispose]: release }
}

const SQLITE_BUSY = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
