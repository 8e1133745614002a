import { masks } from './layout'

export const SEPARATOR: u8 = 1
export const ROW_END: u8 = 10
const CARRIAGE_RETURN: u8 = 13
const QUOTE: u8 = 0x22
const BACKSLASH: u8 = 0x5c
const SPACE: u8 = 0x20

/** A text was no UTF-8. */
export let isBroken: bool = false

export function clearBroken(): void {
  isBroken = false
}

/** Copies bytes, sixteen at a time: what is behind the end is written over by what follows. Returns the new end. */
@inline
export function copy(from: usize, length: i32, to: usize): usize {
  let done = 0
  do {
    v128.store(to + done, v128.load(from + done))
    done += 16
  } while (done < length)
  return to + length
}

/** Copies a field, quoted where it must be. */
export function copyField(from: usize, end: usize, to: usize): usize {
  let found: i32 = 0
  let at = from
  let out = to
  while (at < end) {
    const bytes = v128.load(at)
    v128.store(out, bytes)
    const special = v128.or(
      v128.or(
        v128.or(
          i8x16.eq(bytes, i8x16.splat(SEPARATOR)),
          i8x16.eq(bytes, i8x16.splat(ROW_END)),
        ),
        v128.or(
          i8x16.eq(bytes, i8x16.splat(CARRIAGE_RETURN)),
          i8x16.eq(bytes, i8x16.splat(QUOTE)),
        ),
      ),
      i8x16.lt_s(bytes, i8x16.splat(0)),
    )
    found |= bitsBefore(special, end - at)
    at += 16
    out += 16
  }
  return found == 0 ? to + (end - from) : quoteField(from, end, to)
}

/** Copies what lies between the quotes of a JSON string, inside of a field that is quoted. */
export function copyJsonText(from: usize, end: usize, to: usize): usize {
  let found: i32 = 0
  let at = from
  let out = to
  while (at < end) {
    const bytes = v128.load(at)
    v128.store(out, bytes)
    // Signed: what is below a space are control characters, and all from 128 up.
    const special = v128.or(
      i8x16.lt_s(bytes, i8x16.splat(SPACE)),
      v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))),
    )
    found |= bitsBefore(special, end - at)
    at += 16
    out += 16
  }
  return found == 0 ? to + (end - from) : escapeJsonText(from, end, to)
}

/** Of the bytes that are found, one bit each, those before the end. */
@inline
function bitsBefore(found: v128, left: usize): i32 {
  const bits = i8x16.bitmask(found)
  return left < 16 ? bits & ((1 << <i32>left) - 1) : bits
}

function quoteField(from: usize, end: usize, to: usize): usize {
  if (!isUtf8(from, end)) isBroken = true
  let mustQuote = false
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at)
    mustQuote =
      mustQuote ||
      byte == QUOTE ||
      byte == SEPARATOR ||
      byte == ROW_END ||
      byte == CARRIAGE_RETURN
  }
  if (!mustQuote) return to + (end - from)
  let out = to
  store<u8>(out++, QUOTE)
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at)
    if (byte == QUOTE) store<u8>(out++, QUOTE)
    store<u8>(out++, byte)
  }
  store<u8>(out++, QUOTE)
  return out
}

function escapeJsonText(from: usize, end: usize, to: usize): usize {
  if (!isUtf8(from, end)) isBroken = true
  let out = to
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at)
    if (byte >= SPACE && byte != QUOTE && byte != BACKSLASH) {
      store<u8>(out++, byte)
      continue
    }
    store<u8>(out++, BACKSLASH)
    if (byte == QUOTE) {
      store<u8>(out++, QUOTE) // doubled, as the field is in quotes
      store<u8>(out++, QUOTE)
    } else if (byte == BACKSLASH) {
      store<u8>(out++, BACKSLASH)
    } else {
      store<u8>(out++, 0x75)
      store<u8>(out++, 0x30)
      store<u8>(out++, 0x30)
      store<u8>(out++, hexDigit(byte >> 4))
      store<u8>(out++, hexDigit(byte & 15))
    }
  }
  return out
}

@inline
export function hexDigit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x57 + value
}

/** Whether no byte is above 127; up to 15 behind the end may be read. */
export function isAscii(from: usize, end: usize): bool {
  for (let at = from; at < end; at += 16) {
    if (bitsBefore(v128.load(at), end - at) != 0) return false
  }
  return true
}

/** @see https://www.rfc-editor.org/rfc/rfc3629#section-4 */
export function isUtf8(from: usize, end: usize): bool {
  let at = from
  while (at < end) {
    const lead = load<u8>(at++)
    if (lead < 0x80) continue
    let more = 0
    let low: u8 = 0x80
    let high: u8 = 0xbf
    if (lead >= 0xc2 && lead <= 0xdf) more = 1
    else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2
      if (lead == 0xe0) low = 0xa0 // shorter would do
      else if (lead == 0xed) high = 0x9f // halves of characters in UTF-16
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3
      if (lead == 0xf0) low = 0x90
      else if (lead == 0xf4) high = 0x8f // behind the last character
    } else return false
    for (; more > 0; more--) {
      if (at >= end) return false
      const byte = load<u8>(at++)
      if (byte < low || byte > high) return false
      low = 0x80
      high = 0xbf
    }
  }
  return true
}

/** Whether `length` bytes are the same; up to 15 behind each may be read, too. */
@inline
export function areSame(a: usize, b: usize, length: i32): bool {
  let left = length
  let at: usize = 0
  while (left > 16) {
    if (v128.any_true(v128.xor(v128.load(a + at), v128.load(b + at)))) return false
    at += 16
    left -= 16
  }
  const mask = v128.load(masks + 16 - left)
  const different = v128.xor(v128.load(a + at), v128.load(b + at))
  return !v128.any_true(v128.and(different, mask))
}
