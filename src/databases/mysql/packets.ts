/**
 * What the packets around the rows say.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response.html
 */

/** First bytes of packets. */
export const OK = 0x00
export const LOCAL_FILE = 0xfb
export const END = 0xfe
export const FAILURE = 0xff
/** In place of a length, in a row: NULL. */
export const NULL_VALUE = 0xfb

/** A packet that begins as END and is longer is a row with a huge first value. */
export const LONGEST_END_BYTES = 8

const MORE_RESULTS = 0x0008

/** Numbers of types, as columns tell them. */
export const TYPE = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newdate: 14,
  bit: 16,
  json: 245,
  newdecimal: 246,
  enum: 247,
  set: 248,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const

export const FLAG = { unsigned: 0x20, zerofill: 0x40, enum: 0x100, set: 0x800 } as const

/** The number of the character set `binary`: the values are bytes, not text. */
export const BINARY_CHARSET = 63

export interface WireColumn {
  readonly name: string
  readonly type: number
  readonly charset: number
  /** In bytes of the connection's character set; digits of a number. */
  readonly length: number
  readonly flags: number
  readonly decimals: number
  /** MariaDB's own name of a type that is sent as another one: `uuid`, `json`, `inet6`. */
  readonly extension: string | undefined
}

/** Reads along a packet. */
export class PacketCursor {
  readonly buffer: Buffer
  at: number

  constructor(buffer: Buffer, at: number) {
    this.buffer = buffer
    this.at = at
  }

  /** A length or a number of one to nine bytes. */
  length(): number {
    const { buffer } = this
    const first = buffer.readUInt8(this.at)
    this.at += 1
    if (first < NULL_VALUE) return first
    const bytes = first === 0xfc ? 2 : first === 0xfd ? 3 : 8
    const value =
      bytes === 8 ? Number(buffer.readBigUInt64LE(this.at)) : buffer.readUIntLE(this.at, bytes)
    this.at += bytes
    return value
  }

  text(): string {
    const bytes = this.length()
    this.at += bytes
    return this.buffer.toString('utf8', this.at - bytes, this.at)
  }
}

/** Bytes behind a column's names: a length, character set, length, type, flags, decimals, two unused. */
const TAIL_BYTES = 13

export function parseColumn(buffer: Buffer, start: number, end: number): WireColumn {
  const cursor = new PacketCursor(buffer, start)
  for (const _ of ['catalog', 'schema', 'table', 'original table']) cursor.text()
  const name = cursor.text()
  cursor.text() // its original name
  const tail = end - TAIL_BYTES
  return {
    name,
    extension: cursor.at < tail ? parseExtension(cursor) : undefined,
    charset: buffer.readUInt16LE(tail + 1),
    length: buffer.readUInt32LE(tail + 3),
    type: buffer.readUInt8(tail + 7),
    flags: buffer.readUInt16LE(tail + 8),
    decimals: buffer.readUInt8(tail + 10),
  }
}

/** Pairs of a kind and a name; a type's name and a format's have the same use here. */
function parseExtension(cursor: PacketCursor): string | undefined {
  const end = cursor.length() + cursor.at
  let name: string | undefined
  while (cursor.at < end) {
    cursor.at += 1
    name = cursor.text()
  }
  return name
}

export interface Outcome {
  readonly affectedRows: number
  readonly hasMore: boolean
}

export function parseOk(buffer: Buffer, start: number): Outcome {
  const cursor = new PacketCursor(buffer, start + 1)
  const affectedRows = cursor.length()
  cursor.length() // the last key that was given by the server
  return { affectedRows, hasMore: (buffer.readUInt16LE(cursor.at) & MORE_RESULTS) !== 0 }
}

export function parseEnd(buffer: Buffer, start: number): Outcome {
  return { affectedRows: 0, hasMore: (buffer.readUInt16LE(start + 3) & MORE_RESULTS) !== 0 }
}

/** What the server refused to do. */
export class ServerFailure extends Error {
  readonly number: number
  readonly sqlstate: string

  constructor(number: number, sqlstate: string, message: string) {
    super(message)
    this.number = number
    this.sqlstate = sqlstate
  }
}

export function parseFailure(buffer: Buffer, start: number, end: number): ServerFailure {
  const number = buffer.readUInt16LE(start + 1)
  const said = buffer.toString('utf8', start + 3, end)
  const [, state = '', message = said] = /^#(.{5})(.*)$/s.exec(said) ?? []
  return new ServerFailure(number, state, message)
}
