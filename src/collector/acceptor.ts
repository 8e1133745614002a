import { timingSafeEqual } from 'node:crypto'
import type { FerryError } from '../core/errors.ts'
import { AnswerWriter, type AnswerParts } from './http/answer.ts'
import type { Connection } from './http/connection.ts'
import type { HttpError, RequestHead } from './http/request-head.ts'
import { bodyOfEvents } from './body-of-events.ts'
import { ClientAddress } from './client-address.ts'
import type { BusyReason, Counters } from './counters.ts'
import type { DeadLetter, DeadLetters } from './dead-letters.ts'
import { type Door, DOORS } from './doors.ts'
import { type EventOutcome, type EventRows, reasonOf } from './event-rows.ts'
import { freeMemory, LARGE_BODY_BYTES, LARGE_JSON_BYTES } from './free-memory.ts'
import { JsonDecoder } from './json-decoder.ts'
import { JsonFastPath } from './json-fast-path.ts'
import { NdjsonDecoder } from './ndjson-decoder.ts'
import type { PrivacyPolicy } from './privacy.ts'
import { ProtobufDecoder } from './protobuf-decoder.ts'
import { Refusal } from './refusal.ts'
import type { ReplayTable } from './replay-table.ts'
import { decodeBody } from './request-body.ts'
import type { RequestIdentity } from './request-identities.ts'
import type { SegmentWriter } from './segment-writer.ts'
import { checkSignature, type SignaturePolicy } from './signature.ts'
import type { SpoolSpace } from './spool-space.ts'
import { TrackingApiDecoder } from './tracking-api-decoder.ts'

/** Rows of a worker that wait for the disk, beyond which requests are turned away. */
const MAX_WAITING_BYTES = 8_388_608
const RETRY_AFTER = { 'Retry-After': '1' }
const RETRY_LATER = { 'Retry-After': '30' }

export interface AcceptorOptions {
  readonly maxBodyBytes: number
  readonly perEvent: boolean
  readonly privacy: PrivacyPolicy
  readonly trustedProxies: readonly string[]
}

export interface AcceptorParts {
  readonly writer: SegmentWriter
  readonly counters: Counters
  readonly replays: ReplayTable
  readonly space: SpoolSpace
  readonly deadLetters: DeadLetters
  readonly answers: AnswerWriter
  /** Reads the keys as they are now: SIGHUP exchanges them. */
  readonly keys: () => KeyPolicy
  readonly now: () => number
}

export interface KeyPolicy {
  readonly signature: SignaturePolicy
  readonly writeKeys: readonly string[]
  readonly maintenanceKey: string | undefined
}

/** A request on its way: what its answer depends on. */
interface Request {
  readonly head: RequestHead
  readonly door: Door
  readonly connection: Connection
  readonly outcomes: EventOutcome[] | undefined
}

/** Takes events from requests: checks, decodes, hands their rows to the writer, and answers. */
export class Acceptor {
  /** Of the request that is being taken: there is memory to be freed after it. */
  #leavesMuch = false
  isShuttingDown = false
  readonly #options: AcceptorOptions
  readonly #parts: AcceptorParts
  readonly #protobuf = new ProtobufDecoder()
  readonly #json = new JsonDecoder()
  readonly #plainJson = new JsonFastPath()
  readonly #ndjson = new NdjsonDecoder()
  readonly #tracking = new TrackingApiDecoder()
  readonly #address: ClientAddress

  constructor(options: AcceptorOptions, parts: AcceptorParts) {
    this.#options = options
    this.#parts = parts
    this.#address = new ClientAddress(options.trustedProxies, options.privacy.ip)
  }

