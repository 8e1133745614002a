/**
 * A proxy between a client and a server on loopback, which lets most requests pass and does to the
 * others what networks and services do: flips bits, cuts, stalls, repeats, answers with 429, 500 and
 * 503 in storms, and cuts listings short. What happens to which request is told by a plan and a seed.
 */
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Answered,
  ask,
  askInPart,
  type Asked,
  readAll,
  type Target,
} from './faults/exchange.ts'
import { type Fault, type Plan, type Random, randomFrom } from './faults/plan.ts'
import { type Service, type ServiceName, SERVICES } from './faults/services.ts'

export interface FaultProxyOptions {
  /** Of the server, on loopback. */
  readonly port: number
  readonly service: ServiceName
  /** How long a stalled connection is held; then it is cut. */
  readonly stallMs?: number
  /** How many of the Retry-After ask for a second, from 0 to 1; the others for none. */
  readonly longWaits?: number
}

export interface FaultProxy extends AsyncDisposable {
  readonly port: number
  /** What was done since the last `follow`, and how many requests there were. */
  readonly counts: ReadonlyMap<Fault | 'request', number>
  /** From now on, this happens. Who follows none lets all pass. */
  follow(plan: Plan | undefined, seed: number): void
  stop(): Promise<void>
}

const STALL_MS = 60_000
const LONG_WAITS = 0.1
const OF_THE_ANSWER: ReadonlySet<Fault> = new Set([
  'flip-answer',
  'cut-answer',
  'stall-answer',
  'truncate-listing',
])

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new Proxying(options)
  const server = createServer((request, response) => void proxy.serve(request, response))
  server.requestTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const stop = async (): Promise<void> => {
    proxy.close()
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return {
    port: address.port,
    get counts() {
      return proxy.counts
    },
    follow: (plan, seed) => proxy.follow(plan, seed),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

class Proxying {
  counts = new Map<Fault | 'request', number>()
  readonly #target: Target
  readonly #service: Service
  readonly #stallMs: number
  readonly #longWaits: number
  #plan: Plan | undefined
  #random: Random = randomFrom(0)

  constructor(options: FaultProxyOptions) {
    const { port, service, stallMs = STALL_MS, longWaits = LONG_WAITS } = options
    this.#target = { port, agent: new Agent({ keepAlive: true }) }
    this.#service = SERVICES[service]
    this.#stallMs = stallMs
    this.#longWaits = longWaits
  }

  follow(plan: Plan | undefined, seed: number): void {
    this.#plan = plan
    this.#random = randomFrom(seed)
    this.counts = new Map()
  }

  close(): void {
    this.#target.agent.destroy()
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined) // the client may be gone
    const { method = 'GET', url = '/' } = request
    const parsed = new URL(url, 'http://localhost')
    const answer = this.#service.answerOf(method, parsed)
    const isChecked = this.#service.isChecked(request.headers, parsed)
    this.#count('request')
    const fault = this.#plan?.({ method, url, answer, isChecked }, this.#random)
    try {
      const body = await readAll(request)
      const asked = { method, url, headers: request.rawHeaders, body }
      await (fault === undefined
        ? respond(response, await ask(this.#target, asked))
        : this.#harm(fault, asked, response))
    } catch {
      response.destroy() // the client or the server went away
    }
  }

  #count(what: Fault | 'request'): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  async #harm(fault: Fault, asked: Asked, response: ServerResponse): Promise<void> {
    if (OF_THE_ANSWER.has(fault)) {
      await this.#harmAnswer(fault, await ask(this.#target, asked), response)
    } else if (fault === 'flip-request' && asked.body.length === 0) {
      respond(response, await ask(this.#target, asked)) // there is nothing to harm
    } else {
      this.#count(fault)
      await this.#harmRequest(fault, asked, response)
    }
  }

  async #harmRequest(fault: Fault, asked: Asked, response: ServerResponse): Promise<void> {
    const { body } = asked
    switch (fault) {
      case 'flip-request':
        respond(response, await ask(this.#target, { ...asked, body: this.#flip(body) }))
        return
      case 'cut-request':
        if (body.length > 0) await askInPart(this.#target, asked, this.#upTo(body.length))
        this.#hangUp(response)
        return
      case 'lose-answer':
        await ask(this.#target, asked)
        this.#hangUp(response)
        return
      case 'stall-request':
        await this.#stall(response)
        return
      case 'repeat-request':
        await ask(this.#target, asked)
        respond(response, await ask(this.#target, asked))
        return
      default:
        await this.#refuse(fault, asked, response)
    }
  }

  async #harmAnswer(fault: Fault, answer: Answered, response: ServerResponse): Promise<void> {
    const { body } = answer
    if (body.length === 0) {
      respond(response, answer) // there is nothing to harm
      return
    }
    this.#count(fault)
    const some = body.subarray(0, this.#upTo(body.length))
    if (fault === 'flip-answer') respond(response, { ...answer, body: this.#flip(body) })
    else if (fault === 'truncate-listing') respond(response, { ...answer, body: some })
    else {
      writeHead(response, answer)
      response.flushHeaders()
      response.write(some)
      await sleep(5) // so that it has arrived
      if (fault === 'stall-answer') await this.#stall(response)
      else this.#hangUp(response)
    }
  }

  /** Half of the time with Retry-After. A service that fails (500) may have done its work. */
  async #refuse(fault: Fault, asked: Asked, response: ServerResponse): Promise<void> {
    const status = fault === 'status-429' ? 429 : fault === 'status-500' ? 500 : 503
    if (status === 500 && this.#random() < 0.5) await ask(this.#target, asked)
    const { type, text } = this.#service.errorBody(status)
    const seconds = (): string => (this.#random() < this.#longWaits ? '1' : '0')
    const wait = this.#random() < 0.5 ? ['retry-after', seconds()] : []
    const body = Buffer.from(asked.method === 'HEAD' ? '' : text)
    respond(response, { status, headers: ['content-type', type, ...wait], body })
  }

  async #stall(response: ServerResponse): Promise<void> {
    const gone = once(response, 'close')
    const timer = setTimeout(() => response.destroy(), this.#stallMs)
    await gone
    clearTimeout(timer)
  }

  #hangUp(response: ServerResponse): void {
    if (this.#random() < 0.5) response.socket?.resetAndDestroy()
    else response.socket?.destroy()
  }

  #flip(bytes: Buffer): Buffer {
    const flipped = Buffer.from(bytes)
    const at = this.#upTo(bytes.length)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << this.#upTo(8))
    return flipped
  }

  /** From 0 up to, but not, `limit`. */
  #upTo(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}

function respond(response: ServerResponse, answer: Answered): void {
  writeHead(response, answer)
  response.end(answer.body)
}

function writeHead(response: ServerResponse, { status, headers, body }: Answered): void {
  const isTold = headers.includes('content-length') || status === 204 || status === 304
  const length = isTold ? [] : ['content-length', String(body.length)]
  response.writeHead(status, [...headers, ...length])
}
