import { hash } from 'node:crypto'
import type { EventRows } from './event-rows.ts'
import { JsonDecoder, listOf, objectOf, parseJsonObject } from './json-decoder.ts'
import { Refusal } from './refusal.ts'

type JsonObject = Readonly<Record<string, unknown>>

export const TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const
export type TrackingType = (typeof TYPES)[number]

/** Fields of a message that columns take; all others become parameters. */
const IN_COLUMNS = new Set([
  'type',
  'event',
  'timestamp',
  'userId',
  'context',
  'properties',
  'traits',
])

/**
 * Reads messages of Segment's HTTP tracking API, which RudderStack's and Jitsu's libraries speak too.
 * They have no session and no serial number: the session is made from device and versions as in our
 * own protocol, `nr` stays empty, and `message_id`, a parameter, tells one from another.
 * @see https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
 */
export class TrackingApiDecoder {
  readonly #json = new JsonDecoder()

  /** Adds the rows of one message, or of a batch of them. @throws Refusal */
  decode(type: TrackingType | 'batch', body: Buffer, rows: EventRows, nowMs: number): void {
    const object = parseJsonObject(body)
    if (type === 'batch') this.#addBatch(object, rows, nowMs)
    else rows.attempt(() => this.#add({ ...object, type }, rows, nowMs))
  }

  #addBatch(batch: JsonObject, rows: EventRows, nowMs: number): void {
    const shared = batch['context'] === undefined ? {} : objectOf(batch['context'], 'context')
    for (const one of listOf(batch['batch'], 'batch')) {
      rows.attempt(() => {
        const message = objectOf(one, 'batch')
        const own = message['context'] === undefined ? {} : objectOf(message['context'], 'context')
        this.#add({ ...message, context: { ...shared, ...own } }, rows, nowMs)
      })
    }
  }

  #add(message: JsonObject, rows: EventRows, nowMs: number): void {
    const type = TYPES.find(one => one === message['type'])
    if (type === undefined) {
      throw new Refusal('field_invalid', `\`type\` is none of ${TYPES.join(', ')}`)
    }
    this.#json.beginCollection(collectionOf(message), rows, 1)
    rows.needsSerial = false
    try {
      this.#json.addPayload(payloadOf(type, message, nowMs), rows)
    } finally {
      rows.needsSerial = true
    }
  }
}

function collectionOf(message: JsonObject): JsonObject {
  const context = partOf(message, 'context')
  const app = partOf(context, 'app')
  const library = partOf(context, 'library')
  const device = partOf(context, 'device')
  const system = partOf(context, 'os')
  const deviceId =
    textOf(device['id']) ?? textOf(message['anonymousId']) ?? textOf(message['userId'])
  if (deviceId === undefined) {
    throw new Refusal('field_missing', 'neither `userId` nor `anonymousId` is there')
  }
  const clientId = textOf(app['name']) ?? textOf(library['name']) ?? 'tracking-api'
  const systemVersion = textOf(system['version']) ?? ''
  const productVersion = textOf(app['version']) ?? textOf(library['version']) ?? ''
  return {
    deviceId,
    clientId,
    session: hash('md5', `${deviceId}:${clientId}:${systemVersion}:${productVersion}:0`, 'hex'),
    systemVersion,
    productVersion,
    env: 0,
    deviceMake: textOf(device['manufacturer']),
    deviceModel: textOf(device['model']),
    system: textOf(system['name']),
    systemLanguage: textOf(context['locale']),
  }
}

function payloadOf(type: TrackingType, message: JsonObject, nowMs: number): JsonObject {
  const context = partOf(message, 'context')
  const time = textOf(message['timestamp']) ?? textOf(message['originalTimestamp'])
  const atMs = time === undefined ? nowMs : Date.parse(time)
  if (Number.isNaN(atMs)) throw new Refusal('field_invalid', '`timestamp` is not a time')
  if (atMs < 0) throw new Refusal('field_invalid', '`timestamp` is before 1970')
  const event = type === 'track' ? textOf(message['event']) : type
  if (event === undefined) throw new Refusal('field_missing', 'a track call has no `event`')
  return {
    at: Math.floor(atMs / 1_000),
    event,
    timezone: textOf(context['timezone']),
    userId: textOf(message['userId']),
    ip: textOf(context['ip']),
    parameters: [...parametersOf(type, message)],
  }
}

function* parametersOf(type: TrackingType, message: JsonObject): Generator<JsonObject> {
  yield { name: 'type', value: type }
  for (const [name, value] of Object.entries(message)) {
    if (!IN_COLUMNS.has(name)) yield* parameter(snakeCase(name), value)
  }
  for (const part of ['properties', 'traits']) {
    for (const [name, value] of Object.entries(partOf(message, part))) yield* parameter(name, value)
  }
}

function* parameter(name: string, value: unknown): Generator<JsonObject> {
  if (value === undefined || value === null) return
  yield { name, value: typeof value === 'string' ? value : JSON.stringify(value) }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

function partOf(object: JsonObject, name: string): JsonObject {
  const part = object[name]
  return part === undefined || part === null ? {} : objectOf(part, `\`${name}\``)
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : undefined
}
