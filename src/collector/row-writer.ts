import { isUtf8 } from 'node:buffer'
import { FIELD_SEPARATOR, ROW_END } from '../formats/event-row.ts'
import { Refusal } from './refusal.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What a byte asks for: 1, quotes around the field; 2, a check that the field is UTF-8. */
const CSV_CLASS = new Uint8Array(256)
for (const byte of [FIELD_SEPARATOR, ROW_END, 0x0d, QUOTE]) CSV_CLASS[byte] = 1
CSV_CLASS.fill(2, 128)

/** The same inside of a JSON string: 1, an escape. */
const JSON_CLASS = new Uint8Array(256)
JSON_CLASS.fill(1, 0, 32)
for (const byte of [QUOTE, BACKSLASH]) JSON_CLASS[byte] = 1
JSON_CLASS.fill(2, 128)

const HEX = Buffer.from('0123456789abcdef', 'latin1')

/** Below it, numbers have 32 bits; the digits that come behind its multiples. */
const SMALL = 100_000_000
const SMALL_DIGITS = 8

/** The most bytes that one byte of a field can become: `\u0001`. */
const WORST_GROWTH = 6

/**
 * Rows being written, in one growing buffer: bytes in, bytes out, no string and no object for an
 * event. Callers `reserve` what a row can take at most, then put its fields.
 */
export class RowWriter {
  bytes: Buffer<ArrayBuffer>
  length = 0
  /** Of the same bytes: four at once. */
  #words: DataView
  readonly #first: number
  readonly #limit: number

  /** `limit` bounds the buffer, in bytes. */
  constructor(first: number, limit: number) {
    this.#first = first
    this.#limit = limit
    this.bytes = Buffer.from(new ArrayBuffer(first))
    this.#words = wordsOf(this.bytes)
  }

  /**
   * Makes room for fields of `size` bytes in all, whatever is in them, and for `fields` separators.
   * @throws Refusal rows_too_large
   */
  reserve(size: number, fields: number): void {
    this.#reserve(this.length + size * WORST_GROWTH + fields * 32)
  }

