import { link, rename, rm, stat as statOf } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError, systemErrorCode } from '../../../core/errors.ts'
import { tryFileLock } from '../../../core/file-lock.ts'
import { showKey, UPLOAD_LOCK } from '../../../formats/object-key.ts'
import type { ObjectInfo, PutOptions } from '../../store.ts'
import { etagOf, infoOf, pathOf } from './paths.ts'
import { syncFolder } from './sync-folder.ts'

interface Publication {
  readonly root: string
  readonly key: string
  /** A whole file on the same disk, already synced. */
  readonly temporary: string
  readonly condition: PutOptions['condition']
}

/**
 * Gives a whole file its name, and syncs the folder, so that a crash of the machine cannot take the
 * name back. @throws FerryError PRECONDITION_FAILED
 */
export async function publish(publication: Publication): Promise<ObjectInfo> {
  const { root, key, temporary, condition } = publication
  const path = pathOf(root, key)
  if (condition === undefined) await rename(temporary, path)
  else if (condition === 'absent') await linkNew(temporary, path, key)
  else await replaceKnown(publication, path, condition.etag)
  await syncFolder(dirname(path))
  return infoOf(key, await statOf(path, { bigint: true }))
}

/** `link` fails where `rename` would write over. */
async function linkNew(temporary: string, path: string, key: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error
    throw new FerryError('PRECONDITION_FAILED', `\`${showKey(key)}\` exists already`, {
      cause: error,
    })
  }
  await rm(temporary)
}

const LOCK_RETRY_MS = 5

/** No system call compares and replaces: a lock does, between all that go through Ferry. */
async function replaceKnown(
  { key, temporary }: Publication,
  path: string,
  etag: string,
): Promise<void> {
  const lockFile = join(dirname(path), UPLOAD_LOCK)
  for (;;) {
    using lock = tryFileLock(lockFile)
    if (lock === undefined) {
      await sleep(LOCK_RETRY_MS)
      continue
    }
    const found = await statOf(path, { bigint: true }).catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return undefined
      throw error
    })
    if (found === undefined || etagOf(found) !== etag) {
      const what = found === undefined ? 'does not exist any more' : 'has changed'
      throw new FerryError('PRECONDITION_FAILED', `\`${showKey(key)}\` ${what}`)
    }
    await rename(temporary, path)
    return
  }
}
