import { hash } from 'node:crypto'
import { ENVIRONMENTS } from '../formats/event-row.ts'
import { DateText } from './date-text.ts'
import type { FieldTable, ParameterTable } from './field-table.ts'
import { maskAddress, networkEndOfIPv4 } from './ip-mask.ts'
import { hashValue, type PrivacyPolicy } from './privacy.ts'
import { Refusal, type RefusalKind } from './refusal.ts'
import { type Constant, constant, RowWriter } from './row-writer.ts'
import { type CollectionType, RowMachine } from './rows/row-machine.ts'
import type { SequenceCounter } from './sequence-counter.ts'

/** The field numbers of the protocol's messages. */
const C = {
  deviceId: 1,
  clientId: 2,
  session: 3,
  systemVersion: 4,
  productVersion: 5,
  env: 6,
  deviceMake: 7,
  productLanguage: 14,
} as const
const P = {
  at: 1,
  event: 2,
  nr: 3,
  timezone: 4,
  tenantId: 5,
  userId: 6,
  ip: 7,
  country: 8,
} as const

const ALL_OF_COLLECTION = 0b1111110
const COLLECTION_NAMES = [
  '',
  'device_id',
  'client_id',
  'session',
  'system_version',
  'product_version',
  'env',
]
const PAYLOAD_NAMES = ['', 'at', 'event', 'nr']

/** 9999-12-31: what a date in a warehouse can hold. */
const LAST_SECOND = 253_402_300_799
const LAST_NR = 2 ** 32 - 1
const COLON = 0x3a

const OPEN_LIST = constant('"[')
const CLOSE_LIST = constant(']"')
const OPEN_NAME = constant('{""name"":""')
const OPEN_VALUE = constant('"",""value"":""')
const CLOSE_VALUE = constant('""}')
const NEXT = 0x2c
const MASKED_END = Buffer.from('.0', 'latin1')

/** What became of one event of a request, in the order of its events. */
export type EventOutcome =
  | { readonly status: 'stored' }
  | { readonly status: 'rejected'; readonly kind: RefusalKind; readonly reason: string }

/** Reasons that are told of one request; the others are counted. */
const MAX_REASONS = 5

/** Why events of a request were refused, in one text. */
export function reasonOf(outcomes: readonly EventOutcome[]): string {
  const counts = new Map<string, number>()
  for (const outcome of outcomes) {
    if (outcome.status === 'stored') continue
    counts.set(outcome.reason, (counts.get(outcome.reason) ?? 0) + 1)
  }
  const reasons = [...counts]
  if (reasons.length === 1) return reasons[0]?.[0] ?? ''
  const told = reasons.slice(0, MAX_REASONS).map(([reason, count]) => `${reason} (${count} times)`)
  const more = reasons.length - told.length
  return [...told, ...(more > 0 ? [`${more} other reasons`] : [])].join('; ')
}

/**
 * Turns messages, read by whichever decoder, into rows (formats/event-row.ts). What is the same for
 * all events of a request is written once, and copied.
 */
export class EventRows {
  /** The group of rows that is being filled; the segment's writer exchanges it. */
  rows = new RowWriter(0, 0)
  /** Of the group: the number of its first event; negative while it is empty. */
  firstSequence = -1
  #receivedText = ''
  #receivedAt: Constant = constant('')
  /** The client's address, as far as it may be stored. */
  clientAddress: Uint8Array = new Uint8Array(0)
  /** Rows written since it was set to 0. */
  added = 0
  /** Where the outcome of each event is told, if somebody asked; otherwise the first refusal is thrown. */
  outcomes: EventOutcome[] | undefined
  /** Whether each event must have its serial number; other protocols than the first have none. */
  needsSerial = true

  readonly #privacy: PrivacyPolicy
  readonly #counter: SequenceCounter
  #sequence = 0
  readonly #shared = new RowWriter(4_096, 16_777_216)
  /** Where the three shared pieces of a row end: before nr, before at, before user_id. */
  readonly #pieces = new Int32Array(3)
  #session = Buffer.allocUnsafe(1_024)
  readonly #at = new DateText()
  readonly #machine: RowMachine | undefined

  constructor(counter: SequenceCounter, privacy: PrivacyPolicy) {
    this.#counter = counter
    this.#privacy = privacy
    this.#machine = RowMachine.create(privacy)
  }

