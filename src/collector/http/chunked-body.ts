import { HttpError } from './request-head.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
/** A chunk's size in hexadecimal, and extensions, which nobody uses. */
const MAX_LINE = 256

/** What a decoder found in the bytes it was given. */
export interface ChunkedProgress {
  /** How many of the bytes belong to this body. */
  readonly used: number
  readonly isDone: boolean
}

/**
 * Takes the chunks of a body apart, in whatever pieces they arrive.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
export class ChunkedBody {
  #state: 'size' | 'data' | 'data-end' | 'trailer' = 'size'
  #line = ''
  #left = 0
  readonly #take: (bytes: Buffer) => void

  /** `take` gets the data; the bytes are a view of what came. */
  constructor(take: (bytes: Buffer) => void) {
    this.#take = take
  }

  /** @throws HttpError */
  push(bytes: Buffer): ChunkedProgress {
    let at = 0
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const piece = bytes.subarray(at, at + this.#left)
        this.#take(piece)
        at += piece.length
        this.#left -= piece.length
        if (this.#left === 0) this.#state = 'data-end'
        continue
      }
      const feed = bytes.indexOf(LINE_FEED, at)
      const end = feed < 0 ? bytes.length : feed
      this.#line += bytes.toString('latin1', at, end)
      if (this.#line.length > MAX_LINE) throw new HttpError(400, 'a chunk of the body is not valid')
      if (feed < 0) return { used: bytes.length, isDone: false }
      at = feed + 1
      if (this.#endLine()) return { used: at, isDone: true }
    }
    return { used: bytes.length, isDone: false }
  }

  /** Acts on a whole line; true where it is the last of the body. */
  #endLine(): boolean {
    if (this.#line.charCodeAt(this.#line.length - 1) !== CARRIAGE_RETURN) {
      throw new HttpError(400, 'a chunk of the body is not valid')
    }
    const line = this.#line.slice(0, -1)
    this.#line = ''
    if (this.#state === 'trailer') return line === ''
    if (this.#state === 'data-end') {
      if (line !== '') throw new HttpError(400, 'a chunk of the body is longer than it says')
      this.#state = 'size'
      return false
    }
    const size = /^([0-9A-Fa-f]{1,8})[ \t]*(;.*)?$/.exec(line)
    if (size === null) throw new HttpError(400, 'the size of a chunk is not valid')
    this.#left = Number.parseInt(size[1] ?? '', 16)
    this.#state = this.#left === 0 ? 'trailer' : 'data'
    return false
  }
}