  /** Why nothing can be taken now, if that is so. */
  get busy(): BusyReason | undefined {
    if (this.isShuttingDown) return 'shutting_down'
    if (this.#parts.writer.waitingBytes > MAX_WAITING_BYTES) return 'overloaded'
    return this.#parts.space.isFull ? 'disk_full' : undefined
  }

  /** The whole answer for a request that need not be read, or undefined. */
  refuseEarly(head: RequestHead): string | undefined {
    const busy = this.busy
    if (busy === undefined) return undefined
    this.#parts.counters.turnAway(busy)
    return this.#busyAnswer(busy, head, true)
  }

  answerError(error: HttpError): string {
    const body = JSON.stringify({ error: error.message })
    // Whoever asked: a page that may not read a refusal takes it for a broken line, and tries again.
    const retry = error.status === 503 ? RETRY_AFTER : {}
    const headers = { ...CORS, ...retry, 'Content-Type': 'application/json' }
    return this.#write({ status: error.status, headers, body, close: true })
  }

  /** A request to one of the doors that events come through. */
  accept(head: RequestHead, door: Door, body: Buffer, connection: Connection): void {
    const wantsOutcomes = this.#options.perEvent || prefers(head, 'results')
    const request: Request = { head, door, connection, outcomes: wantsOutcomes ? [] : undefined }
    this.#parts.counters.requests++
    const busy = this.busy
    if (busy !== undefined) {
      this.#parts.counters.turnAway(busy)
      connection.answer(this.#busyAnswer(busy, head, connection.mustClose))
      return
    }
    this.#leavesMuch = body.length >= LARGE_BODY_BYTES
    try {
      this.#take(request, body)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.kind === 'rows_too_large' && this.#parts.writer.waitingRows > 0) {
        // Rows of others take the room: once they are written this request may fit.
        this.#parts.counters.turnAway('overloaded')
        connection.answer(this.#busyAnswer('overloaded', head, connection.mustClose))
      } else this.#refuse(request, error, body)
    }
    if (this.#leavesMuch) freeMemory()
  }

  #take(request: Request, wire: Buffer): void {
    const { head, door } = request
    const { writer } = this.#parts
    const identity = this.#authenticate(request, wire)
    const encoding = head.headers['content-encoding']
    this.#leavesMuch ||= encoding !== undefined // as far as is known when it is refused on the way
    const body = decodeBody(wire, encoding, {
      maxBytes: this.#options.maxBodyBytes,
      sniff: door.kind === 'tracking',
    })
    this.#leavesMuch = body.length >= LARGE_BODY_BYTES
    writer.events.clientAddress = this.#addressOf(request)
    const fill = this.#decoder(request, body)
    writer.events.outcomes = request.outcomes
    try {
      if (identity !== undefined && this.#isReplay(request, identity, fill)) return
      this.#append(request, body, { fill, identity })
    } finally {
      writer.events.outcomes = undefined
    }
  }

  #append(
    request: Request,
    body: Buffer,
    parts: { fill: (events: EventRows) => void; identity: RequestIdentity | undefined },
  ): void {
    const { writer, counters } = this.#parts
    const { fill, identity } = parts
    let count: number
    try {
      const written = (failure: FerryError | undefined): void => {
        if (identity !== undefined) this.#settle(identity, failure === undefined)
        this.#tellWritten(request, count, failure)
      }
      count = writer.append(fill, written, identity)
    } catch (error) {
      if (identity !== undefined) this.#settle(identity, false)
      throw error
    }
    this.#countRefused(request)
    this.#keepRefused(request, body)
    counters.received += count
    if (count > 0) return
    if (identity !== undefined) this.#settle(identity, false)
    const status = request.outcomes === undefined ? 204 : 200
    request.connection.answer(this.#success(request, status))
  }

  #tellWritten(request: Request, count: number, failure: FerryError | undefined): void {
    const { counters } = this.#parts
    if (failure === undefined) {
      counters.stored += count
      request.connection.answer(this.#success(request))
    } else {
      counters.reject('not_durable', count)
      counters.turnAway('not_durable')
      request.connection.answer(this.#unavailable(request, failure.message))
    }
  }

  #addressOf({ head, connection }: Request): Uint8Array {
    return this.#address.find(connection.remoteAddress, head.headers['x-forwarded-for'])
  }

  /** @throws Refusal signature, write_key */
  #authenticate(request: Request, body: Buffer): RequestIdentity | undefined {
    const { head, door } = request
    const { signature, writeKeys } = this.#parts.keys()
    if (door.kind !== 'tracking') {
      return checkSignature(head, body, signature, Math.floor(this.#parts.now() / 1_000))
    }
    // Jitsu's libraries have a header of their own for it.
    const [user = ''] = basicCredentials(head.headers.authorization)
    const given = head.headers['x-write-key'] ?? user
    if (!writeKeys.some(key => isSame(key, given))) {
      throw new Refusal(
        'write_key',
        'the write key (the user of basic authorization, or X-Write-Key) is unknown',
      )
    }
    return undefined
  }

  #decoder(request: Request, body: Buffer): (events: EventRows) => void {
    const { door, head } = request
    const nowMs = this.#parts.now()
    switch (door.kind) {
      case 'track': {
        const type = mediaType(head.headers['content-type'])
        if (type === 'application/protobuf' || type === 'application/x-protobuf') {
          return events => this.#decodeProtobuf(body, events)
        }
        // text/plain: pages, whose beacons may name no other type without asking before.
        if (type === 'application/json' || type === 'text/plain') {
          return events => this.#decodeJson(body, events)
        }
        throw new Refusal(
          'content_type',
          'Content-Type is none of application/protobuf, application/json, text/plain',
        )
      }
      case 'events':
        return events => this.#ndjson.decode(body, events)
      case 'tracking':
        return events => this.#tracking.decode(door.type, body, events, nowMs)
      default:
        return door satisfies never
    }
  }

  #decodeProtobuf(body: Buffer, events: EventRows): void {
    if (!events.addCollection(body, 'protobuf')) this.#protobuf.decode(body, events)
  }

  #decodeJson(body: Buffer, events: EventRows): void {
    if (events.addCollection(body, 'json')) return
    if (this.#plainJson.decode(body, events)) return
    this.#leavesMuch ||= body.length >= LARGE_JSON_BYTES
    this.#json.decode(body, events)
  }

  /** Answers a request that came before; true where it did. */
  #isReplay(
    request: Request,
    identity: RequestIdentity,
    fill: (events: EventRows) => void,
  ): boolean {
    const { replays, writer, counters, now } = this.#parts
    const outcome = replays.claim(identity, Math.floor(now() / 1_000))
    if (outcome === 'new') return false
    if (outcome === 'pending') {
      counters.turnAway('replay_pending')
      request.connection.answer(this.#unavailable(request, 'the same request is being stored'))
      return true
    }
    const count = writer.measure(fill)
    this.#countRefused(request)
    counters.received += count
    counters.duplicate += count
    request.connection.answer(this.#success(request))
    return true
  }

  #settle(identity: RequestIdentity, isStored: boolean): void {
    this.#parts.replays.settle(identity, isStored)
  }

  #countRefused(request: Request): void {
    for (const outcome of request.outcomes ?? []) {
      if (outcome.status === 'stored') continue
      this.#parts.counters.received++
      this.#parts.counters.reject(outcome.kind, 1)
    }
  }

  /** Of a request that was taken in part, what was not: the rest must not be sent again. */
  #keepRefused(request: Request, body: Buffer): void {
    const { head, door, outcomes = [] } = request
    const first = outcomes.find(one => one.status === 'rejected')
    if (first === undefined || prefers(head, 'replay')) return
    const type = head.headers['content-type'] ?? ''
    const isRefused = (index: number): boolean => outcomes[index]?.status === 'rejected'
    this.#keepLetter(request, {
      kind: first.kind,
      reason: reasonOf(outcomes),
      body: bodyOfEvents(door, type, body, isRefused),
    })
  }

  #keepLetter(
    request: Request,
    {
      body,
      ...letter
    }: Pick<DeadLetter, 'kind' | 'reason' | 'content_encoding'> & { body: Buffer },
  ): void {
    const { deadLetters, now } = this.#parts
    const { head } = request
    const address = this.#addressOf(request)
    const client = address.length === 0 ? undefined : Buffer.from(address).toString('latin1')
    const about = {
      received_at: new Date(now()).toISOString(),
      path: head.path,
      content_type: head.headers['content-type'] ?? '',
      ...(client === undefined ? {} : { client_address: client }),
      ...letter,
    }
    deadLetters.keep(about, body)
  }

  #refuse(request: Request, refusal: Refusal, body: Buffer): void {
    const { kind, message } = refusal
    const { head, door, connection } = request
    this.#parts.counters.received++
    this.#parts.counters.reject(kind, 1)
    const isUnknown = kind === 'signature' || kind === 'write_key'
    // A replay keeps its letters itself.
    if (!isUnknown && !prefers(head, 'replay')) {
      const encoding = head.headers['content-encoding']
      this.#keepLetter(request, {
        kind,
        reason: message,
        ...(encoding === undefined ? {} : { content_encoding: encoding }),
        body,
      })
    }
    const status = DOORS.statusOf(door, refusal.kind)
    const body_ = JSON.stringify({ error: refusal.message })
    const headers = { ...cors(head), 'Content-Type': 'application/json' }
    connection.answer(this.#write({ status, headers, body: body_, close: connection.mustClose }))
  }

  #success(request: Request, status = 200): string {
    const { head, door, connection, outcomes } = request
    const close = connection.mustClose
    if (outcomes !== undefined) {
      const headers = { ...cors(head), 'Content-Type': 'application/json' }
      const body = JSON.stringify({ results: outcomes })
      return this.#write({ status, headers, body, close })
    }
    if (door.kind === 'tracking') {
      const headers = { ...cors(head), 'Content-Type': 'application/json' }
      return this.#write({ status: 200, headers, body: '{"success":true}', close })
    }
    if (status === 200 && !close && head.headers.origin === undefined) {
      return this.#parts.answers.ok(this.#parts.now())
    }
    return this.#write({ status, headers: cors(head), close })
  }

  #busyAnswer(busy: BusyReason, head: RequestHead, close: boolean): string {
    const retry = busy === 'overloaded' ? RETRY_AFTER : RETRY_LATER
    const headers = { ...cors(head), ...retry, 'Content-Type': 'application/json' }
    return this.#write({ status: 503, headers, body: JSON.stringify({ error: busy }), close })
  }

  #unavailable(request: Request, error: string): string {
    const headers = { ...cors(request.head), ...RETRY_AFTER, 'Content-Type': 'application/json' }
    const close = request.connection.mustClose
    return this.#write({ status: 503, headers, body: JSON.stringify({ error }), close })
  }

  #write(parts: AnswerParts): string {
    return this.#parts.answers.write(parts, this.#parts.now())
  }
}

/** Whether the client has said so in its `Prefer`, a list. @see RFC 7240 */
function prefers({ headers }: RequestHead, what: string): boolean {
  return headers.prefer?.split(',').some(one => one.trim().toLowerCase() === what) ?? false
}

const NO_HEADERS = {}
/** Pages of any site may send events: what they may do is what their keys allow. */
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Date, Retry-After',
}

export function cors(head: RequestHead): Readonly<Record<string, string>> {
  return head.headers.origin === undefined ? NO_HEADERS : CORS
}

/** User and password of basic authorization. */
function basicCredentials(header: string | undefined): readonly string[] {
  const match = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')
  if (match === null) return []
  return Buffer.from(match[1] ?? '', 'base64')
    .toString('utf8')
    .split(':')
}

/** Compares secrets in a time that does not tell where they differ. */
export function isSame(one: string, other: string): boolean {
  const left = Buffer.from(one)
  const right = Buffer.from(other)
  return left.length === right.length && timingSafeEqual(left, right)
}

function mediaType(header: string | undefined): string {
  return header?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