  /** Of the group: the text of `received_at`. */
  set receivedAt(text: string) {
    this.#receivedText = text
    this.#receivedAt = constant(text)
  }

  /**
   * Adds the events of a Collection by way of the machine. False, and no row was added, where that
   * leaves them to the decoders. @throws Refusal rows_too_large
   */
  addCollection(body: Uint8Array, type: CollectionType): boolean {
    const machine = this.#machine
    if (machine === undefined || this.outcomes !== undefined) return false
    const count = machine.parse(body, type)
    if (count === 0) return false
    const first = this.#take(count)
    const bytes = machine.make(first, this.#receivedText, this.clientAddress)
    if (bytes < 0) return false
    this.rows.putRows(machine.bytes, machine.start, machine.start + bytes)
    this.#sequence = first + count
    this.added += count
    return true
  }

  #take(count: number): number {
    const first = this.#counter.take(count)
    if (this.firstSequence < 0) this.firstSequence = first
    return first
  }

  /** The number of the last row. */
  get lastSequence(): number {
    return this.#sequence - 1
  }

  /** The collection of the `count` events that follow. @throws Refusal */
  begin(source: Uint8Array, fields: FieldTable, count: number): void {
    if (!fields.hasAll(ALL_OF_COLLECTION)) throw missing(fields, COLLECTION_NAMES)
    const env = fields.numbers[C.env] ?? -1
    const environment = ENVIRONMENTS[env]
    if (environment === undefined) throw new Refusal('field_invalid', '`env` is not from 0 to 11')
    this.#checkSession(source, fields, env)
    this.#sequence = this.#take(count)
    const shared = this.#shared
    shared.clear()
    shared.reserve(fields.size, 16)
    const put = (field: number): void => {
      if (fields.has(field)) {
        shared.putField(source, fields.starts[field] ?? 0, fields.ends[field] ?? 0)
      }
      shared.separate()
    }
    put(C.deviceId)
    put(C.clientId)
    put(C.session)
    this.#pieces[0] = shared.length
    shared.separate()
    shared.putText(environment)
    shared.separate()
    put(C.systemVersion)
    put(C.productVersion)
    this.#pieces[1] = shared.length
    shared.separate()
    for (let field = C.deviceMake; field <= C.productLanguage; field++) put(field)
    this.#pieces[2] = shared.length
  }

  /** Runs `add` for one event; a refusal becomes its outcome where outcomes are asked for. */
  attempt(add: () => void): void {
    if (this.outcomes === undefined) {
      add()
      return
    }
    const mark = this.rows.length
    try {
      add()
      this.outcomes.push({ status: 'stored' })
    } catch (error) {
      if (!(error instanceof Refusal) || isOfWholeRequest(error)) throw error
      this.rows.length = mark
      this.outcomes.push({ status: 'rejected', kind: error.kind, reason: error.message })
    }
  }

