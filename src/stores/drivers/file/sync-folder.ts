import { open } from 'node:fs/promises'
import { systemErrorCode } from '../../../core/errors.ts'

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
export function syncFolder(path: string): Promise<void> {
  const known = syncing.get(path)
  if (known === undefined) return start(path)
  const begin = (): Promise<void> => start(path)
  known.next ??= known.current.then(begin, begin)
  return known.next
}

function start(path: string): Promise<void> {
  const current = syncNow(path)
  const entry: FolderSync = { current, next: undefined }
  syncing.set(path, entry)
  const end = (): void => {
    if (syncing.get(path) === entry && entry.next === undefined) syncing.delete(path)
  }
  current.then(end, end)
  return current
}

async function syncNow(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync().catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EINVAL') throw error // file systems that cannot; none loses it
  })
}
