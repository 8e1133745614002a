import { systemErrorCode } from '../../../core/errors.ts'
import { type FileCalls, syncToDisk } from './file-calls.ts'

interface FolderSync {
  readonly current: Promise<void>
  /** Begins when `current` has ended, for all who came since it began. */
  next: Promise<void> | undefined
}

const syncing = new Map<string, FolderSync>()

/**
 * Makes the names that a folder has by now as durable as the files. Many writers of one folder share
 * a sync: the one under way may have begun too early, the one behind it serves all who wait.
 */
export function syncFolder(path: string, calls: FileCalls): Promise<void> {
  const known = syncing.get(path)
  if (known === undefined) return start(path, calls)
  const begin = (): Promise<void> => start(path, calls)
  known.next ??= known.current.then(begin, begin)
  return known.next
}

function start(path: string, calls: FileCalls): Promise<void> {
  const current = syncNow(path, calls)
  const entry: FolderSync = { current, next: undefined }
  syncing.set(path, entry)
  const end = (): void => {
    if (syncing.get(path) === entry && entry.next === undefined) syncing.delete(path)
  }
  current.then(end, end)
  return current
}

async function syncNow(path: string, calls: FileCalls): Promise<void> {
  const folder = await calls.openFolder(path)
  try {
    await syncToDisk(folder)
  } catch (error) {
    if (systemErrorCode(error) !== 'EINVAL') throw error // file systems that cannot; none loses it
  } finally {
    await calls.close(folder)
  }
}
