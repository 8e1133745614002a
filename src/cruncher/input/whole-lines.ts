import { TextMeasure } from './text-measure.ts'

const LINE_FEED = 0x0a
const UTF8_MARK = [0xef, 0xbb, 0xbf]

export interface LineTaker {
  /** So many bytes before the first line are no part of it. */
  passedOver(bytes: number): void
  /** Whole lines, each with its end; the bytes stay as they are until the next call but one. */
  lines(bytes: Buffer, from: number, to: number): void
  /** A line that is longer than may be, of which the first bytes are given; `bytes`: in the file. */
  tooLong(start: Buffer, bytes: number): void
  /** A last line that has no end. */
  rest(bytes: Buffer): void
}

/**
 * Cuts a stream of bytes into whole lines: a taker gets as many at once as a piece has, and a line that
 * lies in two pieces by itself. A line of more than `maxBytes` is passed over and told. The mark that
 * some editors put before UTF-8 is dropped.
 */
export class WholeLines {
  readonly #taker: LineTaker
  readonly #maxBytes: number
  readonly #measure: TextMeasure
  /** The pieces of a line that has not ended yet. */
  #parts: Buffer[] = []
  #partBytes = 0
  /** Of a line that is too long already: the bytes of the file that were passed over. */
  #skipped = 0
  #skippedStart: Buffer = Buffer.alloc(0)
  #isFirst = true

  constructor(taker: LineTaker, maxBytes: number, measure = new TextMeasure()) {
    this.#measure = measure
    this.#taker = taker
    this.#maxBytes = maxBytes
  }

  push(piece: Buffer): void {
    let from = 0
    if (this.#isFirst && piece.length > 0) {
      this.#isFirst = false
      if (UTF8_MARK.every((byte, at) => piece[at] === byte)) {
        from = UTF8_MARK.length
        this.#taker.passedOver(this.#measure.of(piece, 0, from))
      }
    }
    if (this.#partBytes > 0 || this.#skipped > 0) {
      const end = piece.indexOf(LINE_FEED, from)
      if (end < 0) {
        this.#keep(piece.subarray(from))
        return
      }
      this.#keep(piece.subarray(from, end + 1))
      this.#endLine()
      from = end + 1
    }
    const last = piece.lastIndexOf(LINE_FEED)
    if (last >= from) {
      this.#hand(piece, from, last + 1)
      from = last + 1
    }
    if (from < piece.length) this.#keep(piece.subarray(from))
  }

  end(): void {
    if (this.#skipped > 0) this.#endLine()
    else if (this.#partBytes > 0) {
      const line = Buffer.concat(this.#parts)
      this.#clear()
      this.#taker.rest(line)
    }
  }

  /** Lines of one piece, of which some may be too long for themselves. */
  #hand(piece: Buffer, from: number, to: number): void {
    if (to - from <= this.#maxBytes) {
      this.#taker.lines(piece, from, to)
      return
    }
    let start = from
    for (let at = from; at < to; ) {
      const end = piece.indexOf(LINE_FEED, at) + 1
      if (end - at > this.#maxBytes) {
        if (at > start) this.#taker.lines(piece, start, at)
        const bytes = this.#measure.of(piece, at, end)
        this.#taker.tooLong(piece.subarray(at, at + this.#maxBytes), bytes)
        start = end
      }
      at = end
    }
    if (to > start) this.#taker.lines(piece, start, to)
  }

  #keep(part: Buffer): void {
    if (this.#skipped > 0) {
      this.#skipped += this.#measure.of(part, 0, part.length)
      return
    }
    this.#parts.push(part)
    this.#partBytes += part.length
    if (this.#partBytes > this.#maxBytes) {
      const start = Buffer.concat(this.#parts)
      this.#skippedStart = start.subarray(0, this.#maxBytes)
      this.#skipped = this.#measure.of(start, 0, start.length)
      this.#parts = []
      this.#partBytes = 0
    }
  }

  #endLine(): void {
    if (this.#skipped > 0) {
      const [start, bytes] = [this.#skippedStart, this.#skipped]
      this.#clear()
      this.#taker.tooLong(start, bytes)
      return
    }
    const line = Buffer.concat(this.#parts)
    this.#clear()
    this.#taker.lines(line, 0, line.length)
  }

  #clear(): void {
    this.#parts = []
    this.#partBytes = 0
    this.#skipped = 0
    this.#skippedStart = Buffer.alloc(0)
  }
}
