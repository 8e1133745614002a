/**
 * The receiving end of `COPY ... TO STDOUT`: what the socket brings is copied, without the messages'
 * headers, into large blocks, which are passed on as they are. This is what holds psql's speed:
 * bench/databases/csv-from-postgres and bench/mirror.
 */
import type { Connection, Submittable } from 'pg'
import type { RowPiece } from '../source.ts'
import { CopyMessages, type RowBlock } from './copy-messages.ts'
import { LARGEST_PIECE, type Tap, tapOf } from './tapped-socket.ts'

/** What is passed on at once, about. */
const BLOCK_BYTES = 524_288
/**
 * A reader that is quicker than the server is woken for each 8 KB that it sends, which costs both of
 * them more than the rows do. After so little it rests; meanwhile the system's buffers fill.
 */
const LITTLE_BYTES = 65_536
const REST_MS = 1

export interface CopyOptions {
  /** Called when nobody reads on, before what still comes is thrown away. */
  readonly onAbandon?: () => void
}

export class CopyStream implements Submittable {
  readonly #text: string
  readonly #onAbandon: () => void
  readonly #ended = Promise.withResolvers<void>()
  readonly #submitted = Promise.withResolvers<void>()
  readonly #messages = new CopyMessages()
  #tap: Tap | undefined
  #hasEnded = false
  #rows = 0
  /** Rows are thrown away. */
  #isAbandoned = false
  #wake: () => void = () => {}
  /** Being filled. */
  #block = newBlock()
  /** To be filled next, where the reader has given it back. */
  #spare: RowBlock | undefined
  /** Nothing is read from the socket until there is room for it. */
  #isFull = false
  #rest: NodeJS.Timeout | undefined
  /** There are rows, and nothing came after them for a moment. */
  #isDue = false

  constructor(text: string, { onAbandon = () => {} }: CopyOptions = {}) {
    this.#text = text
    this.#onAbandon = onAbandon
    // Thrown where the rows are read.
    this.#submitted.promise.catch(() => {})
    this.#ended.promise.catch(() => {})
  }

  /** Known when the rows were read to their end. */
  get rows(): number {
    return this.#rows
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Called by the driver when it is this statement's turn. */
  submit(connection: Connection): void {
    this.#tap = tapOf(connection.stream)
    this.#tap.take(piece => this.#receive(piece))
    connection.query(this.#text)
    this.#submitted.resolve()
  }

  handleError(error: Error): void {
    this.#end()
    this.#submitted.reject(error)
    this.#ended.reject(error)
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0)
  }

  handleReadyForQuery(): void {
    this.#end()
    this.#ended.resolve()
  }

  /** The rows, with the places where they end: PostgreSQL sends a message for each. */
  async *pieces(): AsyncGenerator<RowPiece, void> {
    for await (const block of this.#blocks()) {
      const { bytes, filled, rows, rowsEndAt } = block
      if (rows > 0) yield { bytes: bytes.subarray(0, rowsEndAt), rows }
      if (rowsEndAt < filled) yield { bytes: bytes.subarray(rowsEndAt, filled), rows: 0 }
      this.#spare = block
    }
  }

  /** The rows' bytes, which are the caller's. The server waits while nobody reads. */
  async *bytes(): AsyncGenerator<Uint8Array, void> {
    for await (const block of this.#blocks()) {
      const bytes = block.bytes.subarray(0, block.filled)
      const isWorthIt = block.filled > block.bytes.length / 2
      if (!isWorthIt) this.#spare = block
      yield isWorthIt ? bytes : Buffer.from(bytes)
    }
  }

  async *#blocks(): AsyncGenerator<RowBlock, void> {
    await this.#submitted.promise
    try {
      for (;;) {
        const isReady = this.#isDue || this.#isFull || this.#hasEnded
        if (isReady && this.#block.filled > 0) yield this.#takeBlock()
        else if (this.#hasEnded) break
        else {
          await new Promise<void>(resolve => {
            this.#wake = resolve
          })
        }
      }
    } finally {
      if (!this.#hasEnded) await this.#abandon()
    }
    await this.#ended.promise
  }

  #takeBlock(): RowBlock {
    const block = this.#block
    this.#block = this.#spare ?? newBlock()
    this.#spare = undefined
    Object.assign(this.#block, EMPTY)
    this.#isDue = false
    if (this.#isFull) {
      this.#isFull = false
      this.#tap?.resume()
    }
    return block
  }

  /** Returns whether more can come at once. */
  #receive(piece: Buffer): boolean {
    const block = this.#block
    const foreign = this.#messages.take(piece, block)
    if (this.#isAbandoned) Object.assign(block, EMPTY)
    if (foreign !== -1) {
      // The statement's end, or its error, is the driver's.
      this.#tap?.giveBack(Buffer.from(piece.subarray(foreign)))
      return true
    }
    if (block.filled > BLOCK_BYTES) {
      this.#isFull = true
      this.#wake()
      return false
    }
    if (piece.length >= LITTLE_BYTES || this.#isAbandoned) return true
    this.#rest ??= setTimeout(() => this.#endRest(), REST_MS)
    return this.#tap?.isShared !== true
  }

  #endRest(): void {
    this.#rest = undefined
    this.#isDue = this.#block.filled > 0
    this.#wake()
    if (!this.#isFull) this.#tap?.resume()
  }

  #end(): void {
    this.#hasEnded = true
    clearTimeout(this.#rest)
    this.#wake()
  }

  /** Nobody reads on: what still comes is thrown away, so that the driver finds its place. */
  async #abandon(): Promise<void> {
    this.#isAbandoned = true
    this.#isFull = false
    Object.assign(this.#block, EMPTY)
    this.#onAbandon()
    this.#tap?.resume()
    await this.#ended.promise.catch(() => {}) // nobody asked for the rest, nor for its error
  }
}

const EMPTY = { filled: 0, rows: 0, rowsEndAt: 0 } as const

/** However full it is without being too full, a piece more has room. */
const newBlock = (): RowBlock => ({
  bytes: Buffer.allocUnsafeSlow(BLOCK_BYTES + LARGEST_PIECE),
  ...EMPTY,
})
