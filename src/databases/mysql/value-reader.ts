import type { JsonKind } from '../row-encoding.ts'
import type { ValueKind } from '../value-kind.ts'
import { doubleText, singleText } from '../../formats/float-text.ts'
import { BINARY_CHARSET, FLAG, TYPE, type WireColumn } from './packets.ts'

/** Bytes `start` to `end` of a buffer. */
export interface ByteRange {
  buffer: Buffer
  start: number
  end: number
}

/** How the bytes of a value in a row become text. */
export interface ValueReader {
  /**
   * `plain`: as they are, and nothing in them needs quotes; `text`: as they are; `converted`: by
   * `convert`, `put`: by `put`, which is quicker, and nothing in that needs quotes.
   */
  readonly how: 'plain' | 'text' | 'converted' | 'put'
  /** Writes the text into `to`, from `at` on: 16 bytes more than the value has, at most. Where it ends; -1 for NULL. */
  readonly put?: (value: ByteRange, to: Buffer, at: number) => number
  /** The text of bytes `start` to `end`; null for what counts as NULL. */
  readonly convert: (buffer: Buffer, start: number, end: number) => string | null
}

export const PLAIN: ValueReader = {
  how: 'plain',
  convert: (buffer, start, end) => buffer.toString('latin1', start, end),
}

export const TEXT: ValueReader = {
  how: 'text',
  convert: (buffer, start, end) => buffer.toString('utf8', start, end),
}

const converted = (convert: ValueReader['convert']): ValueReader => ({ how: 'converted', convert })

export const BYTES = converted((buffer, start, end) => `\\x${buffer.toString('hex', start, end)}`)

/** Bits, the highest first, as the number that they are. */
export const BITS = converted((buffer, start, end) => {
  let number = 0n
  for (let at = start; at < end; at += 1) number = number * 256n + BigInt(buffer.readUInt8(at))
  return String(number)
})

export const BIT = converted((buffer, start) => (buffer.readUInt8(start) === 0 ? 'f' : 't'))

const ZERO = 48
const MINUS = 45

/** Digits without the zeros that ZEROFILL (or YEAR) puts before them. */
export const WITHOUT_ZEROS = converted((buffer, start, end) => {
  const isNegative = buffer[start] === MINUS
  let from = isNegative ? start + 1 : start
  // One digit is left before the point or the end.
  while (from + 1 < end && buffer[from] === ZERO && isDigit(buffer[from + 1])) from += 1
  return (isNegative ? '-' : '') + buffer.toString('latin1', from, end)
})

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= 57

export const DOUBLE = converted((buffer, start, end) => {
  const text = buffer.toString('latin1', start, end)
  return isShortest(text) ? text : doubleText(Number(text))
})

export const SINGLE = converted((buffer, start, end) =>
  singleText(Math.fround(Number(buffer.toString('latin1', start, end)))),
)

/** Most numbers in tables are short; they are the same in all spellings. */
const SHORTEST = /^-?(?:[1-9]\d{0,10}(?:\.\d{0,3}[1-9])?|0\.\d{0,3}[1-9]|0)$/
const isShortest = (text: string): boolean => SHORTEST.test(text)

const STRINGS = new Set<number>([
  TYPE.tinyBlob,
  TYPE.mediumBlob,
  TYPE.longBlob,
  TYPE.blob,
  TYPE.varString,
  TYPE.string,
  15, // varchar, as old servers send it
])

const INTEGERS = new Set<number>([
  TYPE.tiny,
  TYPE.short,
  TYPE.long,
  TYPE.longlong,
  TYPE.int24,
  TYPE.year,
])

/** Whether a column's values are bytes, not text. Numbers and times have the character set `binary`, too. */
export function holdsBytes({ type, charset }: WireColumn): boolean {
  return type === TYPE.geometry || (charset === BINARY_CHARSET && STRINGS.has(type))
}

/** How the columns of any statement's result are read. */
export function readerOf(column: WireColumn): ValueReader {
  if (holdsBytes(column)) return BYTES
  if ((column.flags & FLAG.zerofill) !== 0)
    return column.type === TYPE.float ? SINGLE : WITHOUT_ZEROS
  switch (column.type) {
    case TYPE.bit:
      return column.length === 1 ? BIT : BITS
    case TYPE.float:
      return SINGLE
    case TYPE.double:
      return DOUBLE
    case TYPE.year:
      return WITHOUT_ZEROS
    case TYPE.json:
      return TEXT
    default:
      return STRINGS.has(column.type) ? TEXT : PLAIN
  }
}

export function valueKindOf(column: WireColumn): ValueKind {
  const { type, length } = column
  if (type === TYPE.bit) return length === 1 ? 'boolean' : 'integer'
  if (type === TYPE.float || type === TYPE.double) return 'float'
  return INTEGERS.has(type) ? 'integer' : 'text'
}

export function jsonKindOf(column: WireColumn): JsonKind {
  if (column.type === TYPE.json || column.extension === 'json') return 'json'
  if (column.type === TYPE.newdecimal || column.type === TYPE.decimal) return 'number'
  return valueKindOf(column)
}
