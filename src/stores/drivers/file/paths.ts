import type { BigIntStats } from 'node:fs'
import { mkdir, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../../../core/errors.ts'
import { pathKeyFault, showKey } from '../../../formats/object-key.ts'
import type { ObjectInfo } from '../../store.ts'

/** The file of a key; never outside of the folder. @throws FerryError KEY_INVALID */
export function pathOf(root: string, key: string): string {
  const fault = pathKeyFault(key)
  if (fault === undefined) return join(root, key)
  throw new FerryError('KEY_INVALID', `\`${showKey(key)}\` cannot be a file's path: it ${fault}`, {
    hint: 'copy it by name to a key that can be, or leave it out (--exclude)',
    details: { key },
  })
}

/**
 * What tells that a file is no longer the same: the time of any change of it, its size and its
 * number. Its time of modification alone can be set back, as by `cp -p` and `tar`.
 */
export function etagOf(stats: BigIntStats): string {
  const numbers = [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs]
  return numbers.map(number => number.toString(36)).join('-')
}

export function infoOf(key: string, stats: BigIntStats): ObjectInfo {
  const { mtimeMs, size } = stats
  return {
    key,
    size: Number(size),
    modifiedAt: new Date(Number(mtimeMs)),
    etag: etagOf(stats),
    checksums: {},
  }
}

/** An error of the file system as the interface has it. */
export function fileError(error: unknown, root: string, key: string): unknown {
  const path = join(root, key)
  switch (systemErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new FerryError('OBJECT_NOT_FOUND', `\`${showKey(path)}\` does not exist`, {
        cause: error,
        details: { key },
      })
    case 'EISDIR':
      return new FerryError('OBJECT_NOT_FOUND', `\`${showKey(path)}\` is a folder, not a file`, {
        cause: error,
        hint: 'take what is in it with --recursive',
        details: { key },
      })
    case 'ELOOP':
      return new FerryError('DATA_INVALID', `\`${showKey(path)}\` is a link that leads to itself`, {
        cause: error,
        hint: 'remove it, or leave it out with --exclude',
      })
    default:
      return asLocalIoError(error, showKey(path))
  }
}

/** An error of writing: there, what is in the way of a path makes its key impossible. */
export function writeError(error: unknown, root: string, key: string): unknown {
  const code = systemErrorCode(error)
  if (code !== 'EISDIR' && code !== 'ENOTDIR' && code !== 'EEXIST' && code !== 'ENAMETOOLONG') {
    return asLocalIoError(error, showKey(join(root, key)))
  }
  const why = {
    EISDIR: 'a folder has that name',
    EEXIST: 'a file has the name of one of its folders',
    ENOTDIR: 'a file has the name of one of its folders',
    ENAMETOOLONG: 'its path is too long',
  }[code]
  return new FerryError('KEY_INVALID', `\`${showKey(key)}\` cannot be written: ${why}`, {
    cause: error,
    details: { key, isInTheWay: code !== 'ENAMETOOLONG' },
  })
}

/**
 * Makes the folder of a file and does `work` there; once more if another process, whose last file
 * of that folder was just removed, took the folder away in between.
 */
export async function inFolder<Result>(
  path: string,
  work: () => Promise<Result>,
  triesLeft = 10,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' || triesLeft === 0) throw error
    await mkdir(dirname(path), { recursive: true })
    return inFolder(path, work, triesLeft - 1)
  }
}

/** Removes folders that hold nothing any more, from `path`'s own upwards; never `root` itself. */
export async function pruneFolders(root: string, path: string): Promise<void> {
  let folder = dirname(path)
  try {
    for (; folder.length > root.length && folder !== dirname(folder); folder = dirname(folder)) {
      await rmdir(folder)
    }
  } catch (error) {
    const code = systemErrorCode(error)
    // Still in use, or removed by another: both are as they should be. So is one that may stay.
    if (code === 'ENOTEMPTY' || code === 'ENOENT' || code === 'EEXIST') return
    if (code === 'EACCES' || code === 'EPERM' || code === 'EBUSY' || code === 'ENOTDIR') return
    throw asLocalIoError(error, folder)
  }
}
