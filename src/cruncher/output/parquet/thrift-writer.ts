import { ByteSink } from '../byte-sink.ts'

/** Kinds of a field in the compact protocol. */
const TRUE = 1
const FALSE = 2
const I32 = 5
const I64 = 6
const BINARY = 8
const LIST = 9
const STRUCT = 12
const MOST_SHORT_LIST = 14
const MOST_NUMBER_BYTES = 16

export const THRIFT_KIND = { i32: I32, binary: BINARY, struct: STRUCT } as const

/**
 * Writes structures in Thrift's compact protocol, as far as Parquet's need it: numbers from 0 to 2^53.
 * Fields are put in the order of their numbers, those of a structure within another between `begin` and `end`.
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class ThriftWriter {
  readonly sink: ByteSink
  #lastField = 0
  readonly #outer: number[] = []

  constructor(sink: ByteSink) {
    this.sink = sink
  }

  int32(field: number, value: number): void {
    this.#field(field, I32)
    this.number(value)
  }

  int64(field: number, value: number): void {
    this.#field(field, I64)
    this.number(value)
  }

  bool(field: number, value: boolean): void {
    this.#field(field, value ? TRUE : FALSE)
  }

  binary(field: number, bytes: Uint8Array): void {
    this.#field(field, BINARY)
    this.bytes(bytes)
  }

  /** A structure as a field. */
  begin(field: number): void {
    this.#field(field, STRUCT)
    this.beginElement()
  }

  /** A structure as an element of a list, or the outermost. */
  beginElement(): void {
    this.#outer.push(this.#lastField)
    this.#lastField = 0
  }

  end(): void {
    this.sink.reserve(1)
    this.sink.putByte(0)
    this.#lastField = this.#outer.pop() ?? 0
  }

  /** Its elements follow: `number`, `bytes` or structures. */
  list(field: number, kind: number, count: number): void {
    this.#field(field, LIST)
    this.sink.reserve(MOST_NUMBER_BYTES)
    if (count <= MOST_SHORT_LIST) {
      this.sink.putByte((count << 4) | kind)
    } else {
      this.sink.putByte(0xf0 | kind)
      putVarint(this.sink, count)
    }
  }

  number(value: number): void {
    this.sink.reserve(MOST_NUMBER_BYTES)
    putVarint(this.sink, 2 * value)
  }

  bytes(bytes: Uint8Array): void {
    this.sink.reserve(MOST_NUMBER_BYTES + bytes.length)
    putVarint(this.sink, bytes.length)
    this.sink.putBytes(bytes)
  }

  /** Elements that were written before, as they are. */
  raw(bytes: Uint8Array): void {
    this.sink.reserve(bytes.length)
    this.sink.putBytes(bytes)
  }

  #field(field: number, kind: number): void {
    this.sink.reserve(1)
    this.sink.putByte(((field - this.#lastField) << 4) | kind)
    this.#lastField = field
  }
}

/** Seven bits a byte, the lowest first, up to 2^54. */
export function putVarint(sink: ByteSink, value: number): void {
  let rest = value
  while (rest > 0x7f) {
    sink.putByte((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  sink.putByte(rest)
}
