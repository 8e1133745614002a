import { TEXT_FIELDS, type TextField } from '../record.ts'

/**
 * Where a value of a line goes: a field of the record, or a way to get at some. `url` and `request`
 * (`GET /x HTTP/1.1`) become method, path and attributes; `client_address` is `client_ip` with a port behind
 * it; `nanosecond` is what a time in whole seconds lacks; durations carry their unit.
 */
export const FIELD_NAMES = [
  ...TEXT_FIELDS,
  'time',
  'level',
  'status',
  'bytes',
  'duration_ms',
  'duration_s',
  'duration_us',
  'duration_ns',
  'url',
  'request',
  'client_address',
  'nanosecond',
  'attribute',
  'drop',
] as const
export type FieldName = TextField | (typeof FIELD_NAMES)[number]

/**
 * The same as numbers, for loops over many lines: from 0 the text fields in their order, from
 * `TO_TIME` the others.
 */
export const TO_TIME = 20
export const TO_LEVEL = 21
export const TO_STATUS = 22
export const TO_BYTES = 23
export const TO_DURATION = 24
export const TO_URL = 25
export const TO_REQUEST = 26
export const TO_CLIENT_ADDRESS = 27
export const TO_NANOSECOND = 28
export const TO_ATTRIBUTE = 29
export const TO_NOTHING = 30
export const TO_NESTED = 31

/** Milliseconds in a unit of what a name says, for `TO_DURATION`. */
export interface Destination {
  readonly to: number
  readonly scale: number
}

const OTHERS: Readonly<Record<Exclude<FieldName, TextField>, Destination>> = {
  time: { to: TO_TIME, scale: 1 },
  level: { to: TO_LEVEL, scale: 1 },
  status: { to: TO_STATUS, scale: 1 },
  bytes: { to: TO_BYTES, scale: 1 },
  duration_ms: { to: TO_DURATION, scale: 1 },
  duration_s: { to: TO_DURATION, scale: 1_000 },
  duration_us: { to: TO_DURATION, scale: 0.001 },
  duration_ns: { to: TO_DURATION, scale: 0.000_001 },
  url: { to: TO_URL, scale: 1 },
  request: { to: TO_REQUEST, scale: 1 },
  client_address: { to: TO_CLIENT_ADDRESS, scale: 1 },
  nanosecond: { to: TO_NANOSECOND, scale: 1 },
  attribute: { to: TO_ATTRIBUTE, scale: 1 },
  drop: { to: TO_NOTHING, scale: 1 },
}

const BY_NAME = new Map<string, Destination>([
  ...TEXT_FIELDS.map((name, to) => [name, { to, scale: 1 }] as const),
  ...Object.entries(OTHERS),
])

export const isFieldName = (name: string): name is FieldName => BY_NAME.has(name)

export const ATTRIBUTE: Destination = OTHERS.attribute

export const destinationOf = (name: FieldName): Destination => BY_NAME.get(name) ?? ATTRIBUTE
