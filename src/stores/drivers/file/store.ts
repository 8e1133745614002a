import { constants } from 'node:fs'
import { access, copyFile, mkdir, open as openFile } from 'node:fs/promises'
import { readdir, realpath, rm, rmdir, stat as statOf, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../../../core/errors.ts'
import { randomDigits } from '../../../core/temporary-name.ts'
import { showKey, UPLOAD_NAME } from '../../../formats/object-key.ts'
import type { DriverOptions } from '../../store-options.ts'
import type {
  Bucket,
  CopySource,
  ObjectInfo,
  ObjectStore,
  PutOptions,
  RemoveOutcome,
} from '../../store.ts'
import { CAPABILITIES } from './capabilities.ts'
import { callsFor, writeNewFile } from './file-calls.ts'
import { Leftovers } from './leftovers.ts'
import { assertFolder, listFiles } from './listing.ts'
import { etagOf, fileError, infoOf, inFolder, pathOf, pruneFolders, writeError } from './paths.ts'
import { publish } from './publish.ts'
import { readFile } from './read-file.ts'
import { fileUploads } from './uploads.ts'

/** A folder as a store: keys are the paths of its files. */
export async function open({ url }: DriverOptions): Promise<ObjectStore> {
  const root = url.bucket
  const leftovers = new Leftovers()
  const close = async (): Promise<void> => {}
  return {
    capabilities: CAPABILITIES,
    service: 'file',
    list: query => listFiles(root, query),
    stat: async (key, { signal }) => {
      signal.throwIfAborted()
      return statFile(root, key)
    },
    read: (key, options) => readFile(root, key, options),
    put: (key, bytes, options) =>
      write({ root, key, options, leftovers }, temporary =>
        writeNewFile(callsFor(root), temporary, bytes),
      ),
    uploads: fileUploads(root, leftovers),
    copy: (source, key, options) =>
      write({ root, key, options, leftovers }, temporary => clone(source, temporary)),
    remove: keys => removeFiles(root, keys),
    presign: async key => {
      throw new FerryError(
        'UNSUPPORTED',
        `\`${showKey(join(root, key))}\` is a file, and no service answers for it: it has no URL`,
        { hint: 'put it into a bucket or container, and presign it there' },
      )
    },
    bucket: folderAsBucket(root),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function statFile(root: string, key: string): Promise<ObjectInfo> {
  const path = pathOf(root, key)
  try {
    const stats = await statOf(path, { bigint: true })
    if (stats.isFile()) return infoOf(key, stats)
  } catch (error) {
    await assertFolder(root)
    throw fileError(error, root, key)
  }
  throw new FerryError('OBJECT_NOT_FOUND', `\`${showKey(path)}\` is no file`, {
    hint: 'take what is in a folder with --recursive',
    details: { key },
  })
}

interface Writing {
  readonly root: string
  readonly key: string
  readonly options: PutOptions
  readonly leftovers: Leftovers
}

/** Fills a temporary file beside the target, and gives it its name. */
async function write(
  { root, key, options, leftovers }: Writing,
  fill: (temporary: string) => Promise<void>,
): Promise<ObjectInfo> {
  const { contentType, contentEncoding, metadata, storageClass, condition, signal } = options
  signal.throwIfAborted()
  if ([contentType, contentEncoding, metadata, storageClass].some(one => one !== undefined)) {
    throw new FerryError('UNSUPPORTED', 'plain files keep no content type, metadata or class')
  }
  const path = pathOf(root, key)
  const temporary = join(dirname(path), `.ferry-upload-${process.pid}-${randomDigits()}`)
  try {
    await inFolder(path, () => fill(temporary))
    await leftovers.sweep(dirname(path))
    return await publish({ root, key, temporary, condition, calls: callsFor(root) })
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {
      // What could not be made cannot be removed; why it could not is thrown.
    })
    throw error instanceof FerryError ? error : writeError(error, root, key)
  }
}

/** By reference where the file system can (btrfs, xfs), else by the kernel's own copy. */
async function clone({ bucket, key, etag }: CopySource, temporary: string): Promise<void> {
  const path = pathOf(bucket, key)
  const assertSame = async (): Promise<void> => {
    const stats = await statOf(path, { bigint: true }).catch((error: unknown) => {
      throw fileError(error, bucket, key)
    })
    if (etagOf(stats) !== etag) {
      throw new FerryError('PRECONDITION_FAILED', `\`${showKey(path)}\` has changed`)
    }
  }
  await assertSame()
  try {
    await copyFile(path, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  } catch (error) {
    await access(path, constants.R_OK).catch((reason: unknown) => {
      throw fileError(reason, bucket, key) // the source's fault, not the target's
    })
    throw error
  }
  await assertSame()
  await using file = await openFile(temporary, 'r+')
  await file.sync()
}

async function removeFiles(root: string, keys: readonly string[]): Promise<RemoveOutcome[]> {
  const realRoot = await realpath(root).catch(() => root)
  return Promise.all(keys.map(key => removeFile(root, key, realRoot)))
}

/** Listings follow links to folders; removals do not, as what is behind one belongs elsewhere. */
async function removeFile(root: string, key: string, realRoot: string): Promise<RemoveOutcome> {
  try {
    const path = pathOf(root, key)
    if ((await realpath(dirname(path))) !== join(realRoot, dirname(key))) {
      throw new FerryError('KEY_INVALID', `\`${showKey(path)}\` lies behind a link to a folder`, {
        hint: 'remove the link itself (rm), or name the folder that it leads to',
        details: { key },
      })
    }
    await unlink(path)
    await pruneFolders(root, path)
    return { key, removed: true }
  } catch (error) {
    const code = systemErrorCode(error)
    // A folder is no object, and what cannot be a path never was one.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EPERM') {
      if (code !== 'EPERM') return { key, removed: true }
    }
    const known = fileError(error, root, key)
    return { key, removed: false, error: known instanceof Error ? known : new Error(String(known)) }
  }
}

function folderAsBucket(root: string): Bucket {
  const exists = async (): Promise<boolean> => {
    try {
      return (await statOf(root)).isDirectory()
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return false
      throw asLocalIoError(error, root)
    }
  }
  return {
    exists,
    async create() {
      if (await exists()) return 'exists'
      await mkdir(root, { recursive: true }).catch((error: unknown) => {
        throw writeError(error, root, '')
      })
      return 'created'
    },
    async remove() {
      await assertFolder(root)
      await removeEmpty(root).catch((error: unknown) => {
        if (systemErrorCode(error) !== 'ENOTEMPTY') throw asLocalIoError(error, root)
        throw new FerryError('BUCKET_NOT_EMPTY', `the folder \`${showKey(root)}\` is not empty`, {
          cause: error,
          hint: `ferry rb --force ${root}/ removes what is in it too`,
        })
      })
    },
    async *names() {},
  }
}

/** Removes a folder that holds no file, only folders and what unfinished uploads left. */
async function removeEmpty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await removeEmpty(path)
    else if (UPLOAD_NAME.test(entry.name)) await rm(path, { force: true })
  }
  await rmdir(folder)
}
