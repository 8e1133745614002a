import type { Socket } from 'node:net'
import { ChunkedBody } from './chunked-body.ts'
import { type HeadParser, HttpError, type RequestHead } from './request-head.ts'

const HEAD_END = Buffer.from('\r\n\r\n', 'latin1')
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const NOTHING = Buffer.alloc(0)
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** Unread answers of one connection beyond which its requests wait. */
const MAX_UNSENT_BYTES = 65_536

const FIRST_BODY_BYTES = 16_384

/** What a connection is doing, which says how long it may take. */
export type ConnectionState = 'idle' | 'head' | 'body' | 'busy' | 'closing'

export interface ConnectionLimits {
  readonly maxHeadBytes: number
  readonly maxBodyBytes: number
}

/** What connections need of the server that they belong to. */
export interface ConnectionHost {
  readonly limits: ConnectionLimits
  readonly heads: HeadParser
  /** Milliseconds of a clock that never goes back; coarse. */
  readonly now: number
  /** Room for a body that has to be kept until it is whole; false when memory is used up. */
  takeMemory(bytes: number): boolean
  giveMemory(bytes: number): void
  /** The reason why a request can be answered before its body is read, as a whole answer. */
  refuseEarly(head: RequestHead): string | undefined
  /** Handles a request and calls `answer` on the connection, now or later, exactly once. */
  handle(head: RequestHead, body: Buffer, connection: Connection): void
  answerError(error: HttpError): string
  closed(connection: Connection): void
}

/**
 * One client's connection: finds the requests in its bytes, hands them to the host one at a time and
 * sends the answers. `node:http` spends twice the time of all this on objects that the collector has
 * no use for (docs/performance.md).
 */
export class Connection {
  readonly remoteAddress: string
  /** When the state began, by the host's clock, in milliseconds. */
  since: number
  state: ConnectionState = 'idle'
  readonly #socket: Socket
  readonly #host: ConnectionHost
  /** What came and has not been used yet. */
  #input: Buffer | undefined
  #head: RequestHead | undefined
  /** The body as far as it came, where it did not come in one with its head. */
  #body: Buffer<ArrayBuffer> | undefined
  #received = 0
  #chunked: ChunkedBody | undefined
  /** Guards against recursion: an answer may come while its request is being handed over. */
  #isAdvancing = false
  #keepAlive = true

