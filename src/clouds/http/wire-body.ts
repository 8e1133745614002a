export interface BodyFlow {
  readonly pause: () => void
  readonly resume: () => void
  readonly abort: () => void
}

const FULL_BYTES = 1_048_576

/** More came than there was room for. */
export class NoRoomError extends Error {
  constructor() {
    super('more bytes came than were announced')
  }
}

interface Filling {
  readonly target: Uint8Array
  readonly onBytes: (bytes: number) => void
  /** More may follow what there is room for; it is kept then. */
  readonly isPart: boolean
  bytes: number
}

/**
 * An answer's bytes, once: piece by piece, or all of them into memory that is there already. Who stops
 * reading early ends the request.
 */
export class AnswerBody implements AsyncIterable<Uint8Array> {
  readonly #flow: BodyFlow
  readonly #chunks: Uint8Array[] = []
  #held = 0
  #isOver = false
  #failure: Error | undefined
  #wake: (() => void) | undefined
  #filling: Filling | undefined
  /** So much waits for the reader that the peer was asked to wait too. */
  isFull = false

  constructor(flow: BodyFlow) {
    this.#flow = flow
  }

  push(chunk: Uint8Array): void {
    if (this.#filling !== undefined) return this.#fill(this.#filling, chunk)
    this.#chunks.push(chunk)
    this.#held += chunk.length
    if (this.#held >= FULL_BYTES && !this.isFull) {
      this.isFull = true
      this.#flow.pause()
    }
    this.#wake?.()
  }

  /** Where more may be put, for `filled` to be told. */
  room(): Uint8Array | undefined {
    const filling = this.#filling
    return filling === undefined ? undefined : filling.target.subarray(filling.bytes)
  }

  filled(bytes: number): void {
    const filling = this.#filling
    if (filling === undefined) return
    filling.bytes += bytes
    filling.onBytes(bytes)
    if (!filling.isPart || filling.bytes < filling.target.length) return
    this.#filling = undefined
    this.#wake?.()
  }

  end(failure: Error | undefined): void {
    this.#isOver = true
    this.#failure ??= failure
    this.#wake?.()
  }

  /** Ends the request without a look at the rest. */
  discard(): void {
    if (!this.#isOver) this.#flow.abort()
  }

  /**
   * Puts all that comes into `target`, which is the body's until then, and returns how many bytes
   * that were. `onBytes` is told as they come. @throws NoRoomError, and what broke the connection
   */
  readInto(target: Uint8Array, onBytes: (bytes: number) => void): Promise<number> {
    return this.#readTo({ target, onBytes, isPart: false, bytes: 0 })
  }

  /**
   * Puts what comes next into `target` until it is full or all has come; returns how much that was. The rest
   * is to be read, or discarded.
   */
  fill(target: Uint8Array, onBytes: (bytes: number) => void): Promise<number> {
    return this.#readTo({ target, onBytes, isPart: true, bytes: 0 })
  }

  async #readTo(filling: Filling): Promise<number> {
    const isFilling = (): boolean => this.#filling === filling
    this.#filling = filling
    try {
      for (const chunk of this.#chunks.splice(0)) {
        this.#held -= chunk.length
        this.push(chunk)
      }
      if (this.isFull && this.#held < FULL_BYTES) {
        this.isFull = false
        this.#flow.resume()
      }
      while (isFilling() && !this.#isOver) {
        await new Promise<void>(resolve => (this.#wake = resolve))
      }
      if (isFilling() && this.#failure !== undefined) throw this.#failure
      return filling.bytes
    } finally {
      if (isFilling()) this.#filling = undefined
    }
  }

  #fill(filling: Filling, chunk: Uint8Array): void {
    const room = filling.target.length - filling.bytes
    if (chunk.length > room && !filling.isPart) {
      this.#failure ??= new NoRoomError()
      this.#flow.abort()
      return
    }
    const piece = chunk.subarray(0, room)
    filling.target.set(piece, filling.bytes)
    this.filled(piece.length)
    if (piece.length < chunk.length) this.push(chunk.subarray(piece.length))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift()
        if (chunk !== undefined) {
          this.#held -= chunk.length
          if (this.isFull && this.#held < FULL_BYTES / 2) {
            this.isFull = false
            this.#flow.resume()
          }
          yield chunk
        } else if (this.#failure !== undefined) throw this.#failure
        else if (this.#isOver) return
        else await new Promise<void>(resolve => (this.#wake = resolve))
      }
    } finally {
      this.#chunks.length = 0
      if (!this.#isOver) this.#flow.abort()
    }
  }
}
