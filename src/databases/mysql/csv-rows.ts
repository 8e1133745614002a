/**
 * Rows of the text protocol to CSV, byte by byte, without an object a row. This is a hot path: what it
 * gives up for speed is measured by bench/mirror/mysql.
 */
import type { Delimiter } from '../../formats/csv.ts'
import { NULL_VALUE, PacketCursor } from './packets.ts'
import { LongCsvRow } from './long-row.ts'
import type { LongRows, RowSink } from './result.ts'
import type { ByteRange, ValueReader } from './value-reader.ts'

const PIECE_BYTES = 131_072
/** Quotes around a value, a delimiter, and what a conversion may add. */
const MOST_MORE_BYTES = 16

const QUOTE = 34
const NEWLINE = 10
const RETURN = 13
/** Of the characters that make a value be quoted, the greatest: a comma. */
const LAST_SPECIAL = 44
const BACKSLASH = 92
const DOT = 46

/** Whole lines, and how many. */
interface Lines {
  readonly bytes: Buffer
  readonly rows: number
}

/** Gathers rows as the bytes of CSV or TSV, as formats/csv.ts writes them. */
export class CsvRows implements RowSink<Lines> {
  readonly long: LongRows<Lines>
  readonly #readers: readonly ValueReader[]
  readonly #delimiter: number
  readonly #rowOverhead: number
  readonly #reuses: boolean
  #piece: Buffer = Buffer.allocUnsafe(0)
  #at = 0
  #rows = 0
  /** Filled anew for each value that is put. */
  readonly #value: ByteRange = { buffer: this.#piece, start: 0, end: 0 }

  /**
   * With `reuse`, the bytes of a piece are good until the next row is added: memory then is one piece.
   */
  constructor(readers: readonly ValueReader[], delimiter: Delimiter, reuse: 'reuse' | 'keep') {
    this.#reuses = reuse === 'reuse'
    this.#readers = readers
    this.#delimiter = delimiter.charCodeAt(0)
    this.long = {
      begin: () => new LongCsvRow(readers, delimiter),
      piece: (bytes, isEnd) => ({ bytes, rows: isEnd ? 1 : 0 }),
    }
    this.#rowOverhead = MOST_MORE_BYTES * (readers.length + 1)
  }

  get isFull(): boolean {
    return this.#at >= PIECE_BYTES
  }

  take(): Lines | undefined {
    if (this.#at === 0) return undefined
    const piece = { bytes: this.#piece.subarray(0, this.#at), rows: this.#rows }
    this.#rows = 0
    // One that a huge row had made large is not kept.
    const isKept = this.#reuses && this.#piece.length <= 2 * PIECE_BYTES
    if (!isKept) this.#piece = Buffer.allocUnsafe(0)
    this.#at = 0
    return piece
  }

  add(buffer: Buffer, start: number, end: number): void {
    this.#reserve(2 * (end - start) + this.#rowOverhead)
    const readers = this.#readers
    const count = readers.length
    let at = start
    for (let index = 0; index < count; index += 1) {
      if (index > 0) this.#put(this.#delimiter)
      let length = buffer[at] as number // the packet is as long as it says
      at += 1
      if (length === NULL_VALUE) continue
      if (length > NULL_VALUE) {
        const cursor = new PacketCursor(buffer, at - 1)
        length = cursor.length()
        at = cursor.at
      }
      this.#add(readers[index] as ValueReader, buffer, at, at + length)
      at += length
    }
    this.#put(NEWLINE)
    this.#rows += 1
  }

  /** Room for `bytes` more; a piece is taken when it has PIECE_BYTES, so it grows by one row at most. */
  #reserve(bytes: number): void {
    const needed = this.#at + bytes
    if (needed <= this.#piece.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, PIECE_BYTES + 16_384))
    this.#piece.copy(larger, 0, 0, this.#at)
    this.#piece = larger
  }

  #put(byte: number): void {
    this.#piece[this.#at] = byte
    this.#at += 1
  }

  #add(reader: ValueReader, buffer: Buffer, start: number, end: number): void {
    if (reader.how === 'text') this.#addText(buffer, start, end)
    else if (reader.how === 'plain') this.#copy(buffer, start, end)
    else if (reader.put !== undefined) {
      const value = this.#value
      value.buffer = buffer
      value.start = start
      value.end = end
      const after = reader.put(value, this.#piece, this.#at)
      if (after >= 0) this.#at = after
    } else {
      const text = reader.convert(buffer, start, end)
      if (text !== null) this.#at += this.#piece.write(text, this.#at, 'latin1')
    }
  }

  #copy(buffer: Buffer, start: number, end: number): void {
    const piece = this.#piece
    let to = this.#at
    for (let from = start; from < end; from += 1) {
      piece[to] = buffer[from] as number
      to += 1
    }
    this.#at = to
  }

  #addText(buffer: Buffer, start: number, end: number): void {
    const piece = this.#piece
    const delimiter = this.#delimiter
    let to = this.#at
    for (let from = start; from < end; from += 1) {
      const byte = buffer[from] as number
      const isSpecial =
        byte <= LAST_SPECIAL &&
        (byte === delimiter || byte === QUOTE || byte === NEWLINE || byte === RETURN)
      if (isSpecial) return this.#addQuoted(buffer, start, end)
      piece[to] = byte
      to += 1
    }
    if (start === end || this.#endsInput(buffer, start, end)) {
      return this.#addQuoted(buffer, start, end)
    }
    this.#at = to
  }

  /** A line that is `\.` alone ends the input for readers of PostgreSQL's COPY. */
  #endsInput(buffer: Buffer, start: number, end: number): boolean {
    const isMark = end - start === 2 && buffer[start] === BACKSLASH && buffer[start + 1] === DOT
    return isMark && this.#readers.length === 1
  }

  #addQuoted(buffer: Buffer, start: number, end: number): void {
    const piece = this.#piece
    let to = this.#at
    piece[to++] = QUOTE
    for (let from = start; from < end; from += 1) {
      const byte = buffer[from] as number
      if (byte === QUOTE) piece[to++] = QUOTE
      piece[to++] = byte
    }
    piece[to++] = QUOTE
    this.#at = to
  }
}