  /** One event. @throws Refusal */
  add(source: Uint8Array, fields: FieldTable, parameters: ParameterTable): void {
    const needed = this.needsSerial ? 0b1110 : 0b0110
    if (!fields.hasAll(needed)) throw missing(fields, PAYLOAD_NAMES)
    const at = fields.numbers[P.at] ?? 0
    const nr = fields.numbers[P.nr] ?? 0
    if (at > LAST_SECOND) throw new Refusal('field_invalid', '`at` is after the year 9999')
    const { rows } = this
    const shared = this.#shared
    const [first = 0, second = 0, third = 0] = this.#pieces
    rows.reserve(fields.size + sizeOfParameters(parameters), 16 + third / 16)
    rows.putPiece(shared, 0, first)
    if (fields.has(P.nr)) {
      if (nr > LAST_NR) throw new Refusal('field_invalid', '`nr` is larger than 2^32 - 1')
      rows.putInteger(nr)
    }
    rows.putPiece(shared, first, second)
    this.#at.put(at, rows)
    rows.separate()
    put(rows, source, fields, P.timezone)
    rows.separate()
    put(rows, source, fields, P.event)
    rows.putPiece(shared, second, third)
    put(rows, source, fields, P.userId)
    rows.separate()
    put(rows, source, fields, P.tenantId)
    rows.separate()
    this.#putAddress(source, fields)
    rows.separate()
    put(rows, source, fields, P.country)
    rows.separate()
    if (parameters.length > 0) this.#putParameters(source, parameters)
    rows.separate()
    rows.putConstant(this.#receivedAt)
    rows.separate()
    rows.putInteger(this.#sequence++)
    rows.endRow()
    this.added++
  }

  /** @see docs/collect.md, Sessions */
  #checkSession(source: Uint8Array, fields: FieldTable, env: number): void {
    const size = fields.size + 16
    if (this.#session.length < size) this.#session = Buffer.allocUnsafe(size)
    const text = this.#session
    let at = 0
    for (const field of [C.deviceId, C.clientId, C.systemVersion, C.productVersion]) {
      const end = fields.ends[field] ?? 0
      for (let i = fields.starts[field] ?? 0; i < end; i++) text[at++] = source[i] ?? 0
      text[at++] = COLON
    }
    if (env > 9) text[at++] = 0x31
    text[at++] = 0x30 + (env % 10)
    const expected = hash('md5', text.subarray(0, at), 'hex')
    const start = fields.starts[C.session] ?? 0
    let same = (fields.ends[C.session] ?? 0) - start === expected.length
    for (let i = 0; same && i < expected.length; i++) {
      same = source[start + i] === expected.charCodeAt(i)
    }
    if (!same) throw new Refusal('session_mismatch', '`session` is not the one of these versions')
  }

  #putAddress(source: Uint8Array, fields: FieldTable): void {
    const { ip } = this.#privacy
    if (ip === 'drop') return
    if (!fields.has(P.ip)) {
      this.rows.putRaw(this.clientAddress, 0, this.clientAddress.length)
      return
    }
    const start = fields.starts[P.ip] ?? 0
    const end = fields.ends[P.ip] ?? 0
    if (ip === 'keep') {
      this.rows.putField(source, start, end)
      return
    }
    const networkEnd = networkEndOfIPv4(source, start, end)
    if (networkEnd >= 0) {
      this.rows.putRaw(source, start, networkEnd)
      this.rows.putRaw(MASKED_END, 0, 2)
      return
    }
    // What is no address may still tell who somebody is: it is left out.
    const masked = maskAddress(Buffer.from(source.subarray(start, end)).toString('latin1'))
    if (masked !== undefined) this.rows.putText(masked)
  }

  #putParameters(source: Uint8Array, parameters: ParameterTable): void {
    const { rows } = this
    const policies = this.#privacy.parameters
    const { places } = parameters
    rows.putConstant(OPEN_LIST)
    let isFirst = true
    for (let i = 0; i < parameters.length; i += 4) {
      const name = places[i] ?? 0
      const nameEnd = places[i + 1] ?? 0
      const value = places[i + 2] ?? 0
      const valueEnd = places[i + 3] ?? 0
      const policy = policies.size === 0 ? undefined : policies.get(textOf(source, name, nameEnd))
      if (policy === 'drop') continue
      if (!isFirst) rows.putByte(NEXT)
      isFirst = false
      rows.putConstant(OPEN_NAME)
      rows.putJsonText(source, name, nameEnd)
      rows.putConstant(OPEN_VALUE)
      if (policy === 'hash') {
        rows.putText(hashValue(textOf(source, value, valueEnd), this.#privacy.hashKey))
      } else {
        rows.putJsonText(source, value, valueEnd)
      }
      rows.putConstant(CLOSE_VALUE)
    }
    rows.putConstant(CLOSE_LIST)
  }
}

/** A refusal that is no matter of one event. */
const isOfWholeRequest = ({ kind }: Refusal): boolean =>
  kind === 'body_too_large' || kind === 'rows_too_large'

function put(rows: RowWriter, source: Uint8Array, fields: FieldTable, field: number): void {
  if (fields.has(field)) rows.putField(source, fields.starts[field] ?? 0, fields.ends[field] ?? 0)
}

function sizeOfParameters(parameters: ParameterTable): number {
  if (parameters.length === 0) return 0
  const first = parameters.places[0] ?? 0
  const last = parameters.places[parameters.length - 1] ?? 0
  return last - first + parameters.length * 16
}

function textOf(source: Uint8Array, start: number, end: number): string {
  return Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('utf8')
}

function missing(fields: FieldTable, names: readonly string[]): Refusal {
  const absent = names.filter((name, field) => name !== '' && !fields.has(field))
  return new Refusal('field_missing', `required and missing: ${absent.join(', ')}`)
}
