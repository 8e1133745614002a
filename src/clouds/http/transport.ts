import { Readable } from 'node:stream'
import type { Agent, Dispatcher } from 'undici'

/** A request as it goes out: signed, its path escaped. */
export interface WireRequest {
  readonly origin: string
  readonly method: string
  /** With the query. Sent as it stands: `..` and `//` are parts of keys. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | undefined
  /** How long the peer may think before it answers, where that is longer than it may stall. */
  readonly patienceMs?: number | undefined
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: AnswerBody
}

/** The peer went silent. */
export class StalledError extends Error {
  constructor(afterMs: number) {
    super(`nothing moved for ${afterMs / 1_000} s`)
  }
}

const LOOKS_PER_STALL = 8

/**
 * Sends requests over connections that are kept. A request on which nothing moves for `stallMs`, in
 * either direction, ends with StalledError; while nobody reads an answer, its peer owes nothing.
 */
export class Transport {
  readonly #agent: Agent | Dispatcher
  readonly #stallMs: number
  readonly #exchanges = new Set<Exchange>()
  #timer: NodeJS.Timeout | undefined

  constructor(agent: Agent | Dispatcher, stallMs: number) {
    this.#agent = agent
    this.#stallMs = stallMs
  }

  /** Resolves when the answer's head is there. */
  send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const { origin, method, path, headers, body, patienceMs = this.#stallMs } = request
      const ended = (): void => this.#end(exchange)
      const exchange = new Exchange({ signal, patienceMs, resolve, reject, ended })
      this.#begin(exchange)
      const sent = body === undefined ? null : exchange.watched(body)
      try {
        // Otherwise every HEAD would end its connection.
        const reset = false
        this.#agent.dispatch({ origin, path, method, headers, body: sent, reset }, exchange)
      } catch (error) {
        exchange.onResponseError(undefined, asError(error))
      }
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#agent.destroy()
  }

  #begin(exchange: Exchange): void {
    this.#exchanges.add(exchange)
    this.#timer ??= setInterval(() => this.#look(), this.#stallMs / LOOKS_PER_STALL).unref()
  }

  #end(exchange: Exchange): void {
    this.#exchanges.delete(exchange)
    if (this.#exchanges.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** One timer for all: a timer for each request would cost more than it is worth. */
  #look(): void {
    const now = performance.now()
    for (const exchange of this.#exchanges) {
      const { patienceMs } = exchange
      if (exchange.isIdleSince(now - patienceMs)) exchange.abort(new StalledError(patienceMs))
    }
  }
}

interface ExchangeOptions {
  readonly signal: AbortSignal
  readonly patienceMs: number
  readonly resolve: (answer: WireAnswer) => void
  readonly reject: (error: Error) => void
  readonly ended: () => void
}

/** A body above this goes in pieces, so that its progress can be seen. */
const PIECE_BYTES = 131_072

class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions
  readonly #onAbort = (): void => this.abort(asError(this.#options.signal.reason))
  #controller: Dispatcher.DispatchController | undefined
  #body: AnswerBody | undefined
  #movedAt = performance.now()
  #failure: Error | undefined

  constructor(options: ExchangeOptions) {
    this.#options = options
    options.signal.addEventListener('abort', this.#onAbort)
  }

  get patienceMs(): number {
    return this.#options.patienceMs
  }

  /** Who waits for a connection is not idle: those who have one end sooner or later. */
  isIdleSince(time: number): boolean {
    const isUnderWay = this.#controller !== undefined && this.#body?.isFull !== true
    return isUnderWay && this.#movedAt < time
  }

  abort(reason: Error): void {
    this.#failure ??= reason
    if (this.#controller === undefined) this.onResponseError(undefined, reason)
    else this.#controller.abort(reason)
  }

  watched(body: Uint8Array): Uint8Array | Readable {
    return body.length > PIECE_BYTES ? Readable.from(this.#pieces(body)) : body
  }

  *#pieces(body: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < body.length; at += PIECE_BYTES) {
      this.#movedAt = performance.now()
      yield body.subarray(at, at + PIECE_BYTES)
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#movedAt = performance.now()
    this.#controller = controller
    if (this.#failure !== undefined) controller.abort(this.#failure)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: WireAnswer['headers'],
  ): void {
    if (status < 200) return
    this.#movedAt = performance.now()
    const body = new AnswerBody({
      pause: () => controller.pause(),
      resume: () => {
        this.#movedAt = performance.now()
        controller.resume()
      },
      abort: () => this.abort(new Error('nobody reads on')),
    })
    this.#body = body
    this.#options.resolve({ status, headers, body })
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#movedAt = performance.now()
    this.#body?.push(chunk)
  }

  onResponseEnd(): void {
    this.#end()
    this.#body?.end(undefined)
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#end()
    const failure = this.#failure ?? error
    if (this.#body === undefined) this.#options.reject(failure)
    else this.#body.end(failure)
  }

  #end(): void {
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    this.#options.ended()
  }
}

interface Flow {
  readonly pause: () => void
  readonly resume: () => void
  readonly abort: () => void
}

const FULL_BYTES = 1_048_576

/** An answer's bytes, once; who stops reading early ends the request. */
export class AnswerBody implements AsyncIterable<Uint8Array> {
  readonly #flow: Flow
  readonly #chunks: Uint8Array[] = []
  #held = 0
  #isOver = false
  #failure: Error | undefined
  #wake: (() => void) | undefined
  /** So much waits for the reader that the peer was asked to wait too. */
  isFull = false

  constructor(flow: Flow) {
    this.#flow = flow
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    if (this.#held >= FULL_BYTES && !this.isFull) {
      this.isFull = true
      this.#flow.pause()
    }
    this.#wake?.()
  }

  end(failure: Error | undefined): void {
    this.#isOver = true
    this.#failure = failure
    this.#wake?.()
  }

  /** Ends the request without a look at the rest. */
  discard(): void {
    if (!this.#isOver) this.#flow.abort()
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

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