  #reserve(needed: number): void {
    if (needed <= this.bytes.length) return
    if (needed > this.#limit) {
      throw new Refusal('rows_too_large', 'the rows of this request would take too much memory')
    }
    this.#grow(Math.min(this.#limit, Math.max(needed, this.bytes.length * 2)))
  }

  /** Rows that another one has made. @throws Refusal rows_too_large */
  putRows(from: Uint8Array, start: number, end: number): void {
    this.#reserve(this.length + end - start)
    this.bytes.set(from.subarray(start, end), this.length)
    this.length += end - start
  }

  /** Bytes behind the rows; they may go beyond the limit, which is that of rows. */
  putBehind(tail: Buffer): void {
    const end = this.length + tail.length
    if (end > this.bytes.length) this.#grow(end)
    tail.copy(this.bytes, this.length)
    this.length = end
  }

  /** Empties the writer; a buffer that had to grow a lot is given back. */
  clear(): void {
    this.length = 0
    if (this.bytes.length > 4 * this.#first) this.#grow(this.#first)
  }

  /** The memory moves: what is left to the collector of garbage stays for long. */
  #grow(size: number): void {
    this.bytes = Buffer.from(this.bytes.buffer.transfer(size))
    this.#words = wordsOf(this.bytes)
  }

  putByte(byte: number): void {
    this.bytes[this.length++] = byte
  }

  separate(): void {
    this.bytes[this.length++] = FIELD_SEPARATOR
  }

  endRow(): void {
    this.bytes[this.length++] = ROW_END
  }

  /** Bytes that are whole fields already. */
  putRaw(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this
    let at = this.length
    for (let i = start; i < end; i++) bytes[at++] = from[i] ?? 0
    this.length = at
  }

  /** What another writer holds; up to three bytes more are written, and written over by what follows. */
  putPiece(from: RowWriter, start: number, end: number): void {
    const source = from.#words
    const target = this.#words
    const shift = this.length - start
    for (let i = start; i < end; i += 4) target.setInt32(i + shift, source.getInt32(i))
    this.length = end + shift
  }

  /** A text that is always the same, likewise. */
  putConstant({ words, length }: Constant): void {
    this.putWords(words, length)
  }

  /** The first bytes of whole words, likewise. */
  putWords(words: DataView, length: number): void {
    const target = this.#words
    const start = this.length
    for (let i = 0; i < length; i += 4) target.setInt32(start + i, words.getInt32(i))
    this.length = start + length
  }

  /** ASCII text that needs no quotes. */
  putText(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i)
  }

  /** A field, quoted where it must be. @throws Refusal field_invalid (not UTF-8) */
  putField(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this
    let at = this.length
    let seen = 0
    for (let i = start; i < end; i++) {
      const byte = from[i] ?? 0
      seen |= CSV_CLASS[byte] ?? 0
      bytes[at++] = byte
    }
    if (seen !== 0) at = this.#checkAndQuote(from, start, end, seen)
    this.length = at
  }

  #checkAndQuote(from: Uint8Array, start: number, end: number, seen: number): number {
    if ((seen & 2) !== 0) requireUtf8(from, start, end)
    const { bytes } = this
    if ((seen & 1) === 0) return this.length + end - start
    let at = this.length
    bytes[at++] = QUOTE
    for (let i = start; i < end; i++) {
      const byte = from[i] ?? 0
      if (byte === QUOTE) bytes[at++] = QUOTE
      bytes[at++] = byte
    }
    bytes[at++] = QUOTE
    return at
  }

  /** What lies between the quotes of a JSON string, inside of a field that is quoted. */
  putJsonText(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this
    let at = this.length
    let seen = 0
    for (let i = start; i < end; i++) {
      const byte = from[i] ?? 0
      seen |= JSON_CLASS[byte] ?? 0
      bytes[at++] = byte
    }
    if (seen !== 0) at = this.#checkAndEscape(from, start, end, seen)
    this.length = at
  }

  #checkAndEscape(from: Uint8Array, start: number, end: number, seen: number): number {
    if ((seen & 2) !== 0) requireUtf8(from, start, end)
    if ((seen & 1) === 0) return this.length + end - start
    const { bytes } = this
    let at = this.length
    for (let i = start; i < end; i++) {
      const byte = from[i] ?? 0
      if (JSON_CLASS[byte] !== 1) {
        bytes[at++] = byte
        continue
      }
      bytes[at++] = BACKSLASH
      if (byte === QUOTE) {
        bytes[at++] = QUOTE // doubled, as the field is in quotes
        bytes[at++] = QUOTE
      } else if (byte === BACKSLASH) {
        bytes[at++] = BACKSLASH
      } else {
        bytes[at++] = 0x75
        bytes[at++] = 0x30
        bytes[at++] = 0x30
        bytes[at++] = HEX[byte >> 4] ?? 0
        bytes[at++] = HEX[byte & 15] ?? 0
      }
    }
    return at
  }

  /** A whole number from 0 to 2^53, in decimal. */
  putInteger(value: number): void {
    if (value < SMALL) {
      this.#putDigits(value, digitsOf(value))
      return
    }
    // Divisions of 32 bits are multiplications to the compiler, those of doubles are not.
    const high = Math.floor(value / SMALL)
    this.putInteger(high)
    this.#putDigits(value - high * SMALL, SMALL_DIGITS)
  }

  #putDigits(value: number, digits: number): void {
    const { bytes } = this
    const end = this.length + digits
    let rest = value | 0
    for (let at = end - 1; at >= this.length; at--) {
      const next = (rest / 10) | 0
      bytes[at] = 0x30 + (rest - next * 10)
      rest = next
    }
    this.length = end
  }

  /** Two digits. */
  putPair(value: number): void {
    const tens = (value / 10) | 0
    this.bytes[this.length++] = 0x30 + tens
    this.bytes[this.length++] = 0x30 + value - tens * 10
  }
}

const wordsOf = ({ buffer, byteOffset, length }: Buffer): DataView =>
  new DataView(buffer, byteOffset, length)

/** A text in words of four bytes. */
export interface Constant {
  readonly words: DataView
  /** Of the text, in bytes. */
  readonly length: number
}

export function constant(text: string): Constant {
  const { length } = text
  const bytes = Buffer.alloc(Math.ceil(length / 4) * 4)
  bytes.write(text, 'latin1')
  return { words: wordsOf(bytes), length }
}

function digitsOf(value: number): number {
  let digits = 1
  for (let power = 10; power <= value; power *= 10) digits++
  return digits
}

function requireUtf8(from: Uint8Array, start: number, end: number): void {
  if (isUtf8(from.subarray(start, end))) return
  throw new Refusal('field_invalid', 'a text is not UTF-8')
}
