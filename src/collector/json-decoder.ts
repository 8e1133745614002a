import { isUtf8 } from 'node:buffer'
import { ENVIRONMENTS } from '../formats/event-row.ts'
import type { EventRows } from './event-rows.ts'
import { FieldTable, ParameterTable } from './field-table.ts'
import { COLLECTION_TEXTS, PAYLOAD_TEXTS } from './json-names.ts'
import { Refusal } from './refusal.ts'
import { SourceText } from './source-text.ts'

type JsonObject = Readonly<Record<string, unknown>>

const ENV = 6
const AT = 1
const NR = 3

/** Most values in one body: each takes a hundred times its size while the body is parsed. */
const MAX_VALUES = 100_000
/** Most lists and objects in one body: they may stand within each other without a comma. */
const MAX_OPENED = 30_000
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const OPEN_OBJECT = 0x7b

/**
 * Reads a Collection in protobuf's JSON mapping: names in camelCase or as in the schema, enums by
 * name or number, 64-bit numbers as numbers or texts, null for what is absent; unknown names are
 * passed over. @see https://protobuf.dev/programming-guides/json/
 */
export class JsonDecoder {
  readonly #text = new SourceText()
  readonly #collection = new FieldTable(14)
  readonly #payload = new FieldTable(8)
  readonly #parameters = new ParameterTable()

  /** Adds the rows of a body. @throws Refusal; rows may be there already */
  decode(body: Buffer, rows: EventRows): void {
    const collection = parseJsonObject(body)
    const payloads = listOf(collection['payloads'], 'payloads')
    this.beginCollection(collection, rows, payloads.length)
    for (const payload of payloads) {
      rows.attempt(() => this.addPayload(objectOf(payload, 'payloads'), rows))
    }
  }

  /** The collection's own fields, of an object that may hold others too. */
  beginCollection(collection: JsonObject, rows: EventRows, count: number): void {
    const fields = this.#collection
    fields.clear()
    this.#text.clear()
    for (const [field, camel, snake] of COLLECTION_TEXTS) {
      this.#putText(fields, field, collection[camel] ?? collection[snake], snake)
    }
    const env = collection['env'] ?? undefined
    if (env !== undefined) fields.setNumber(ENV, environmentNumber(env))
    rows.begin(this.#text.bytes, fields, count)
  }

  addPayload(payload: JsonObject, rows: EventRows): void {
    const fields = this.#payload
    fields.clear()
    this.#parameters.clear()
    this.#text.clear()
    for (const [field, camel, snake] of PAYLOAD_TEXTS) {
      this.#putText(fields, field, payload[camel] ?? payload[snake], snake)
    }
    putNumber(fields, AT, payload['at'], 'at')
    putNumber(fields, NR, payload['nr'], 'nr')
    for (const one of listOf(payload['parameters'], 'parameters')) {
      const { name, value } = objectOf(one, 'parameters')
      this.#putParameter(name, value)
    }
    rows.add(this.#text.bytes, fields, this.#parameters)
  }

  #putText(fields: FieldTable, field: number, value: unknown, name: string): void {
    if (value === undefined || value === null) return
    if (typeof value !== 'string') throw new Refusal('field_invalid', `\`${name}\` is not a text`)
    const start = this.#text.length
    this.#text.push(value)
    fields.set(field, start, this.#text.length)
  }

  #putParameter(name: unknown, value: unknown): void {
    if (typeof name !== 'string' || typeof value !== 'string') {
      throw new Refusal('field_missing', 'a parameter has no text as its name or its value')
    }
    const start = this.#text.length
    this.#text.push(name)
    const middle = this.#text.length
    this.#text.push(value)
    this.#parameters.push(start, middle, middle, this.#text.length)
  }
}

/** @throws Refusal body_invalid, body_too_large */
export function parseJsonObject(body: Buffer): JsonObject {
  return objectOf(parseJson(body), 'the body')
}

/** @throws Refusal body_invalid, body_too_large */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new Refusal('body_invalid', 'the body is not UTF-8')
  if (body.length > MAX_OPENED) checkCounts(body)
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch (error) {
    // Its message quotes the body, which may be anything: what is wrong is said without it.
    if (error instanceof SyntaxError || error instanceof RangeError) {
      throw new Refusal('body_invalid', 'the body is not JSON')
    }
    throw error
  }
}

export function objectOf(value: unknown, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject // an object of JSON has text keys
  }
  throw new Refusal('body_invalid', `${name} must hold objects`)
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw new Refusal('body_invalid', `\`${name}\` is not a list`)
}

/** Signs within texts count too: what is refused for those alone is no event that anybody sends. */
function checkCounts(body: Buffer): void {
  let commas = 0
  let opened = 0
  for (const byte of body) {
    if (byte === COMMA) commas++
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) opened++
  }
  if (commas > MAX_VALUES) {
    throw new Refusal('body_too_large', `the body has more than ${MAX_VALUES} values`)
  }
  if (opened > MAX_OPENED) {
    throw new Refusal('body_too_large', `the body has more than ${MAX_OPENED} lists and objects`)
  }
}

function environmentNumber(value: unknown): number {
  if (typeof value === 'number') return value
  return ENVIRONMENTS.indexOf(value as (typeof ENVIRONMENTS)[number]) // -1 for anything else
}

function putNumber(fields: FieldTable, field: number, value: unknown, name: string): void {
  if (value === undefined || value === null) return
  const isText = typeof value === 'string' && /^\d{1,20}$/.test(value)
  const number = isText ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) {
    throw new Refusal('field_invalid', `\`${name}\` is not a whole number`)
  }
  fields.setNumber(field, number)
}
