import type { EventRows } from './event-rows.ts'
import { FieldTable, ParameterTable } from './field-table.ts'
import { Refusal } from './refusal.ts'

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const GROUP_START = 3
const GROUP_END = 4
const FIXED32 = 5

const COLLECTION = { env: 6, last: 14, payloads: 15 } as const
const PAYLOAD = { at: 1, event: 2, nr: 3, last: 8, parameters: 9 } as const
const PARAMETER = { name: 1, value: 2 } as const

/** Groups within groups in unknown fields; protobuf's own libraries stop at 100 too. */
const MAX_DEPTH = 100
const UINT32_LIMIT = 2 ** 32

/**
 * Reads a Collection (proto2) straight from the body of a request into rows. Fields may come in any
 * order and more than once (the last one counts), unknown ones are skipped, and what is required
 * must be there. @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufDecoder {
  #source: Uint8Array = new Uint8Array(0)
  #at = 0
  /** Where the payloads of this body lie: start, end, start, end ... */
  #payloads = new Int32Array(256)
  readonly #collection = new FieldTable(COLLECTION.last)
  readonly #payload = new FieldTable(PAYLOAD.last)
  readonly #parameters = new ParameterTable()

  /** Adds the rows of a body. @throws Refusal; rows may be there already */
  decode(source: Uint8Array, rows: EventRows): void {
    this.#source = source
    const payloads = this.#readCollection(source.length)
    rows.begin(source, this.#collection, payloads / 2)
    for (let i = 0; i < payloads; i += 2) {
      if (rows.outcomes === undefined) this.#addPayload(i, rows)
      else rows.attempt(() => this.#addPayload(i, rows))
    }
  }

  /** The body with some of its payloads only, and all else as it is. @throws Refusal */
  keepPayloads(source: Buffer, isWanted: (index: number) => boolean): Buffer {
    this.#source = source
    const pieces: Buffer[] = []
    let index = 0
    for (this.#at = 0; this.#at < source.length; ) {
      const start = this.#at
      const tag = this.#readTag(source.length)
      this.#skip(tag, source.length, 0)
      const isPayload = tag >>> 3 === COLLECTION.payloads && (tag & 7) === BYTES
      if (!isPayload || isWanted(index++)) pieces.push(source.subarray(start, this.#at))
    }
    return Buffer.concat(pieces)
  }

  #addPayload(place: number, rows: EventRows): void {
    this.#readPayload(this.#payloads[place] ?? 0, this.#payloads[place + 1] ?? 0)
    rows.add(this.#source, this.#payload, this.#parameters)
  }

  #readCollection(end: number): number {
    const fields = this.#collection
    fields.clear()
    this.#at = 0
    let count = 0
    while (this.#at < end) {
      const tag = this.#readTag(end)
      const field = tag >>> 3
      if ((tag & 7) === BYTES && field <= COLLECTION.payloads && field !== COLLECTION.env) {
        const stop = this.#readLength(end)
        if (field === COLLECTION.payloads) {
          if (count + 2 > this.#payloads.length) this.#growPayloads()
          this.#payloads[count++] = this.#at
          this.#payloads[count++] = stop
        } else {
          fields.set(field, this.#at, stop)
        }
        this.#at = stop
      } else if ((tag & 7) === VARINT && field === COLLECTION.env) {
        fields.setNumber(field, this.#readVarint(end))
      } else {
        this.#skip(tag, end, 0)
      }
    }
    return count
  }

  #readPayload(start: number, end: number): void {
    const fields = this.#payload
    fields.clear()
    this.#parameters.clear()
    this.#at = start
    while (this.#at < end) {
      const tag = this.#readTag(end)
      const field = tag >>> 3
      const type = tag & 7
      if (type === BYTES && field === PAYLOAD.parameters) {
        const stop = this.#readLength(end)
        this.#readParameter(stop)
      } else if (type === BYTES && field <= PAYLOAD.last && field !== PAYLOAD.nr && field > 1) {
        const stop = this.#readLength(end)
        fields.set(field, this.#at, stop)
        this.#at = stop
      } else if (type === VARINT && field === PAYLOAD.at) {
        fields.setNumber(field, this.#readVarint(end))
      } else if (type === VARINT && field === PAYLOAD.nr) {
        fields.setNumber(field, this.#readVarint(end))
      } else {
        this.#skip(tag, end, 0)
      }
    }
  }

  #readParameter(end: number): void {
    let name = -1
    let nameEnd = 0
    let value = -1
    let valueEnd = 0
    while (this.#at < end) {
      const tag = this.#readTag(end)
      const field = tag >>> 3
      if ((tag & 7) !== BYTES || field > PARAMETER.value) {
        this.#skip(tag, end, 0)
        continue
      }
      const stop = this.#readLength(end)
      if (field === PARAMETER.name) {
        name = this.#at
        nameEnd = stop
      } else {
        value = this.#at
        valueEnd = stop
      }
      this.#at = stop
    }
    if (name < 0 || value < 0) {
      throw new Refusal('field_missing', 'a parameter has no name or no value')
    }
    this.#parameters.push(name, nameEnd, value, valueEnd)
  }

  #readTag(end: number): number {
    const tag = this.#readVarint(end)
    if (tag < 8 || tag >= UINT32_LIMIT) {
      throw new Refusal('body_invalid', 'the body is not protobuf: a field has no valid number')
    }
    return tag
  }

  /** Where the value ends that starts after its length. */
  #readLength(end: number): number {
    const stop = this.#readVarint(end) + this.#at
    if (stop > end) throw cutOff()
    return stop
  }

  /** Up to 2^53 exactly; above that, some number above that. */
  #readVarint(end: number): number {
    const source = this.#source
    let at = this.#at
    if (at < end) {
      const byte = source[at] ?? 0
      if (byte < 128) {
        this.#at = at + 1
        return byte
      }
    }
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      if (at >= end) throw cutOff()
      const byte = source[at++] ?? 0
      value += (byte & 127) * scale
      scale *= 128
      if (byte < 128) {
        this.#at = at
        return value
      }
    }
    throw new Refusal('body_invalid', 'the body is not protobuf: a number has no end')
  }

  #skip(tag: number, end: number, depth: number): void {
    const type = tag & 7
    if (type === VARINT) this.#readVarint(end)
    else if (type === BYTES) this.#at = this.#readLength(end)
    else if (type === FIXED64) this.#at += 8
    else if (type === FIXED32) this.#at += 4
    else if (type === GROUP_START && depth < MAX_DEPTH) this.#skipGroup(tag >>> 3, end, depth)
    else throw new Refusal('body_invalid', `the body is not protobuf: wire type ${type}`)
    if (this.#at > end) throw cutOff()
  }

  #skipGroup(field: number, end: number, depth: number): void {
    for (;;) {
      const tag = this.#readTag(end)
      if ((tag & 7) === GROUP_END && tag >>> 3 === field) return
      this.#skip(tag, end, depth + 1)
    }
  }

  #growPayloads(): void {
    const grown = new Int32Array(this.#payloads.length * 2)
    grown.set(this.#payloads)
    this.#payloads = grown
  }
}

function cutOff(): Refusal {
  return new Refusal('body_invalid', 'the body is cut off')
}
