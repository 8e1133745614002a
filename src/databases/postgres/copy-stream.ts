/**
 * The receiving end of `COPY ... TO STDOUT`. PostgreSQL sends a message a row; the driver would make
 * an object of each. Here a piece of the socket's data is squeezed in place, headers taken out, and
 * passed on as one. This is what holds 90 % of psql's speed: bench/databases/csv-from-postgres.
 */
import type { Connection, Submittable } from 'pg'
import type { Readable } from 'node:stream'
import type { RowPiece } from '../source.ts'

/** Type byte and length of a message. */
const HEADER_BYTES = 5
const COPY_DATA = 'd'.charCodeAt(0)
/** Messages that may come between rows: the answer to COPY, settings, notices, notifications. */
const PASSED_OVER = new Set(['H', 'S', 'N', 'A'].map(type => type.charCodeAt(0)))

type Listener = (chunk: Buffer) => void

export class CopyStream implements Submittable {
  readonly #text: string
  readonly #ended = Promise.withResolvers<void>()
  readonly #submitted = Promise.withResolvers<Readable>()
  #socket: Readable | undefined
  #driverListener: Listener | undefined
  #hasEnded = false
  #rows = 0
  #wake: () => void = () => {}
  readonly #waken = (): void => this.#wake()
  /** The beginning of a message's header that came at the end of a piece. */
  #header: Buffer = Buffer.alloc(0)
  /** Bytes of the present message still to come, and whether they are rows. */
  #left = 0
  #isData = false
  /** Of the piece that was squeezed last: how many messages of rows ended in it, and where the last. */
  #rowsEnded = 0
  #rowsEndAt = 0

  constructor(text: string) {
    this.#text = text
    // Thrown where the bytes are read.
    this.#submitted.promise.catch(() => {})
    this.#ended.promise.catch(() => {})
  }

  /** Known when `bytes` was read to its end. */
  get rows(): number {
    return this.#rows
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Called by the driver when it is this statement's turn. */
  submit(connection: Connection): void {
    const socket: Readable = connection.stream
    const [listener] = socket.listeners('data')
    this.#socket = socket
    this.#driverListener = listener as Listener // the driver's own, the only one
    socket.removeListener('data', this.#driverListener)
    socket.pause()
    connection.query(this.#text)
    this.#submitted.resolve(socket)
  }

  handleError(error: Error): void {
    this.#hasEnded = true
    this.#submitted.reject(error)
    this.#ended.reject(error)
    this.#wake()
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0)
  }

  handleReadyForQuery(): void {
    this.#hasEnded = true
    this.#ended.resolve()
    this.#wake()
  }

  /** The rows, with the places where they end: PostgreSQL sends a message for each. */
  async *pieces(): AsyncGenerator<RowPiece, void> {
    for await (const bytes of this.bytes()) {
      const [rows, end] = [this.#rowsEnded, this.#rowsEndAt]
      if (rows > 0) yield { bytes: bytes.subarray(0, end), rows }
      if (end < bytes.length) yield { bytes: bytes.subarray(end), rows: 0 }
    }
  }

  /** The rows' bytes. The server waits while nobody reads. */
  async *bytes(): AsyncGenerator<Uint8Array, void> {
    const socket = await this.#submitted.promise
    socket.on('readable', this.#waken).on('close', this.#waken)
    try {
      while (!this.#hasEnded && this.#driverListener !== undefined) {
        const chunk: Buffer | null = socket.read()
        if (chunk !== null) {
          const data = this.#squeeze(chunk)
          if (data.length > 0) yield data
        } else if (socket.destroyed) {
          break
        } else {
          await new Promise<void>(resolve => {
            this.#wake = resolve
          })
        }
      }
    } finally {
      socket.off('readable', this.#waken).off('close', this.#waken)
      if (this.#driverListener !== undefined) await this.#discard(this.#driverListener)
    }
    await this.#ended.promise
  }

  /** Moves the rows in a piece to its beginning and returns that part. */
  #squeeze(chunk: Buffer): Buffer {
    let bytes = this.#header.length > 0 ? Buffer.concat([this.#header, chunk]) : chunk
    this.#header = Buffer.alloc(0)
    let to = 0
    let at = 0
    this.#rowsEnded = 0
    this.#rowsEndAt = 0
    while (at < bytes.length) {
      if (this.#left === 0) {
        if (bytes.length - at < HEADER_BYTES) {
          this.#header = Buffer.from(bytes.subarray(at))
          break
        }
        const type = bytes[at] ?? 0
        if (type !== COPY_DATA && !PASSED_OVER.has(type)) {
          this.#handBack(Buffer.from(bytes.subarray(at)))
          bytes = bytes.subarray(0, at)
          break
        }
        this.#isData = type === COPY_DATA
        this.#left = bytes.readUInt32BE(at + 1) - (HEADER_BYTES - 1)
        at += HEADER_BYTES
      }
      const end = Math.min(bytes.length, at + this.#left)
      this.#left -= end - at
      if (this.#isData) {
        bytes.copyWithin(to, at, end)
        to += end - at
        if (this.#left === 0) {
          this.#rowsEnded += 1
          this.#rowsEndAt = to
        }
      }
      at = end
    }
    return bytes.subarray(0, to)
  }

  /** The statement's end, or its error, is the driver's again. */
  #handBack(rest: Buffer): void {
    const listener = this.#driverListener
    const socket = this.#socket
    this.#driverListener = undefined
    if (listener === undefined || socket === undefined) return
    socket.off('readable', this.#waken).on('data', listener)
    listener(rest)
    // The 'readable' listener had stopped the socket's flow; its removal counts from the next tick.
    // By then another COPY may have taken the socket over.
    process.nextTick(() => {
      if (socket.listeners('data').includes(listener)) socket.resume()
    })
  }

  /** Nobody reads on: what still comes is thrown away, so that the driver finds its place. */
  async #discard(listener: Listener): Promise<void> {
    const socket = this.#socket
    if (socket === undefined || socket.destroyed) return
    const swallow = (chunk: Buffer): void => {
      this.#squeeze(chunk)
      if (this.#driverListener === undefined) socket.off('data', swallow)
    }
    this.#driverListener = listener
    socket.on('data', swallow).resume()
    await this.#ended.promise.catch(() => {}) // nobody asked for the rest, nor for its error
  }
}
