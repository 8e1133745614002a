import { ROW_END } from '../../formats/event-row.ts'
import type { RowScanner } from './row-scanner.ts'

/** A row that goes on for longer is none: no collector writes such. */
export const MAX_ROW_BYTES = 33_554_432

/** A row, or a line that is none. */
export interface RowLine {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  /** Where it begins: the line, from 1 up, and the byte of the whole text. */
  readonly line: number
  readonly at: number
  /** Why it is no row. */
  readonly broken?: string
}

/**
 * Cuts a text that comes in pieces into rows of events. A row that is broken costs the line that it
 * begins in: the next one begins behind that line's end.
 */
export class RowLines {
  readonly #scanner: RowScanner
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  /** Bytes of the text before `#bytes`. */
  #before = 0
  #line = 1
  /** What came since a row was found to go on. */
  #held: Buffer[] = []
  #heldBytes = 0
  /** So much must be held before that row is looked at again: as much as there was, so twice in all. */
  #wanted = 0

  /** `scanner` knows the fields of the row that came last. */
  constructor(scanner: RowScanner) {
    this.#scanner = scanner
  }

  push(piece: Uint8Array): void {
    this.#held.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length))
    this.#heldBytes += piece.length
    if (this.#heldBytes >= this.#wanted) this.#takeHeld()
  }

  #takeHeld(): void {
    const rest = this.#bytes.subarray(this.#at)
    this.#before += this.#at
    this.#at = 0
    const [first] = this.#held
    const isAll = rest.length === 0 && this.#held.length === 1 && first !== undefined
    this.#bytes = isAll ? first : Buffer.concat([rest, ...this.#held])
    this.#held = []
    this.#heldBytes = 0
    this.#wanted = 0
  }

  /** The next row, as far as it is there; `isAtEnd`: nothing comes any more. */
  next(isAtEnd: boolean): RowLine | undefined {
    if (this.#held.length > 0) {
      if (!isAtEnd) return undefined
      this.#takeHeld()
    }
    const bytes = this.#bytes
    const start = this.#at
    if (start === bytes.length) return undefined
    const outcome = this.#scanner.scan(bytes, start, bytes.length)
    if (outcome === 'row') return this.#take(this.#scanner.next)
    const mayGoOn = !isAtEnd && bytes.length - start < MAX_ROW_BYTES
    const lineEnd = outcome === 'more' && mayGoOn ? -1 : bytes.indexOf(ROW_END, start)
    if (lineEnd === -1 && mayGoOn) {
      this.#wanted = bytes.length - start
      return undefined
    }
    const broken = outcome === 'broken' ? this.#scanner.reason : 'it ends in the middle'
    return { ...this.#take(lineEnd === -1 ? bytes.length : lineEnd + 1), broken }
  }

  #take(end: number): RowLine {
    const start = this.#at
    const row = { bytes: this.#bytes, start, end, line: this.#line, at: this.#before + start }
    for (let at = start; at < end && at !== -1; ) {
      const lineEnd = this.#bytes.indexOf(ROW_END, at)
      if (lineEnd === -1 || lineEnd >= end) break
      this.#line++
      at = lineEnd + 1
    }
    this.#at = end
    return row
  }
}
