import type { BigIntStats } from 'node:fs'
import { link, rename, rm, stat as statOf } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError, systemErrorCode } from '../../../core/errors.ts'
import { tryFileLock } from '../../../core/file-lock.ts'
import { showKey, UPLOAD_LOCK } from '../../../formats/object-key.ts'
import type { ObjectInfo, PutOptions } from '../../store.ts'
import { assertOwnName, isCaseBlind } from './case-blind.ts'
import type { FileCalls } from './file-calls.ts'
import { etagOf, infoOf, pathOf } from './paths.ts'
import { syncFolder } from './sync-folder.ts'

interface Publication {
  readonly root: string
  readonly key: string
  /** A whole file on the same disk, already synced. */
  readonly temporary: string
  readonly condition: PutOptions['condition']
  readonly calls: FileCalls
}

/**
 * Gives a whole file its name, and syncs the folder, so that a crash of the machine cannot take the
 * name back. @throws FerryError PRECONDITION_FAILED
 */
export async function publish(publication: Publication): Promise<ObjectInfo> {
  const { root, key, temporary, condition, calls } = publication
  const path = pathOf(root, key)
  if (condition === undefined) await replaceAny(publication, path)
  else if (condition === 'absent') await linkNew(temporary, path, key)
  else await replaceKnown(publication, path, condition.etag)
  await syncFolder(dirname(path), calls)
  return infoOf(key, await calls.stat(path))
}

/** `link` fails where `rename` would write over. */
async function linkNew(temporary: string, path: string, key: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === 'EEXIST') throw existsAlready(key, error)
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    return renameNew(temporary, path, key) // FAT and its like have no links
  }
  await rm(temporary)
}

async function renameNew(temporary: string, path: string, key: string): Promise<void> {
  await whileLocked(path, async () => {
    if ((await statIfAny(path)) !== undefined) throw existsAlready(key)
    await rename(temporary, path)
  })
}

function existsAlready(key: string, cause?: unknown): FerryError {
  return new FerryError('PRECONDITION_FAILED', `\`${showKey(key)}\` exists already`, { cause })
}

/** Whatever is there, unless that is an object of another name; also when both are written at once. */
async function replaceAny(publication: Publication, path: string): Promise<void> {
  const { root, key, temporary, calls } = publication
  if (!(await isCaseBlind(temporary))) return calls.rename(temporary, path)
  try {
    await linkNew(temporary, path, key)
  } catch (error) {
    if (!(error instanceof FerryError) || error.code !== 'PRECONDITION_FAILED') throw error
    await assertOwnName(root, key)
    await rename(temporary, path)
  }
}

/** No system call compares and replaces: a lock does, between all that go through Ferry. */
async function replaceKnown(
  { key, temporary }: Publication,
  path: string,
  etag: string,
): Promise<void> {
  await whileLocked(path, async () => {
    const found = await statIfAny(path)
    if (found === undefined || etagOf(found) !== etag) {
      const what = found === undefined ? 'does not exist any more' : 'has changed'
      throw new FerryError('PRECONDITION_FAILED', `\`${showKey(key)}\` ${what}`)
    }
    await rename(temporary, path)
  })
}

const LOCK_RETRY_MS = 5

/** One at a time in the folder of a file, whichever process it is. */
async function whileLocked(path: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    using lock = tryFileLock(join(dirname(path), UPLOAD_LOCK))
    if (lock !== undefined) {
      await work()
      return
    }
    await sleep(LOCK_RETRY_MS)
  }
}

async function statIfAny(path: string): Promise<BigIntStats | undefined> {
  try {
    return await statOf(path, { bigint: true })
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
