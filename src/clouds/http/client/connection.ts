import { connect as connectTcp, isIP, type NetConnectOpts, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { AnswerReceiver, SenderControl, SentRequest } from '../sender.ts'
import { type AnswerHead, BrokenAnswerError, readAnswerHead } from './answer-head.ts'
import { ChunkedBody } from './chunked-body.ts'
import { printRequestHead } from './request-head.ts'

export interface ConnectionOptions {
  readonly origin: URL
  readonly connectMs: number
  /** Certificates of authorities that are trusted, in PEM, if not the usual ones. */
  readonly ca: string | undefined
  /** Of an earlier connection to the origin, so that TLS need not begin anew. */
  readonly session: Buffer | undefined
}

export interface ConnectionEvents {
  /** It can take a request: at first, and after each that left it whole. */
  free(connection: Connection): void
  /** It is no more. Told once; `error`: it never came to be. */
  gone(connection: Connection, error: Error | undefined): void
  session(session: Buffer): void
}

/** What was read and is looked at before anything else is: one for all connections of the thread. */
const shared = Buffer.allocUnsafeSlow(65_536)

/** A body above this goes in pieces, so that its progress can be seen. */
const PIECE_BYTES = 262_144
/** A body up to this is copied behind its head, and goes in one piece with it. */
const SMALL_BYTES = 65_536
const MAX_HEAD_BYTES = 65_536
const END_OF_HEAD = '\r\n\r\n'
const KEEP_ALIVE_PROBE_MS = 60_000

interface Exchange {
  readonly request: SentRequest
  readonly receiver: AnswerReceiver
  /** All of the request was handed to the socket. */
  isSent: boolean
  head: AnswerHead | undefined
  /** Bytes that are missing of a body whose length was told. */
  left: number
  chunked: ChunkedBody | undefined
}

/**
 * One connection, one request at a time (RFC 9112). The bytes of an answer are read from the socket
 * straight into the room of who waits for them: Node would allocate 64 KB for each read otherwise, and
 * collect them later (docs/performance.md).
 */
export class Connection {
  readonly #events: ConnectionEvents
  readonly #socket: Socket
  readonly #connecting: NodeJS.Timeout
  #exchange: Exchange | undefined
  /** What came of a head whose end is not there yet. */
  #pending: Buffer | undefined
  /** The next bytes are read into the receiver's room. */
  #isDirect = false
  #isOpen = false
  #isGone = false
  #failure: Error | undefined
  /** By `performance.now()`; until then it may be used again. */
  keptUntil = Infinity

  constructor({ origin, connectMs, ca, session }: ConnectionOptions, events: ConnectionEvents) {
    this.#events = events
    const isTls = origin.protocol === 'https:'
    const host = origin.hostname.replace(/^\[(.*)\]$/, '$1')
    const tcp = {
      host,
      port: origin.port === '' ? (isTls ? 443 : 80) : Number(origin.port),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      onread: {
        buffer: () => this.#roomToRead(),
        callback: (bytes: number): boolean => this.#read(bytes),
      },
    } satisfies NetConnectOpts
    const servername = isIP(host) === 0 ? host : ''
    const tls = { servername, ALPNProtocols: ['http/1.1'], ca, session }
    this.#socket = isTls ? connectTls({ ...tcp, ...tls }) : connectTcp(tcp)
    const timedOut = (): void => this.#fail(codedError('ETIMEDOUT', 'no connection in time'))
    this.#connecting = setTimeout(timedOut, connectMs)
    this.#socket
      .once(isTls ? 'secureConnect' : 'connect', () => this.#opened())
      .on('session', (told: Buffer) => events.session(told))
      .on('error', (error: Error) => this.#fail(error))
      .on('end', () => this.#peerEnded())
      .on('close', () => this.#closed())
  }

  /**
   * Only while it is free. Returns false when nobody wants the answer any more: it stays free then, as
   * it does when it throws what cannot be sent at all.
   */
  run(request: SentRequest, receiver: AnswerReceiver): boolean {
    const head = printRequestHead(request)
    const exchange: Exchange = {
      request,
      receiver,
      isSent: false,
      head: undefined,
      left: 0,
      chunked: undefined,
    }
    if (!receiver.started(this.#controlOf(exchange))) return false
    this.#exchange = exchange
    this.#write(exchange, head)
    return true
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #opened(): void {
    clearTimeout(this.#connecting)
    this.#isOpen = true
    this.#events.free(this)
  }

  #controlOf(exchange: Exchange): SenderControl {
    const isCurrent = (): boolean => this.#exchange === exchange
    return {
      pause: () => void (isCurrent() && this.#socket.pause()),
      resume: () => void (isCurrent() && this.#socket.resume()),
      abort: reason => void (isCurrent() && this.#fail(reason)),
    }
  }

  #write(exchange: Exchange, head: string): void {
    const { body } = exchange.request
    if (body === undefined || body.length === 0) {
      exchange.isSent = true
      this.#socket.write(head, 'latin1')
      return
    }
    if (body.length <= SMALL_BYTES) {
      const all = Buffer.allocUnsafe(head.length + body.length)
      all.write(head, 'latin1')
      all.set(body, head.length)
      exchange.isSent = true
      this.#socket.write(all)
      return
    }
    this.#socket.write(head, 'latin1')
    this.#writePiece(exchange, body, 0)
  }

  #writePiece(exchange: Exchange, body: Uint8Array, from: number): void {
    const end = Math.min(body.length, from + PIECE_BYTES)
    exchange.isSent = end === body.length
    this.#socket.write(body.subarray(from, end), error => {
      if (error || this.#exchange !== exchange) return // told by the socket's own events
      exchange.receiver.moved()
      if (end < body.length) this.#writePiece(exchange, body, end)
    })
  }

  /** Called for each read, when the one before has been dealt with. */
  #roomToRead(): Uint8Array {
    const exchange = this.#exchange
    const room = exchange !== undefined && exchange.left > 0 ? exchange.receiver.room() : undefined
    this.#isDirect = room !== undefined && room.length > 0
    if (room === undefined || exchange === undefined || !this.#isDirect) return shared
    return room.length > exchange.left ? room.subarray(0, exchange.left) : room
  }

  #read(bytes: number): boolean {
    const exchange = this.#exchange
    if (exchange === undefined) {
      // An answer to nothing: what follows could not be told from an answer to the next request.
      this.destroy()
      return true
    }
    exchange.receiver.moved()
    if (this.#isDirect) {
      exchange.left -= bytes
      exchange.receiver.filled(bytes)
      if (exchange.left === 0) this.#finish(exchange, true)
      return true
    }
    try {
      this.#take(exchange, shared.subarray(0, bytes))
    } catch (error) {
      if (!(error instanceof BrokenAnswerError)) throw error
      this.#fail(error)
    }
    return true
  }

  /** @throws BrokenAnswerError */
  #take(exchange: Exchange, bytes: Buffer): void {
    if (exchange.head !== undefined) return this.#takeBody(exchange, bytes)
    const all = this.#pending === undefined ? bytes : Buffer.concat([this.#pending, bytes])
    const end = all.indexOf(END_OF_HEAD)
    if (end < 0 ? all.length > MAX_HEAD_BYTES : end > MAX_HEAD_BYTES) {
      throw new BrokenAnswerError('the head of the answer does not end')
    }
    if (end < 0) {
      this.#pending = Buffer.from(all)
      return
    }
    this.#pending = undefined
    const head = readAnswerHead(all.toString('latin1', 0, end), exchange.request.method)
    const rest = all.subarray(end + END_OF_HEAD.length)
    if (head.status < 200) {
      if (head.status === 101) throw new BrokenAnswerError('the answer speaks of another protocol')
      if (rest.length > 0) this.#take(exchange, rest)
      return
    }
    exchange.head = head
    exchange.left = typeof head.body === 'number' ? head.body : 0
    exchange.chunked = head.body === 'chunked' ? new ChunkedBody() : undefined
    exchange.receiver.answered(head.status, head.headers)
    if (this.#exchange === exchange) this.#takeBody(exchange, rest)
  }

  /** @throws BrokenAnswerError */
  #takeBody(exchange: Exchange, bytes: Buffer): void {
    const { chunked, head } = exchange
    if (chunked !== undefined) {
      const own = chunked.read(bytes, piece => hand(exchange.receiver, piece))
      if (chunked.isOver) this.#finish(exchange, own === bytes.length)
    } else if (head?.body === 'until-close') {
      if (bytes.length > 0) hand(exchange.receiver, bytes)
    } else {
      const own = bytes.length > exchange.left ? bytes.subarray(0, exchange.left) : bytes
      exchange.left -= own.length
      if (own.length > 0) hand(exchange.receiver, own)
      if (exchange.left === 0) this.#finish(exchange, own.length === bytes.length)
    }
  }

  /** The answer is whole. `isClean`: nothing came after it. */
  #finish(exchange: Exchange, isClean: boolean): void {
    if (this.#exchange !== exchange) return // given up while its last bytes were handed over
    this.#exchange = undefined
    const keepMs = exchange.head?.keepMs ?? 0
    // An answer that came before its request was sent leaves the rest of it in the way.
    const isWhole = exchange.isSent && this.#socket.writableLength === 0
    const isKept = isClean && isWhole && keepMs > 0
    if (!isKept) this.destroy()
    else {
      this.keptUntil = performance.now() + keepMs
      this.#socket.resume() // whoever paused it is done
      this.#events.free(this)
    }
    exchange.receiver.ended()
  }

  #peerEnded(): void {
    const exchange = this.#exchange
    if (exchange?.head?.body === 'until-close') this.#finish(exchange, false)
    else this.#fail(codedError('ECONNRESET', 'the other side closed it'))
  }

  #fail(error: Error): void {
    this.#failure ??= error
    const exchange = this.#exchange
    this.#exchange = undefined
    this.destroy()
    exchange?.receiver.failed(error)
  }

  #closed(): void {
    if (this.#isGone) return
    this.#isGone = true
    clearTimeout(this.#connecting)
    this.#fail(codedError('ECONNRESET', 'it was closed'))
    this.#events.gone(this, this.#isOpen ? undefined : this.#failure)
  }
}

/** To the room of who waits, as far as it goes, or as a copy: `bytes` are read over next time. */
function hand(receiver: AnswerReceiver, bytes: Uint8Array): void {
  const room = receiver.room()
  if (room === undefined || room.length < bytes.length) {
    receiver.received(Buffer.from(bytes))
    return
  }
  room.set(bytes)
  receiver.filled(bytes.length)
}

function codedError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
