/** Type byte and length of a message. */
const HEADER_BYTES = 5
const COPY_DATA = 'd'.charCodeAt(0)
/** Messages that may come between rows: the answer to COPY, settings, notices, notifications. */
const PASSED_OVER = new Set(['H', 'S', 'N', 'A'].map(type => type.charCodeAt(0)))

/** Rows without what was around them, one after the other. */
export interface RowBlock {
  bytes: Buffer
  filled: number
  /** How many messages of rows ended in it, and where the last did. */
  rows: number
  rowsEndAt: number
}

/**
 * Takes the rows out of the messages of `COPY ... TO STDOUT`. PostgreSQL sends a message a row; the
 * driver would make an object of each.
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html CopyData
 */
export class CopyMessages {
  /** Of a message whose header came in two pieces. */
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerFilled = 0
  /** Bytes of the present message still to come, and whether they are rows. */
  #left = 0
  #isData = false

  /**
   * Adds the rows of a piece to a block, which must have room for as many bytes as the piece has. They are
   * moved together within the piece first: a call less for each. Returns where in the piece the first
   * message begins that is not of the rows; -1: there is none.
   */
  take(piece: Buffer, block: RowBlock): number {
    let to = 0
    let at = 0
    let foreign = -1
    let [rows, rowsEndAt] = [0, 0]
    while (at < piece.length) {
      if (this.#left === 0) {
        const type = this.#headerFilled > 0 ? (this.#header[0] ?? 0) : (piece[at] ?? 0)
        if (type !== COPY_DATA && !PASSED_OVER.has(type)) {
          foreign = at
          break
        }
        at = this.#takeHeader(piece, at)
        if (this.#headerFilled > 0) break // the rest of it comes with the next piece
        this.#isData = type === COPY_DATA
      }
      const end = Math.min(piece.length, at + this.#left)
      this.#left -= end - at
      if (this.#isData) {
        piece.copyWithin(to, at, end)
        to += end - at
        if (this.#left === 0) {
          rows += 1
          rowsEndAt = to
        }
      }
      at = end
    }
    block.bytes.set(piece.subarray(0, to), block.filled)
    if (rows > 0) block.rowsEndAt = block.filled + rowsEndAt
    block.rows += rows
    block.filled += to
    return foreign
  }

  /** Returns where the message's content begins, or the piece's end, with what there is of the header kept. */
  #takeHeader(piece: Buffer, at: number): number {
    if (this.#headerFilled === 0 && piece.length - at >= HEADER_BYTES) {
      this.#left = contentLength(piece, at)
      return at + HEADER_BYTES
    }
    const end = Math.min(piece.length, at + HEADER_BYTES - this.#headerFilled)
    this.#headerFilled += piece.copy(this.#header, this.#headerFilled, at, end)
    if (this.#headerFilled === HEADER_BYTES) {
      this.#headerFilled = 0
      this.#left = contentLength(this.#header, 0)
    }
    return end
  }
}

/** The length that is told counts itself, not the type byte. Reading it byte by byte costs no call. */
function contentLength(bytes: Buffer, at: number): number {
  const high = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
  const low = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0)
  return high * 65_536 + low - (HEADER_BYTES - 1)
}
