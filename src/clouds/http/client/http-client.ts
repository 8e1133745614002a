import type { AnswerReceiver, Sender, SentRequest } from '../sender.ts'
import { Connection } from './connection.ts'

export interface HttpClientOptions {
  /** To connect takes this long at most. */
  readonly connectMs: number
  /** How long a connection is kept that nobody uses. */
  readonly keepMs: number
  /** Connections to one origin; more requests wait for one of them. */
  readonly mostConnections: number
  readonly ca?: string | undefined
}

interface Waiting {
  readonly request: SentRequest
  readonly receiver: AnswerReceiver
}

/** A client of HTTP/1.1 that keeps its connections, and reads what comes where it is wanted. */
export class HttpClient implements Sender {
  readonly #options: HttpClientOptions
  readonly #origins = new Map<string, Origin>()

  constructor(options: HttpClientOptions) {
    this.#options = options
  }

  send(request: SentRequest, receiver: AnswerReceiver): void {
    let origin = this.#origins.get(request.origin)
    if (origin === undefined) {
      origin = new Origin(new URL(request.origin), this.#options)
      this.#origins.set(request.origin, origin)
    }
    origin.send(request, receiver)
  }

  async close(): Promise<void> {
    for (const origin of this.#origins.values()) origin.close()
    this.#origins.clear()
  }
}

/** The connections to one origin. */
class Origin {
  readonly #url: URL
  readonly #options: HttpClientOptions
  readonly #all = new Set<Connection>()
  /** The last is the one used last: it is the surest to be open still. */
  readonly #free: Connection[] = []
  readonly #waiting: Waiting[] = []
  #opening = 0
  #session: Buffer | undefined

  constructor(url: URL, options: HttpClientOptions) {
    this.#url = url
    this.#options = options
  }

  send(request: SentRequest, receiver: AnswerReceiver): void {
    this.#waiting.push({ request, receiver })
    const connection = this.#takeFree()
    if (connection !== undefined) this.#serve(connection)
    else if (
      this.#all.size < this.#options.mostConnections &&
      this.#opening < this.#waiting.length
    ) {
      this.#open()
    }
  }

  close(): void {
    for (const connection of this.#all) connection.destroy()
    const closed = Object.assign(new Error('the client is closed'), { code: 'ECONNRESET' })
    for (const { receiver } of this.#waiting.splice(0)) receiver.failed(closed)
  }

  #takeFree(): Connection | undefined {
    const now = performance.now()
    for (let last = this.#free.pop(); last !== undefined; last = this.#free.pop()) {
      if (last.keptUntil > now) return last
      last.destroy()
    }
    return undefined
  }

  #open(): void {
    let isOpening = true
    this.#opening++
    const opened = (): void => {
      if (isOpening) this.#opening--
      isOpening = false
    }
    const { connectMs, keepMs, ca } = this.#options
    const options = { origin: this.#url, connectMs, ca, session: this.#session }
    const connection = new Connection(options, {
      free: one => {
        opened()
        one.keptUntil = Math.min(one.keptUntil, performance.now() + keepMs)
        this.#serve(one)
      },
      gone: (one, error) => {
        opened()
        this.#forget(one, error)
      },
      session: session => (this.#session = session),
    })
    this.#all.add(connection)
  }

  /** Gives a free connection to the first who still wants one. */
  #serve(connection: Connection): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { request, receiver } = next
      try {
        if (connection.run(request, receiver)) return
      } catch (error) {
        receiver.failed(error instanceof Error ? error : new Error(String(error)))
      }
    }
    this.#free.push(connection)
  }

  /** One that could not be opened ends one of those who wait; of others, those who wait open more. */
  #forget(connection: Connection, error: Error | undefined): void {
    this.#all.delete(connection)
    const at = this.#free.indexOf(connection)
    if (at >= 0) this.#free.splice(at, 1)
    if (error !== undefined) this.#waiting.shift()?.receiver.failed(error)
    if (this.#opening < this.#waiting.length) this.#open()
  }
}
