/**
 * A row that is too long to be held: its values go out as CSV while they come. A value of 1 GB takes
 * no more memory than what the socket brings at once.
 */
import { csvLine, type Delimiter } from '../../formats/csv.ts'
import { NULL_VALUE, PacketCursor } from './packets.ts'
import type { LongRow } from './result.ts'
import { BYTES, type ValueReader } from './value-reader.ts'

const QUOTE = 34
const BACKSLASH_X = '\\x'
/** Longest length of a value on the wire. */
const HEAD_BYTES = 9

/** Gathers one row. Texts that are longer than what comes at once are quoted, whatever they hold. */
export class LongCsvRow implements LongRow<Buffer> {
  readonly #readers: readonly ValueReader[]
  readonly #delimiter: Delimiter
  /** Of the value that is being read. */
  #column = 0
  #head = Buffer.alloc(0)
  /** Bytes of the value still to come; -1: its length is not known yet. */
  #left = -1
  /** What has come of a value that must be seen whole: a number, a time. */
  #gathered: Buffer[] = []

  constructor(readers: readonly ValueReader[], delimiter: Delimiter) {
    this.#readers = readers
    this.#delimiter = delimiter
  }

  /** Takes the next bytes of the row; returns what of the line is known by them. */
  add(bytes: Buffer): Buffer {
    const out: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      if (this.#left === -1) at = this.#takeHead(bytes, at, out)
      if (this.#left === -1) continue
      const end = Math.min(bytes.length, at + this.#left)
      this.#takeValue(bytes.subarray(at, end), out)
      at = end
    }
    return Buffer.concat(out)
  }

  /** The end of the line. */
  end(): Buffer {
    return Buffer.from('\n')
  }

  /** Reads the length of a value; returns where its bytes begin, or where more are needed. */
  #takeHead(bytes: Buffer, from: number, out: Buffer[]): number {
    const before = this.#head.length
    const head = Buffer.concat([this.#head, bytes.subarray(from, from + HEAD_BYTES - before)])
    const first = head[0] ?? 0
    const size = first <= NULL_VALUE ? 1 : first === 0xfc ? 3 : first === 0xfd ? 4 : HEAD_BYTES
    if (head.length < size) {
      this.#head = head
      return bytes.length
    }
    this.#head = Buffer.alloc(0)
    if (this.#column > 0) out.push(Buffer.from(this.#delimiter))
    if (first === NULL_VALUE) this.#column += 1
    else this.#begin(new PacketCursor(head, 0).length(), out)
    return from + size - before
  }

  #begin(length: number, out: Buffer[]): void {
    this.#left = length
    const reader = this.#readers[this.#column]
    if (reader === BYTES) out.push(Buffer.from(BACKSLASH_X))
    else if (reader?.how === 'text') out.push(Buffer.from('"'))
    if (length === 0) this.#takeValue(Buffer.alloc(0), out)
  }

  #takeValue(bytes: Buffer, out: Buffer[]): void {
    const reader = this.#readers[this.#column]
    this.#left -= bytes.length
    const isOver = this.#left === 0
    if (reader === BYTES) out.push(Buffer.from(bytes.toString('hex'), 'latin1'))
    else if (reader?.how === 'text') {
      out.push(withQuotesDoubled(bytes))
      if (isOver) out.push(Buffer.from('"'))
    } else {
      this.#gathered.push(Buffer.from(bytes)) // these are overwritten
      if (isOver) out.push(this.#converted(reader))
    }
    if (!isOver) return
    this.#left = -1
    this.#column += 1
  }

  #converted(reader: ValueReader | undefined): Buffer {
    const value = Buffer.concat(this.#gathered.splice(0))
    const text = reader?.convert(value, 0, value.length) ?? null
    return Buffer.from(csvLine([text], this.#delimiter).slice(0, -1))
  }
}

function withQuotesDoubled(bytes: Buffer): Buffer {
  let at = bytes.indexOf(QUOTE)
  if (at === -1) return bytes
  const doubled = Buffer.allocUnsafe(2 * bytes.length)
  let from = 0
  let to = 0
  for (; at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    to += bytes.copy(doubled, to, from, at + 1)
    doubled[to++] = QUOTE
    from = at + 1
  }
  to += bytes.copy(doubled, to, from)
  return doubled.subarray(0, to)
}
