import { appendFile, type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { FerryError, systemErrorCode } from '../../../core/errors.ts'
import { randomDigits } from '../../../core/temporary-name.ts'
import type { PartReceipt, UploadRef, Uploads, WholeUpload } from '../../store.ts'
import { callsFor } from './file-calls.ts'
import type { Leftovers } from './leftovers.ts'
import { inFolder, pathOf, writeError } from './paths.ts'
import { publish } from './publish.ts'

/** One part in so many waits until the disk has it: a crash of the machine costs no more. */
const SYNC_EVERY = 8

/**
 * Parts go into a file beside the target at their offset; a second file has a line for each that is
 * written: number, offset, size, CRC-32C. What a crash of the machine tore is found by that.
 */
export function fileUploads(root: string, leftovers: Leftovers): Uploads {
  const fileOf = ({ key, id }: UploadRef): string => join(dirname(pathOf(root, key)), id)
  const linesOf = (upload: UploadRef): string => `${fileOf(upload)}.parts`
  const onDisk = async <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      throw error instanceof FerryError ? error : writeError(error, root, key)
    }
  }
  const abort = async (upload: UploadRef): Promise<void> => {
    await rm(fileOf(upload), { force: true })
    await rm(linesOf(upload), { force: true })
  }
  return {
    async start(key) {
      const upload = { key, id: `.ferry-upload-${process.pid}-${randomDigits()}` }
      const path = fileOf(upload)
      const file = await onDisk(key, () => inFolder(path, () => open(path, 'wx')))
      await file.close()
      await onDisk(key, () => leftovers.sweep(dirname(path)))
      return upload
    },
    putPart: (upload, { number, offset, bytes, crc32c }) =>
      onDisk(upload.key, async () => {
        await using file = await openUpload(fileOf(upload))
        await writeAt(file, bytes, offset)
        if (number % SYNC_EVERY === 0) await file.datasync()
        const line = [number, offset, bytes.length, crc32c].join(' ')
        await appendFile(linesOf(upload), `${line}\n`)
        return { number, size: bytes.length, etag: String(offset), crc32c }
      }),
    async *parts(upload, { signal, inspect }) {
      await using file = await openUpload(fileOf(upload))
      const found = new Map<number, PartReceipt>()
      for (const receipt of await readLines(linesOf(upload))) found.set(receipt.number, receipt)
      for (const receipt of [...found.values()].sort((a, b) => a.number - b.number)) {
        signal.throwIfAborted()
        const bytes = Buffer.allocUnsafe(receipt.size)
        const { bytesRead } = await file.read(bytes, 0, receipt.size, Number(receipt.etag))
        if (bytesRead !== receipt.size || crc32c(bytes) !== receipt.crc32c) continue
        inspect?.(bytes)
        yield receipt
      }
    },
    complete: (upload, whole, { condition }) =>
      onDisk(upload.key, async () => {
        const path = fileOf(upload)
        assertWhole(upload, whole)
        await using file = await openUpload(path)
        const { size } = await file.stat()
        if (size !== whole.size) {
          const message = `\`${upload.key}\`: ${size} bytes are on the disk, not ${whole.size}`
          throw new FerryError('TRANSFER_CORRUPT', message)
        }
        await file.sync()
        const info = await publish({
          root,
          key: upload.key,
          temporary: path,
          condition,
          calls: callsFor(root),
        })
        await rm(linesOf(upload), { force: true })
        return info
      }),
    abort,
  }
}

/** The parts must follow each other and end where the object does. */
function assertWhole(upload: UploadRef, { parts, size }: WholeUpload): void {
  const isInOrder = parts.every(({ number }, at) => number === at + 1)
  const total = parts.reduce((sum, part) => sum + part.size, 0)
  if (isInOrder && total === size) return
  const message = `\`${upload.key}\`: parts of ${total} bytes are not the ${size} bytes of the whole`
  throw new FerryError('TRANSFER_CORRUPT', message)
}

async function openUpload(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error
    throw new FerryError('OBJECT_NOT_FOUND', `the unfinished upload \`${path}\` is gone`, {
      cause: error,
    })
  }
}

/**
 * Of a part at once, Linux 6 makes pages of up to 2 MB, which it must get and clear first: 8 MiB in
 * one go cost four times the CPU of the same in pieces (docs/performance.md).
 */
const PIECE_BYTES = 262_144

async function writeAt(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const length = Math.min(PIECE_BYTES, bytes.length - done)
    const { bytesWritten } = await file.write(bytes, done, length, offset + done)
    done += bytesWritten // short where the disk is nearly full; the next one says so
  }
}

/** A torn last line is no receipt. */
async function readLines(path: string): Promise<readonly PartReceipt[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return ''
    throw error
  })
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap(line => {
      const numbers = line.split(' ').map(Number)
      const [number = NaN, offset = NaN, size = NaN, crc32c = NaN] = numbers
      if (numbers.length !== 4 || !numbers.every(Number.isSafeInteger)) return []
      return [{ number, size, etag: String(offset), crc32c }]
    })
}
