import { AnswerBody } from './wire-body.ts'
import type { AnswerHeaders, AnswerReceiver, Sender, SenderControl, SentRequest } from './sender.ts'

/** A request as it goes out: signed, its path escaped. */
export interface WireRequest extends SentRequest {
  /** How long the peer may think before it answers, where that is longer than it may stall. */
  readonly patienceMs?: number | undefined
}

export interface WireAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
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
  readonly #sender: Sender
  readonly #stallMs: number
  readonly #exchanges = new Set<Exchange>()
  #timer: NodeJS.Timeout | undefined

  constructor(sender: Sender, stallMs: number) {
    this.#sender = sender
    this.#stallMs = stallMs
  }

  /** Resolves when the answer's head is there. */
  send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const { patienceMs = this.#stallMs } = request
      const ended = (): void => this.#end(exchange)
      const exchange = new Exchange({ signal, patienceMs, resolve, reject, ended })
      this.#begin(exchange)
      try {
        this.#sender.send(request, exchange)
      } catch (error) {
        exchange.failed(asError(error))
      }
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sender.close()
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

class Exchange implements AnswerReceiver {
  readonly #options: ExchangeOptions
  readonly #onAbort = (): void => this.abort(asError(this.#options.signal.reason))
  #control: SenderControl | undefined
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
    const isUnderWay = this.#control !== undefined && this.#body?.isFull !== true
    return isUnderWay && this.#movedAt < time
  }

  abort(reason: Error): void {
    this.#failure ??= reason
    if (this.#control === undefined) this.failed(reason)
    else this.#control.abort(reason)
  }

  started(control: SenderControl): boolean {
    this.moved()
    this.#control = control
    return this.#failure === undefined
  }

  moved(): void {
    this.#movedAt = performance.now()
  }

  answered(status: number, headers: AnswerHeaders): void {
    const control = this.#control
    const body = new AnswerBody({
      pause: () => control?.pause(),
      resume: () => {
        this.moved()
        control?.resume()
      },
      abort: () => this.abort(new Error('nobody reads on')),
    })
    this.#body = body
    this.#options.resolve({ status, headers, body })
  }

  room(): Uint8Array | undefined {
    return this.#body?.room()
  }

  filled(bytes: number): void {
    this.#body?.filled(bytes)
  }

  received(chunk: Uint8Array): void {
    this.#body?.push(chunk)
  }

  ended(): void {
    this.#end()
    this.#body?.end(undefined)
  }

  failed(error: Error): void {
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

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
