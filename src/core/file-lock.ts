import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { asLocalIoError, FerryError } from './errors.ts'

/** A held lock. Released by `release()`, by `using`, and by the death of the process. */
export interface FileLock extends Disposable {
  release(): void
}

/** Keeps held locks from being collected, which would close their files and so release them. */
const held = new Set<DatabaseSync>()

/**
 * Takes the lock on a file, or returns undefined when another process has it.
 *
 * The lock is the kernel's own record lock on an SQLite file (a transaction that may write and never
 * does): of two processes that start at the same instant one gets it, and one that is killed leaves
 * nothing behind. Not an exclusive transaction, for which nobody may so much as read: two that begin
 * at once keep each other out. Node itself has no file locks. @see https://sqlite.org/lockingv3.html
 * @throws FerryError DENIED, LOCAL_IO
 */
export function tryFileLock(path: string): FileLock | undefined {
  let database: DatabaseSync
  try {
    mkdirSync(dirname(path), { recursive: true })
    database = new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw lockFailure(error, path)
  }
  try {
    database.exec('BEGIN IMMEDIATE')
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw lockFailure(error, path)
  }
  held.add(database)
  const release = (): void => {
    held.delete(database)
    if (database.isOpen) database.close()
  }
  return { release, [Symbol.dispose]: release }
}

/** SQLite does not say what the system said; opening the file ourselves tells. */
function lockFailure(error: unknown, path: string): unknown {
  const known = asLocalIoError(error, path)
  if (known instanceof FerryError) return known
  try {
    closeSync(openSync(path, 'a'))
  } catch (reason) {
    return asLocalIoError(reason, path)
  }
  const why = error instanceof Error ? error.message : String(error)
  return new FerryError('LOCAL_IO', `cannot lock \`${path}\`: ${why}`, {
    cause: error,
    hint: 'see whether the disk is full (df -h) or files may not grow (ulimit -f)',
  })
}

const SQLITE_BUSY = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
