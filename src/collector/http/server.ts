import { createServer, type Server, type Socket } from 'node:net'
import { adopt } from './adopt-socket.ts'
import { Connection, type ConnectionHost } from './connection.ts'
import { HeadParser, HttpError } from './request-head.ts'

/** How long each state of a connection may last, in milliseconds. */
const LIMITS_MS = {
  idle: 75_000,
  head: 10_000,
  body: 60_000,
  busy: 60_000,
  closing: 3_000,
} as const
const CLOCK_MS = 1_000
const BACKLOG = 4_096

export interface HttpServerOptions
  extends Pick<ConnectionHost, 'limits' | 'refuseEarly' | 'handle' | 'answerError'> {
  readonly maxConnections: number
  /** For bodies that do not come in one piece with their head, of all connections. */
  readonly maxBodyMemory: number
  /** Called for a connection that was one too many. */
  readonly dropped: () => void
}

/** Listens, and keeps the connections: their clock, their number and their memory. */
export class HttpServer implements ConnectionHost {
  readonly limits
  readonly heads = new HeadParser()
  now = 0
  /** When `now` was last moved on, by the machine's own clock. */
  #tickedAt = performance.now()
  readonly #options: HttpServerOptions
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  #memory: number

  constructor(options: HttpServerOptions) {
    this.#options = options
    this.limits = options.limits
    this.#memory = options.maxBodyMemory
    const settings = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true }
    this.#server = createServer(settings, socket => this.#connect(socket))
  }

  get connections(): number {
    return this.#connections.size
  }

  /** Several workers may listen on one port: the kernel shares connections out. */
  async listen(host: string, port: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen({ host, port, reusePort: true, backlog: BACKLOG }, resolve)
    await promise
    this.#server.removeListener('error', reject)
    setInterval(() => this.#tick(), CLOCK_MS)
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }

  /** Takes no more connections and ends those that have nothing to wait for. */
  retire(): void {
    this.#server.close()
    for (const connection of this.#connections) connection.retire()
  }

  takeMemory(bytes: number): boolean {
    if (bytes > this.#memory) return false
    this.#memory -= bytes
    return true
  }

  giveMemory(bytes: number): void {
    this.#memory += bytes
  }

  refuseEarly: ConnectionHost['refuseEarly'] = head => this.#options.refuseEarly(head)
  handle: ConnectionHost['handle'] = (head, body, connection) => {
    this.#options.handle(head, body, connection)
  }
  answerError: ConnectionHost['answerError'] = error => this.#options.answerError(error)

  closed(connection: Connection): void {
    this.#connections.delete(connection)
  }

  #connect(socket: Socket): void {
    if (this.#connections.size >= this.#options.maxConnections) {
      this.#options.dropped()
      socket.destroy()
      return
    }
    this.#connections.add(new Connection(receive => adopt(socket, receive), this, this.now))
  }

  #tick(): void {
    // Time in which this process stood still (stopped, a machine asleep, a loop that was busy) is not
    // the clients': nobody read what they sent.
    const at = performance.now()
    this.now += Math.min(at - this.#tickedAt, 2 * CLOCK_MS)
    this.#tickedAt = at
    for (const connection of this.#connections) {
      if (this.now - connection.since <= LIMITS_MS[connection.state]) continue
      if (connection.state === 'head' || connection.state === 'body') {
        connection.fail(new HttpError(408, 'the request took too long to come'))
      } else if (connection.state === 'idle') connection.retire()
      else connection.destroy()
    }
  }
}
