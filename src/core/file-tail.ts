import { closeSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { systemErrorCode } from './errors.ts'

const CHUNK_BYTES = 1 << 18
const LONGEST_LINE = 1 << 20

/** Reads what a growing file has got since the last time, as whole lines, in constant memory. */
export class FileTail {
  readonly #path: string
  #offset: number
  #decoder = new StringDecoder('utf8')
  #rest = ''

  /** `from`: skip the bytes before. A file that is not there yet is empty. */
  constructor(path: string, from = 0) {
    this.#path = path
    this.#offset = from
  }

  /** What follows the last newline. */
  get rest(): string {
    return this.#rest
  }

  /** The lines completed since the last call. Calls must not overlap. */
  async *lines(): AsyncGenerator<string> {
    const file = await openIfPresent(this.#path)
    if (file === undefined) return
    try {
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, this.#offset)
        if (bytesRead === 0) return
        yield* this.#linesOf(buffer.subarray(0, bytesRead))
      }
    } finally {
      await file.close()
    }
  }

  /** The same without leaving the thread: for a process whose threads have longer work to do. */
  *linesNow(): Generator<string> {
    const file = openNowIfPresent(this.#path)
    if (file === undefined) return
    try {
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
      for (;;) {
        const bytesRead = readSync(file, buffer, 0, CHUNK_BYTES, this.#offset)
        if (bytesRead === 0) return
        yield* this.#linesOf(buffer.subarray(0, bytesRead))
      }
    } finally {
      closeSync(file)
    }
  }

  #linesOf(bytes: Buffer): string[] {
    this.#offset += bytes.length
    const parts = (this.#rest + this.#decoder.write(bytes)).split('\n')
    const rest = parts.pop() ?? ''
    this.#rest = rest.length > LONGEST_LINE ? rest.slice(-LONGEST_LINE) : rest
    return parts
  }
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function openNowIfPresent(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
