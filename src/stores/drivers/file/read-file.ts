import type { BigIntStats } from 'node:fs'
import { asLocalIoError, FerryError } from '../../../core/errors.ts'
import { showKey } from '../../../formats/object-key.ts'
import type { ObjectBody, ObjectStream, ReadOptions } from '../../store.ts'
import { callsFor, type FileCalls, readAt } from './file-calls.ts'
import { assertFolder } from './listing.ts'
import { etagOf, fileError, infoOf, pathOf } from './paths.ts'

/** Opens a file, or a range of it. @throws FerryError OBJECT_NOT_FOUND, PRECONDITION_FAILED */
export async function readFile(
  root: string,
  key: string,
  options: ReadOptions,
): Promise<ObjectStream> {
  const { range, ifMatch, signal } = options
  signal.throwIfAborted()
  const path = pathOf(root, key)
  const calls = callsFor(root)
  let file: number
  try {
    file = await calls.openToRead(path)
  } catch (error) {
    await assertFolder(root)
    throw fileError(error, root, key)
  }
  try {
    const stats = await calls.statOpen(file)
    assertReadable(stats, path, { key, ifMatch })
    const info = infoOf(key, stats)
    const { offset, length } = range ?? { offset: 0, length: info.size }
    const opened = { file, path, offset, length, calls, wasModified: stats.mtimeNs }
    return { info, body: new FileBody(opened) }
  } catch (error) {
    await calls.close(file)
    throw fileError(error, root, key)
  }
}

function assertReadable(
  stats: BigIntStats,
  path: string,
  { key, ifMatch }: { readonly key: string; readonly ifMatch: string | undefined },
): void {
  if (!stats.isFile()) {
    throw new FerryError('OBJECT_NOT_FOUND', `\`${showKey(path)}\` is no file`, {
      details: { key },
    })
  }
  if (ifMatch !== undefined && ifMatch !== etagOf(stats)) {
    throw new FerryError('PRECONDITION_FAILED', `\`${showKey(path)}\` has changed`)
  }
}

interface OpenedFile {
  readonly file: number
  readonly path: string
  readonly offset: number
  readonly length: number
  readonly calls: FileCalls
  readonly wasModified: bigint
}

const CHUNK_BYTES = 1_048_576

/** What is read of an open file, which is closed at the end; it must not change meanwhile. */
class FileBody implements ObjectBody {
  readonly #opened: OpenedFile
  /** What `fill` took of it. */
  #filled = 0
  #isClosed = false

  constructor(opened: OpenedFile) {
    this.#opened = opened
  }

  async readInto(target: Uint8Array, onBytes: (bytes: number) => void): Promise<void> {
    await this.fill(target.subarray(0, this.#opened.length - this.#filled), onBytes)
    try {
      await this.#assertUnchanged()
    } finally {
      await this.#close()
    }
  }

  async fill(target: Uint8Array, onBytes: (bytes: number) => void): Promise<void> {
    try {
      for (let done = 0; done < target.length; ) {
        const piece = target.subarray(done, done + CHUNK_BYTES)
        const bytes = await this.#readPiece(piece, this.#filled)
        done += bytes
        this.#filled += bytes
        onBytes(bytes)
      }
    } catch (error) {
      await this.#close()
      throw asLocalIoError(error, this.#opened.path)
    }
  }

  discard(): void {
    this.#close().catch(() => {}) // of what was only read nothing is lost by it
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const { length } = this.#opened
    try {
      for (let done = 0; done < length; ) {
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length - done))
        const bytes = await this.#readPiece(chunk, done)
        done += bytes
        yield chunk.subarray(0, bytes)
      }
      await this.#assertUnchanged()
    } catch (error) {
      throw asLocalIoError(error, this.#opened.path)
    } finally {
      await this.#close()
    }
  }

  async #readPiece(piece: Uint8Array, done: number): Promise<number> {
    const { file, offset, path } = this.#opened
    const { bytesRead } = await readAt(file, piece, 0, piece.length, offset + done)
    if (bytesRead === 0) throw changed(path)
    return bytesRead
  }

  async #assertUnchanged(): Promise<void> {
    const { file, path, calls, wasModified } = this.#opened
    const { mtimeNs } = await calls.statOpen(file)
    if (mtimeNs !== wasModified) throw changed(path)
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#opened.calls.close(this.#opened.file)
  }
}

function changed(path: string): FerryError {
  return new FerryError('SOURCE_CHANGED', `\`${showKey(path)}\` changed while it was read`, {
    hint: 'try again when its writer is done',
  })
}
