import { BrokenAnswerError } from './answer-head.ts'

const CR = 0x0d
const LF = 0x0a
/** Of a chunk's size with what may stand beside it, and of all that follows the last chunk. */
const MAX_LINE_BYTES = 16_384
const SIZE = /^([0-9a-f]{1,12})[\t ]*(?:;.*)?$/i

/** Takes a body in chunks apart (RFC 9112, 7.1), however it is cut on its way. */
export class ChunkedBody {
  /** Bytes that are left of the chunk. */
  #left = 0
  /** What is expected when no chunk is open. */
  #expects: 'size' | 'end of chunk' | 'trailer' = 'size'
  #line = ''
  #trailerBytes = 0
  isOver = false

  /**
   * Reads on, telling `onData` of each piece, in place; returns how many bytes were its own: all but
   * what follows the end. @throws BrokenAnswerError
   */
  read(bytes: Uint8Array, onData: (piece: Uint8Array) => void): number {
    let at = 0
    while (at < bytes.length && !this.isOver) {
      if (this.#left > 0) {
        const piece = bytes.subarray(at, at + this.#left)
        at += piece.length
        this.#left -= piece.length
        if (this.#left === 0) this.#expects = 'end of chunk'
        onData(piece)
      } else at = this.#readLine(bytes, at)
    }
    return at
  }

  #readLine(bytes: Uint8Array, from: number): number {
    const end = bytes.indexOf(LF, from)
    const stop = end < 0 ? bytes.length : end
    this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + from, stop - from).toString('latin1')
    if (this.#line.length > MAX_LINE_BYTES) throw new BrokenAnswerError('a chunk has no end')
    if (end < 0) return stop
    const line = this.#line
    this.#line = ''
    if (line.charCodeAt(line.length - 1) !== CR) throw new BrokenAnswerError('a chunk is broken')
    this.#takeLine(line.slice(0, -1))
    return end + 1
  }

  #takeLine(line: string): void {
    if (this.#expects === 'size') {
      const size = SIZE.exec(line)?.[1]
      if (size === undefined) throw new BrokenAnswerError('a chunk has no size')
      this.#left = Number.parseInt(size, 16)
      if (this.#left === 0) this.#expects = 'trailer'
    } else if (this.#expects === 'end of chunk') {
      if (line !== '') throw new BrokenAnswerError('a chunk is longer than it said')
      this.#expects = 'size'
    } else if (line === '') this.isOver = true
    else if ((this.#trailerBytes += line.length) > MAX_LINE_BYTES) {
      throw new BrokenAnswerError('the answer does not end')
    }
  }
}
