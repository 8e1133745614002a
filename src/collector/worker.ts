import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Acceptor, cors, isSame, type KeyPolicy } from './acceptor.ts'
import { Counters } from './counters.ts'
import { DeadLetters } from './dead-letters.ts'
import { canWrite } from './disk-probe.ts'
import { DOORS } from './doors.ts'
import { EventRows } from './event-rows.ts'
import { AnswerWriter } from './http/answer.ts'
import type { Connection } from './http/connection.ts'
import type { RequestHead } from './http/request-head.ts'
import { HttpServer } from './http/server.ts'
import { partitionOf } from './partition.ts'
import { ReplayTable } from './replay-table.ts'
import { SegmentWriter } from './segment-writer.ts'
import { SequenceCounter } from './sequence-counter.ts'
import { SpoolSpace } from './spool-space.ts'
import type { WorkerMessage, WorkerOptions, WorkerRequest, WorkerState } from './worker-messages.ts'

const MAX_HEAD_BYTES = 16_384
const CLOCK_MS = 250
const PROBE_MS = 1_000
const PREFLIGHT = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'POST, OPTIONS',
  'Access-Control-Max-Age': '86400',
}

/** By page that is no door of events. */
const METHODS: Readonly<Record<string, string | undefined>> = {
  '/health': 'GET, HEAD',
  '/metrics': 'GET, HEAD',
  '/api/v1/flush': 'POST',
}

/** One thread of the collector: listens on the shared port and owns one open segment. */
class CollectorWorker {
  readonly #port: MessagePort
  readonly #options: WorkerOptions
  readonly #counters = new Counters()
  readonly #answers = new AnswerWriter()
  readonly #deadLetters: DeadLetters
  readonly #writer: SegmentWriter
  readonly #acceptor: Acceptor
  readonly #server: HttpServer
  #keys: KeyPolicy
  /** Clients that wait for a page of the collector. */
  readonly #asking = new Map<number, { connection: Connection; head: RequestHead }>()
  #nextAsk = 1

