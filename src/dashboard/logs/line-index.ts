import type { FileHandle } from 'node:fs/promises'
import { FerryError } from '../../core/errors.ts'

/** Of each so many bytes, how many lines end before them is known: a number for a megabyte. */
const BLOCK_BYTES = 1 << 20
const NEWLINE = 10

interface Seen {
  readonly size: number
  readonly ino: number
}

/**
 * The numbers of a log's lines, at any place of a log of any size: newlines are counted once, block by block, in the
 * background, as far as somebody asks, and a log that has grown is counted on. A file that was made anew, or cut
 * shorter, is counted anew.
 */
export class LineIndex {
  readonly #open: () => Promise<FileHandle>
  readonly #blockBytes: number
  /** Newlines in all blocks up to and with each. */
  #sums: number[] = []
  #seen: Seen = { size: 0, ino: 0 }
  #wanted = 0
  #counting: Promise<void> | undefined

  /** `open`: the log, each time anew; it is closed here. `blockBytes`: a multiple of four. */
  constructor(open: () => Promise<FileHandle>, blockBytes = BLOCK_BYTES) {
    this.#open = open
    this.#blockBytes = blockBytes
  }

  /** The number of the line that a byte belongs to; the first is 1. */
  async numberAt(at: number): Promise<number> {
    await using file = await this.#look()
    const place = Math.min(at, this.#seen.size)
    await this.#count(place)
    const block = Math.floor(place / this.#blockBytes)
    const before = this.#sums[block - 1] ?? 0
    const { bytes, words } = await readPart(
      file,
      block * this.#blockBytes,
      place - block * this.#blockBytes,
    )
    return before + newlinesIn(bytes, words) + 1
  }

  /** Where a line begins; of a number beyond the last line, where that begins. */
  async placeOf(line: number): Promise<number> {
    await using file = await this.#look()
    const { size } = this.#seen
    const whole = Math.floor(size / this.#blockBytes)
    // No further than needed: the beginning of a log is there at once.
    for (let to = 16; (this.#sums.at(-1) ?? 0) < line - 1 && this.#sums.length < whole; to *= 2) {
      await this.#count(Math.min(to, whole) * this.#blockBytes)
    }
    let block = this.#sums.findIndex(sum => sum >= line - 1)
    if (block === -1) block = whole
    let missing = line - 1 - (this.#sums[block - 1] ?? 0)
    if (missing <= 0) return 0
    const { bytes } = await readPart(file, block * this.#blockBytes, this.#blockBytes)
    let last = -1
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
      const place = block * this.#blockBytes + at + 1
      if (place >= size) break // nothing stands behind it
      last = place
      missing -= 1
      if (missing === 0) break
    }
    // Awaited, or the file would be closed meanwhile.
    return last === -1 ? await this.#startOfLast(file, block * this.#blockBytes) : last
  }

  /** How many lines have ended. */
  async total(): Promise<number> {
    await using file = await this.#look()
    const { size } = this.#seen
    await this.#count(size)
    const block = Math.floor(size / this.#blockBytes)
    const { bytes, words } = await readPart(
      file,
      block * this.#blockBytes,
      size - block * this.#blockBytes,
    )
    return (this.#sums[block - 1] ?? 0) + newlinesIn(bytes, words)
  }

  /** Of a log whose last block holds no beginning of a line. */
  async #startOfLast(file: FileHandle, before: number): Promise<number> {
    for (let block = before / this.#blockBytes - 1; block >= 0; block -= 1) {
      const { bytes } = await readPart(file, block * this.#blockBytes, this.#blockBytes)
      const newline = bytes.lastIndexOf(NEWLINE)
      if (newline !== -1) return block * this.#blockBytes + newline + 1
    }
    return 0
  }

  async #look(): Promise<FileHandle> {
    const file = await this.#open()
    const { size, ino } = await file.stat()
    if (ino !== this.#seen.ino || size < this.#seen.size) {
      this.#sums = []
      this.#wanted = 0
    }
    this.#seen = { size, ino }
    return file
  }

  /** All whole blocks before a byte. Those who wait for less have it in time, too: it is one counting for all. */
  async #count(to: number): Promise<void> {
    const blocks = Math.floor(to / this.#blockBytes)
    while (this.#sums.length < blocks) {
      this.#wanted = Math.max(this.#wanted, blocks)
      this.#counting ??= this.#countOn().finally(() => {
        this.#counting = undefined
      })
      await this.#counting
    }
  }

  async #countOn(): Promise<void> {
    await using file = await this.#open()
    const sums = this.#sums
    const words = new Int32Array(this.#blockBytes / 4)
    const bytes = Buffer.from(words.buffer)
    while (sums.length < this.#wanted && sums === this.#sums) {
      const read = await readFully(file, bytes, sums.length * this.#blockBytes)
      if (read < this.#blockBytes) return this.#cutShort()
      sums.push((sums.at(-1) ?? 0) + newlinesIn(bytes, words))
    }
  }

  #cutShort(): void {
    this.#wanted = 0
    throw new FerryError('TRANSIENT', 'the log was cut shorter while its lines were counted')
  }
}

async function readPart(
  file: FileHandle,
  from: number,
  length: number,
): Promise<{ readonly bytes: Buffer; readonly words: Int32Array }> {
  const words = new Int32Array(Math.ceil(length / 4))
  const bytes = Buffer.from(words.buffer, 0, length)
  const read = await readFully(file, bytes, from)
  return { bytes: bytes.subarray(0, read), words }
}

async function readFully(file: FileHandle, bytes: Buffer, from: number): Promise<number> {
  let read = 0
  while (read < bytes.length) {
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, from + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return read
}

const PATTERN = 0x0a_0a_0a_0a
const ONES = 0x01_01_01_01
const HIGH = 0x80_80_80_80 | 0

/**
 * Four bytes at a time: in most of them is no newline, which a subtraction tells (a zero byte borrows; Mycroft 1987).
 * Half the time of a loop over bytes. `words` are the same memory.
 */
function newlinesIn(bytes: Buffer, words: Int32Array): number {
  let lines = 0
  const whole = bytes.length >> 2
  for (let at = 0; at < whole; at += 1) {
    const other = (words[at] ?? 0) ^ PATTERN
    if (((other - ONES) & ~other & HIGH) === 0) continue
    if ((other & 0xff) === 0) lines += 1
    if ((other & 0xff_00) === 0) lines += 1
    if ((other & 0xff_00_00) === 0) lines += 1
    if ((other & 0xff_00_00_00) === 0) lines += 1
  }
  for (let at = whole << 2; at < bytes.length; at += 1) if (bytes[at] === NEWLINE) lines += 1
  return lines
}