  /** `open` makes the socket, which gives what it reads to the function it gets. */
  constructor(
    open: (receive: (shared: Buffer) => void) => Socket,
    host: ConnectionHost,
    now: number,
  ) {
    const socket = open(shared => this.#receive(shared))
    this.#socket = socket
    this.#host = host
    this.since = now
    this.remoteAddress = socket.remoteAddress ?? ''
    socket.on('end', () => this.#endInput())
    socket.on('error', () => this.#socket.destroy()) // reset by the client: there is nobody to tell
    socket.on('close', () => this.#close())
    socket.on('drain', () => this.#advance())
  }

  /** Sends the answer to the request that was handed over, whole, as HTTP. */
  answer(text: string): void {
    if (this.state === 'closing') return
    this.#socket.write(text, 'latin1')
    this.#enter('idle')
    if (!this.#keepAlive) this.#linger()
    else if (!this.#isAdvancing && this.#input !== undefined) this.#advance()
  }

  /** Whether the answer must say that the connection ends with it. */
  get mustClose(): boolean {
    return !this.#keepAlive
  }

  /** Ends the connection with its next answer, or at once where it is idle. */
  retire(): void {
    this.#keepAlive = false
    if (this.state === 'idle') this.#linger()
  }

  /** Answers with an error and ends the connection. */
  fail(error: HttpError): void {
    if (this.state === 'closing') return
    this.#socket.write(this.#host.answerError(error), 'latin1')
    this.#linger()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** The client sends no more, but may wait for its answer. */
  #endInput(): void {
    if (this.state === 'busy') this.#keepAlive = false
    else this.#linger()
  }

  /** The bytes are good until this returns: what is not used by then is copied. */
  #receive(shared: Buffer): void {
    if (this.state === 'closing') return // read and dropped, so that the client reads our answer
    const isFirst = this.#input === undefined
    this.#input = this.#input === undefined ? shared : Buffer.concat([this.#input, shared])
    if (this.state === 'busy') this.#socket.pause()
    else this.#advance()
    if (isFirst && this.#input !== undefined) this.#input = Buffer.from(this.#input)
  }

  /** Uses up the input as far as it goes. */
  #advance(): void {
    if (this.#isAdvancing) return
    this.#isAdvancing = true
    try {
      while (this.#input !== undefined && this.#canGoOn()) {
        if (this.#head === undefined && !this.#readHead()) break
        if (!this.#readBody()) break
      }
      if (this.#socket.isPaused() && this.#canGoOn()) this.#socket.resume()
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      this.fail(error)
    } finally {
      this.#isAdvancing = false
    }
  }

  #canGoOn(): boolean {
    if (this.state === 'busy' || this.state === 'closing') return false
    return this.#socket.writableLength <= MAX_UNSENT_BYTES
  }

  /** True when the head is whole. */
  #readHead(): boolean {
    let input = this.#input
    while (input !== undefined && this.state === 'idle') {
      // Some clients send an empty line behind a body; RFC 9112, section 2.2 says to pass it over.
      const first = input[0]
      if (first !== CARRIAGE_RETURN && first !== LINE_FEED) break
      input = input.length > 1 ? input.subarray(1) : undefined
    }
    this.#input = input
    if (input === undefined) return false
    const end = input.indexOf(HEAD_END)
    const { maxHeadBytes } = this.#host.limits
    if (end > maxHeadBytes || (end < 0 && input.length > maxHeadBytes)) {
      throw new HttpError(431, `the headers are larger than ${maxHeadBytes} bytes`)
    }
    if (end < 0) {
      if (this.state === 'idle') this.#enter('head')
      return false
    }
    const head = this.#host.heads.parse(input.toString('latin1', 0, end))
    this.#input = input.length > end + 4 ? input.subarray(end + 4) : undefined
    this.#head = head
    this.#keepAlive &&= head.keepAlive
    this.#beginBody(head)
    return true
  }

  #beginBody(head: RequestHead): void {
    const { maxBodyBytes } = this.#host.limits
    if (head.length !== 'chunked' && head.length > maxBodyBytes) {
      throw new HttpError(413, `the body is larger than ${maxBodyBytes} bytes`)
    }
    if (head.length === 0) return
    const early = this.#host.refuseEarly(head)
    if (early !== undefined) {
      this.#socket.write(early, 'latin1')
      this.#linger()
      return
    }
    if (head.headers.expect !== undefined) {
      if (head.headers.expect.toLowerCase() !== '100-continue') {
        throw new HttpError(417, 'unknown Expect')
      }
      if (this.#input === undefined) this.#socket.write(CONTINUE, 'latin1')
    }
    this.#enter('body')
    if (head.length === 'chunked') this.#chunked = new ChunkedBody(piece => this.#keep(piece))
  }

  /** True when the body was whole and its request has been handed over. */
  #readBody(): boolean {
    const head = this.#head
    const input = this.#input
    if (head === undefined || this.state === 'closing') return false
    if (this.#chunked !== undefined) {
      if (input === undefined) return false
      const { used, isDone } = this.#chunked.push(input)
      this.#input = used < input.length ? input.subarray(used) : undefined
      if (isDone) this.#handOver(head, this.#wholeBody())
      return isDone
    }
    const length = head.length === 'chunked' ? 0 : head.length
    const missing = length - this.#received
    const have = input?.length ?? 0
    if (have < missing) {
      if (input !== undefined) this.#keep(input)
      this.#input = undefined
      return false
    }
    const last = input?.subarray(0, missing) ?? NOTHING
    this.#input = input !== undefined && have > missing ? input.subarray(missing) : undefined
    if (this.#body !== undefined) this.#keep(last)
    this.#handOver(head, this.#body === undefined ? last : this.#wholeBody())
    return true
  }

  #wholeBody(): Buffer {
    return this.#body?.subarray(0, this.#received) ?? NOTHING
  }

  /** Copies a piece of the body: pieces of a byte each would take a hundred times their size. */
  #keep(piece: Buffer): void {
    const { maxBodyBytes } = this.#host.limits
    const size = this.#received + piece.length
    if (size > maxBodyBytes) {
      throw new HttpError(413, `the body is larger than ${maxBodyBytes} bytes`)
    }
    const held = this.#body?.length ?? 0
    if (size > held) {
      const wanted = Math.min(maxBodyBytes, Math.max(size, 2 * held, FIRST_BODY_BYTES))
      if (!this.#host.takeMemory(wanted - held)) {
        throw new HttpError(503, 'too many large requests at once')
      }
      this.#body = resized(this.#body, wanted)
    }
    piece.copy(this.#body ?? NOTHING, this.#received)
    this.#received = size
  }

  #handOver(head: RequestHead, body: Buffer): void {
    this.#head = undefined
    this.#chunked = undefined
    this.#enter('busy')
    this.#host.handle(head, body, this)
    this.#releaseBody()
  }

  #releaseBody(): void {
    if (this.#body !== undefined) {
      this.#host.giveMemory(this.#body.length)
      resized(this.#body, 0)
    }
    this.#body = undefined
    this.#received = 0
  }

  #enter(state: ConnectionState): void {
    this.state = state
    this.since = this.#host.now
  }

  /** Ends our side and drops what still comes; the host destroys who does not go by itself. */
  #linger(): void {
    this.#enter('closing')
    this.#input = undefined
    this.#releaseBody()
    this.#socket.end()
    this.#socket.resume()
  }

  #close(): void {
    this.state = 'closing'
    this.#input = undefined
    this.#releaseBody()
    this.#host.closed(this)
  }
}

/** Moves the memory: left to the collector of garbage, megabytes that nobody needs would stay for long. */
function resized(body: Buffer<ArrayBuffer> | undefined, bytes: number): Buffer<ArrayBuffer> {
  return Buffer.from(body?.buffer.transfer(bytes) ?? new ArrayBuffer(bytes))
}
