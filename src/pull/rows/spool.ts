import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asLocalIoError } from '../../core/errors.ts'
import { temporaryName } from '../../core/temporary-name.ts'

const FLUSH_CHARACTERS = 1_048_576
const READ_BYTES = 262_144
const NEWLINE = 10

/** A place in a spool to go back to. */
export interface SpoolMark {
  readonly bytes: number
  readonly rows: number
}

/**
 * A file of lines that is written once, read some times and removed: rows wait in it until all of them
 * are known, so that memory does not grow with their number. What was appended since a mark can be
 * taken back. Not synced: nothing in it survives the process.
 */
export class Spool implements AsyncDisposable {
  readonly #path: string
  readonly #file: FileHandle
  #waiting: string[] = []
  #waitingCharacters = 0
  #bytes = 0
  #rows = 0

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** Opens a new temporary file beside `path`. @throws FerryError LOCAL_IO */
  static async open(path: string): Promise<Spool> {
    const temporary = temporaryName(path)
    try {
      await mkdir(dirname(path), { recursive: true })
      return new Spool(temporary, await open(temporary, 'wx+', 0o600))
    } catch (error) {
      throw asLocalIoError(error, path)
    }
  }

  get rows(): number {
    return this.#rows
  }

  /** Appends a line, which has no line end in it. */
  async append(line: string): Promise<void> {
    this.#waiting.push(line, '\n')
    this.#waitingCharacters += line.length + 1
    this.#rows++
    if (this.#waitingCharacters >= FLUSH_CHARACTERS) await this.flush()
  }

  async mark(): Promise<SpoolMark> {
    await this.flush()
    return { bytes: this.#bytes, rows: this.#rows }
  }

  /** Forgets what was appended since the mark. */
  async rewind({ bytes, rows }: SpoolMark): Promise<void> {
    this.#waiting = []
    this.#waitingCharacters = 0
    await this.#local(() => this.#file.truncate(bytes))
    this.#bytes = bytes
    this.#rows = rows
  }

  async flush(): Promise<void> {
    const text = Buffer.from(this.#waiting.join(''))
    this.#waiting = []
    this.#waitingCharacters = 0
    for (let at = 0; at < text.length; ) {
      const { bytesWritten } = await this.#local(() =>
        this.#file.write(text, at, text.length - at, this.#bytes + at),
      )
      at += bytesWritten
    }
    this.#bytes += text.length
  }

  /** All lines in their order, some at a time. */
  async *lines(): AsyncGenerator<readonly string[]> {
    await this.flush()
    let rest: Uint8Array[] = []
    for (let at = 0; at < this.#bytes; ) {
      const length = Math.min(READ_BYTES, this.#bytes - at)
      const { buffer, bytesRead } = await this.#local(() =>
        this.#file.read(Buffer.allocUnsafe(length), 0, length, at),
      )
      if (bytesRead === 0) throw new Error(`the spool ${this.#path} was cut off`)
      at += bytesRead
      const chunk = buffer.subarray(0, bytesRead)
      const end = chunk.lastIndexOf(NEWLINE)
      rest.push(end < 0 ? chunk : chunk.subarray(0, end))
      if (end < 0) continue
      yield Buffer.concat(rest).toString('utf8').split('\n')
      rest = [chunk.subarray(end + 1)]
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
    await rm(this.#path, { force: true })
  }

  async #local<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw asLocalIoError(error, this.#path)
    }
  }
}
