import { hash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { asLocalIoError } from '../../core/errors.ts'
import { temporaryName } from '../../core/temporary-name.ts'

const DIGEST_BYTES = 16
/** Keys whose last rows are looked for at once: 40 bytes of memory each. */
const KEYS_PER_PASS = 1_000_000
const READ_KEYS = 16_384

/**
 * The keys of rows in their order, as digests in a file: which row is the last of its key is found out
 * at the end, for as many rows as there may be, in memory that does not grow.
 */
export class KeyLog implements AsyncDisposable {
  readonly #path: string
  readonly #file: FileHandle
  #waiting: Buffer[] = []
  #rows = 0
  #written = 0

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  static async open(path: string): Promise<KeyLog> {
    const temporary = temporaryName(path)
    try {
      return new KeyLog(temporary, await open(temporary, 'wx+', 0o600))
    } catch (error) {
      throw asLocalIoError(error, path)
    }
  }

  /** The key of the next row; undefined for a row that has none, and is no other row's equal. */
  async append(key: string | undefined): Promise<void> {
    // A row without a key gets its number, which no digest of a text is in this world.
    const digest = hash('sha256', key ?? `row ${this.#rows}`, 'buffer').subarray(0, DIGEST_BYTES)
    this.#waiting.push(digest)
    this.#rows++
    if (this.#waiting.length >= READ_KEYS) await this.#flush()
  }

  /** Forgets the rows from this one on. */
  async rewind(rows: number): Promise<void> {
    await this.#flush()
    this.#rows = rows
    this.#written = rows
  }

  /** A bit a row: set where a later row has the same key. */
  async superseded(): Promise<RowSet> {
    await this.#flush()
    const found = new RowSet(this.#rows)
    const passes = Math.ceil(this.#rows / KEYS_PER_PASS)
    for (let pass = 0; pass < passes; pass++) await this.#pass(pass, passes, found)
    return found
  }

  async #pass(pass: number, passes: number, found: RowSet): Promise<void> {
    const last = new LastRows(Math.min(this.#rows, KEYS_PER_PASS))
    let row = 0
    for await (const digests of this.#digests()) {
      for (let at = 0; at < digests.length; at += DIGEST_BYTES, row++) {
        if (digests.readUInt32LE(at) % passes !== pass) continue
        const before = last.replace(digests.subarray(at, at + DIGEST_BYTES), row)
        if (before !== undefined) found.add(before)
      }
    }
  }

  async *#digests(): AsyncGenerator<Buffer> {
    const whole = this.#rows * DIGEST_BYTES
    for (let at = 0; at < whole; ) {
      const length = Math.min(READ_KEYS * DIGEST_BYTES, whole - at)
      const buffer = Buffer.allocUnsafe(length)
      for (let filled = 0; filled < length; ) {
        const { bytesRead } = await this.#file.read(buffer, filled, length - filled, at + filled)
        if (bytesRead === 0) throw new Error(`the keys in ${this.#path} were cut off`)
        filled += bytesRead
      }
      yield buffer
      at += length
    }
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    try {
      for (let at = 0; at < bytes.length; ) {
        const position = this.#written * DIGEST_BYTES + at
        const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, position)
        at += bytesWritten
      }
    } catch (error) {
      throw asLocalIoError(error, this.#path)
    }
    this.#written += bytes.length / DIGEST_BYTES
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
    await rm(this.#path, { force: true })
  }
}

/** Numbers of rows. */
export class RowSet {
  readonly #bits: Uint8Array
  size = 0

  constructor(rows: number) {
    this.#bits = new Uint8Array(Math.ceil(rows / 8))
  }

  add(row: number): void {
    if (this.has(row)) return
    this.#bits[row >> 3] = (this.#bits[row >> 3] ?? 0) | (1 << (row & 7))
    this.size++
  }

  has(row: number): boolean {
    return ((this.#bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0
  }
}

/** The last row of each key so far: an open table of digests. */
class LastRows {
  readonly #digests: Buffer
  /** Row + 1; 0 where a place is free. */
  readonly #rows: Uint32Array
  readonly #places: number

  constructor(keys: number) {
    this.#places = 2 ** Math.ceil(Math.log2(Math.max(16, keys * 2)))
    this.#digests = Buffer.alloc(this.#places * DIGEST_BYTES)
    this.#rows = new Uint32Array(this.#places)
  }

  /** Notes the row; returns the one that had the key before. */
  replace(digest: Buffer, row: number): number | undefined {
    let place = digest.readUInt32LE(4) & (this.#places - 1)
    for (; ; place = (place + 1) & (this.#places - 1)) {
      const held = this.#rows[place] ?? 0
      const start = place * DIGEST_BYTES
      if (held === 0) digest.copy(this.#digests, start)
      else if (digest.compare(this.#digests, start, start + DIGEST_BYTES) !== 0) continue
      this.#rows[place] = row + 1
      return held === 0 ? undefined : held - 1
    }
  }
}