  constructor(options: WorkerOptions, port: MessagePort) {
    this.#port = port
    this.#options = options
    this.#keys = options.keys
    const space = new SpoolSpace(options.space, options.maxDiskBytes)
    const events = new EventRows(new SequenceCounter(options.sequence), options.accept.privacy)
    const letters = join(options.directory, `dead-letters-${options.number}.ndjson`)
    const kept = statSync(letters, { throwIfNoEntry: false })?.size ?? 0
    this.#deadLetters = new DeadLetters(letters, options.deadLetterBytes, kept)
    this.#writer = new SegmentWriter(events, {
      directory: options.directory,
      maxBytes: options.segmentBytes,
      maxAgeMs: options.segmentAgeMs,
      sync: options.sync,
      packing: options.packing,
      partition: at => partitionOf(at, options.partition),
      onSealed: (name, bytes) => this.#send({ kind: 'sealed', name, bytes }),
      onWritten: bytes => space.setWritten(options.number, bytes),
      now: Date.now,
    })
    this.#acceptor = new Acceptor(options.accept, {
      writer: this.#writer,
      counters: this.#counters,
      replays: new ReplayTable(options.replays),
      space,
      deadLetters: this.#deadLetters,
      answers: this.#answers,
      keys: () => this.#keys,
      now: Date.now,
    })
    this.#server = new HttpServer({
      limits: { maxHeadBytes: MAX_HEAD_BYTES, maxBodyBytes: options.accept.maxBodyBytes },
      maxConnections: options.maxConnections,
      maxBodyMemory: options.bodyMemoryBytes,
      refuseEarly: head => this.#acceptor.refuseEarly(head),
      handle: (head, body, connection) => this.#route(head, body, connection),
      answerError: error => this.#acceptor.answerError(error),
      dropped: () => this.#counters.dropped++,
    })
  }

  async start(host: string, port: number): Promise<void> {
    this.#port.on('message', (request: WorkerRequest) => void this.#serve(request))
    this.#send({ kind: 'listening', port: await this.#server.listen(host, port) })
    setInterval(() => void this.#writer.sealIfOld(), CLOCK_MS)
    void this.#probe()
  }

  /** Finds out that the disk has room again, also where nobody sends while it has none. */
  async #probe(): Promise<void> {
    const { failure } = this.#writer
    const { directory, number } = this.#options
    if (failure !== undefined && (await canWrite(directory, number))) {
      if (this.#writer.failure === failure) this.#writer.failure = undefined
    }
    setTimeout(() => void this.#probe(), PROBE_MS)
  }

  #route(head: RequestHead, body: Buffer, connection: Connection): void {
    const door = DOORS.at(head.path)
    const isReading = head.method === 'GET' || head.method === 'HEAD'
    const allowed = door === undefined ? METHODS[head.path] : 'POST, OPTIONS'
    if (door !== undefined && head.method === 'POST') {
      this.#acceptor.accept(head, door, body, connection)
    } else if (head.method === 'OPTIONS') {
      const wanted = head.headers['access-control-request-headers']
      const asked = wanted === undefined ? {} : { 'Access-Control-Allow-Headers': wanted }
      this.#answer(connection, head, { status: 204, headers: { ...PREFLIGHT, ...asked } })
    } else if (isReading && head.path === '/health') {
      this.#ask('health', head, connection)
    } else if (isReading && head.path === '/metrics') {
      this.#ask('metrics', head, connection)
    } else if (head.path === '/api/v1/flush' && head.method === 'POST') {
      if (this.#isMaintainer(head)) this.#ask('flush', head, connection)
      else
        this.#answer(connection, head, { status: 401, body: '{"error":"wrong maintenance key"}' })
    } else if (allowed !== undefined) {
      const headers = { Allow: allowed }
      this.#answer(connection, head, { status: 405, headers, body: '{"error":"wrong method"}' })
    } else {
      this.#answer(connection, head, { status: 404, body: '{"error":"no such page"}' })
    }
  }

  #isMaintainer(head: RequestHead): boolean {
    const wanted = this.#keys.maintenanceKey
    const given = head.headers['x-maintenance-key']
    return wanted !== undefined && given !== undefined && isSame(wanted, given)
  }

  #ask(what: 'metrics' | 'health' | 'flush', head: RequestHead, connection: Connection): void {
    const id = this.#nextAsk++
    this.#asking.set(id, { connection, head })
    this.#send({ kind: 'ask', id, what })
  }

  async #serve(request: WorkerRequest): Promise<void> {
    if (request.kind === 'page') {
      this.#answerAsked(request)
      return
    }
    if (request.kind === 'keys') this.#keys = request.keys
    if (request.kind === 'seal') await this.#writer.seal()
    if (request.kind === 'stop') {
      this.#acceptor.isShuttingDown = true
      await this.#writer.seal()
      this.#server.retire()
    }
    this.#send({ kind: 'done', id: request.id, state: this.#state() })
  }

  #answerAsked(request: Extract<WorkerRequest, { kind: 'page' }>): void {
    const asked = this.#asking.get(request.id)
    this.#asking.delete(request.id)
    if (asked === undefined) return
    const { status, contentType, body } = request.page
    this.#answer(asked.connection, asked.head, {
      status,
      headers: { 'Content-Type': contentType },
      body,
    })
  }

  #state(): WorkerState {
    const { received, stored, duplicate, rejected, busy, requests, dropped } = this.#counters
    return {
      counters: {
        received,
        stored,
        duplicate,
        rejected: { ...rejected },
        busy: { ...busy },
        requests,
        dropped,
        waiting: this.#writer.waitingRows,
        connections: this.#server.connections,
        deadLettersLost: this.#deadLetters.lost,
      },
      failure: this.#writer.failure?.message,
    }
  }

  #answer(
    connection: Connection,
    head: RequestHead,
    parts: { status: number; headers?: Readonly<Record<string, string>>; body?: string },
  ): void {
    const type = parts.body === undefined ? {} : { 'Content-Type': 'application/json' }
    const headers = { ...cors(head), ...type, ...parts.headers }
    const about = { close: connection.mustClose, isHead: head.method === 'HEAD' }
    connection.answer(this.#answers.write({ ...parts, headers, ...about }, Date.now()))
  }

  #send(message: WorkerMessage): void {
    this.#port.postMessage(message)
  }
}

if (parentPort === null) throw new Error('the collector starts this file as a worker')
// The collector made them, of this type.
const options = workerData as WorkerOptions
await new CollectorWorker(options, parentPort).start(options.host, options.port)
