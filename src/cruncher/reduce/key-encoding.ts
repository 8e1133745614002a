/**
 * How values stand in keys: so that the order of bytes is the order of values, none is the beginning of
 * another, and a missing value differs from an empty text. After the manner of FoundationDB's tuples:
 *
 *     missing    01
 *     a text     02, its bytes with FF after each 00, 00
 *     a number   02, eight bytes: its bits, most significant first, turned so that they sort
 *     a level    02, its number
 */
export const MISSING = 1
export const PRESENT = 2
export const TEXT_END = 0
export const ZERO_FOLLOWS = 0xff

/**
 * Longer texts are cut, at a character, when they are grouped or counted: a line can be 100 MB, and a
 * key must not. The cut is the same wherever the text comes from.
 */
export const MAX_TEXT_BYTES = 4_096
/** No value takes more: each of its bytes may be a 00. */
export const MAX_VALUE_BYTES = 2 * MAX_TEXT_BYTES + 2
export const NUMBER_BYTES = 9

const view = new DataView(new ArrayBuffer(8))

/** Writes eight bytes. The two zeros are one, and the number is not NaN. */
export function writeSortable(value: number, bytes: Uint8Array, at: number): void {
  view.setFloat64(0, value + 0)
  const high = view.getUint32(0)
  const low = view.getUint32(4)
  const isNegative = high >>> 31 === 1
  const first = isNegative ? ~high : high ^ 0x80000000
  const second = isNegative ? ~low : low
  bytes[at] = first >>> 24
  bytes[at + 1] = first >>> 16
  bytes[at + 2] = first >>> 8
  bytes[at + 3] = first
  bytes[at + 4] = second >>> 24
  bytes[at + 5] = second >>> 16
  bytes[at + 6] = second >>> 8
  bytes[at + 7] = second
}

/** What writeSortable wrote. */
export function readSortable(bytes: Uint8Array, at: number): number {
  const isNegative = (bytes[at] ?? 0) < 0x80
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i] ?? 0
    view.setUint8(i, isNegative ? ~byte : i === 0 ? byte ^ 0x80 : byte)
  }
  return view.getFloat64(0)
}

/** How many bytes of a text fit into `limit` without cutting a character; it is longer than that. */
export function cutLength(bytes: Uint8Array, from: number, limit: number): number {
  let length = limit
  while (length > 0 && ((bytes[from + length] ?? 0) & 0xc0) === 0x80) length--
  return length
}
