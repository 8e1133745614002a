import { FerryError } from '../../core/errors.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c

/** Larger rows are refused: no warehouse takes them either. */
const MOST_ROW_BYTES = 268_435_456
/** Of what is around the rows. */
const MOST_FRAME_BYTES = 16_777_216

const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

interface Container {
  readonly isObject: boolean
  /** Its path is the beginning of the path to the rows. */
  readonly isOnPath: boolean
  /** The key of the member that is being read. */
  key: string | undefined
}

/**
 * Cuts the bytes of a JSON document into the elements of one array in it and the frame around them,
 * piece by piece: a page of 100 MB needs no more memory than its largest row. Only what it must know
 * for that is looked at; rows and frame are checked by who parses them.
 *
 * The frame is the document with the array emptied, but for its last element: `$.items[-1].id` is how
 * some services tell where the next page starts.
 */
export class PageSplitter {
  readonly #names: readonly string[]
  readonly #stack: Container[] = []
  readonly #frame: Uint8Array[] = []
  #frameBytes = 0
  /** Pieces of the row, or of the key, that began in an earlier chunk. */
  #pieces: Uint8Array[] = []
  #pieceBytes = 0
  #isInString = false
  #isEscaped = false
  /** The string being read is a key of an object on the path. */
  #isKey = false
  /** Depth below the array of rows; undefined outside of it. */
  #rowDepth: number | undefined
  #hasRowBegun = false
  #lastRow: Uint8Array | undefined
  #hasBegun = false
  /** An array was found where the rows are said to be. */
  hasRows = false

  /** `names`: of the members that lead from the root to the array. */
  constructor(names: readonly string[]) {
    this.#names = names
  }

  /** The rows that end in this chunk. */
  push(given: Uint8Array): Uint8Array[] {
    let chunk = given
    if (!this.#hasBegun) {
      this.#hasBegun = true
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3)
    }
    const rows: Uint8Array[] = []
    let at = 0
    while (at < chunk.length) {
      at =
        this.#rowDepth === undefined ? this.#readFrame(chunk, at) : this.#readRows(chunk, at, rows)
    }
    return rows
  }

  /** The frame. @throws FerryError TRANSIENT when the document is not whole */
  finish(): Uint8Array {
    const isOpen = this.#stack.length > 0 || this.#rowDepth !== undefined || this.#isInString
    if (isOpen || this.#frameBytes === 0) {
      throw new FerryError('TRANSIENT', 'the answer ends in the middle of its JSON')
    }
    return Buffer.concat(this.#frame)
  }

  /** Reads up to the start of the rows or the end of the chunk. */
  #readFrame(chunk: Uint8Array, from: number): number {
    let keyStart = from
    let at = from
    for (; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) {
          this.#isInString = false
          if (this.#isKey) this.#endKey(chunk.subarray(keyStart, at + 1))
        }
        continue
      }
      if (byte === QUOTE) {
        this.#isInString = true
        keyStart = at
        const top = this.#stack.at(-1)
        this.#isKey = top !== undefined && top.isOnPath && top.isObject && top.key === undefined
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (byte === OPEN_BRACKET && this.#isAtRows()) {
          this.hasRows = true
          this.#rowDepth = 0
          this.#keepFrame(chunk.subarray(from, at + 1))
          return at + 1
        }
        this.#stack.push({
          isObject: byte === OPEN_BRACE,
          isOnPath: this.#isValueOnPath(),
          key: undefined,
        })
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#stack.pop()
      else if (byte === COMMA) {
        const top = this.#stack.at(-1)
        if (top !== undefined) top.key = undefined
      }
    }
    if (this.#isInString && this.#isKey) this.#keepPiece(chunk.subarray(keyStart))
    this.#keepFrame(chunk.subarray(from))
    return at
  }

  #endKey(end: Uint8Array): void {
    this.#isKey = false
    this.#keepPiece(end)
    const text = this.#takePieces().toString('utf8')
    const top = this.#stack.at(-1)
    if (top !== undefined) top.key = keyText(text)
  }

  /** Whether a value that begins here lies on the path to the rows. */
  #isValueOnPath(): boolean {
    const depth = this.#stack.length
    if (depth === 0) return true
    const top = this.#stack[depth - 1]
    return top !== undefined && top.isOnPath && top.isObject && top.key === this.#names[depth - 1]
  }

  #isAtRows(): boolean {
    return this.#stack.length === this.#names.length && this.#isValueOnPath()
  }

  /** Reads rows up to the end of their array or of the chunk. */
  #readRows(chunk: Uint8Array, from: number, rows: Uint8Array[]): number {
    let depth = this.#rowDepth ?? 0
    let start = from
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) this.#isInString = false
        continue
      }
      if (depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) {
        if (this.#hasRowBegun) this.#endRow(chunk.subarray(start, at), rows)
        start = at + 1
        if (byte === COMMA) continue
        this.#rowDepth = undefined
        if (this.#lastRow !== undefined) this.#keepFrame(this.#lastRow)
        this.#keepFrame(chunk.subarray(at, at + 1))
        return at + 1
      }
      if (!this.#hasRowBegun) {
        if (isBlank(byte)) continue
        this.#hasRowBegun = true
        start = at
      }
      if (byte === QUOTE) this.#isInString = true
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
    }
    this.#rowDepth = depth
    if (this.#hasRowBegun) this.#keepPiece(chunk.subarray(start))
    return chunk.length
  }

  #endRow(end: Uint8Array, rows: Uint8Array[]): void {
    this.#keepPiece(end)
    const row = this.#takePieces()
    this.#hasRowBegun = false
    this.#lastRow = row
    rows.push(row)
  }

  #keepPiece(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#pieceBytes += piece.length
    if (this.#pieceBytes > MOST_ROW_BYTES) {
      throw new FerryError('DATA_INVALID', 'a row of the answer is larger than 256 MB')
    }
  }

  #takePieces(): Buffer {
    const bytes = Buffer.concat(this.#pieces, this.#pieceBytes)
    this.#pieces = []
    this.#pieceBytes = 0
    return bytes
  }

  #keepFrame(piece: Uint8Array): void {
    this.#frame.push(piece)
    this.#frameBytes += piece.length
    if (this.#frameBytes > MOST_FRAME_BYTES + (this.#lastRow?.length ?? 0)) {
      throw new FerryError('DATA_INVALID', 'the answer is larger than 16 MB without its rows', {
        hint: 'say where the rows are by a path of names, such as rows: $.data.items',
      })
    }
  }
}

/** A key as the path has it; one that is no JSON matches nothing, and is found out with the frame. */
function keyText(text: string): string | undefined {
  try {
    const key: unknown = JSON.parse(text)
    return typeof key === 'string' ? key : undefined
  } catch {
    return undefined
  }
}
