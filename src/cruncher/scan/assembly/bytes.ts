/** Runs of bytes, sixteen at a time. Every line has a line feed behind it, at which all of these end. */

export const QUOTE: u8 = 0x22
export const BACKSLASH: u8 = 0x5c
export const SPACE: u8 = 0x20

@inline
export function byteAt(at: usize): u8 {
  return load<u8>(at)
}

@inline
export function isDigit(byte: u8): bool {
  return byte - 0x30 < 10
}

/** The first byte that is a quote, a backslash or a control character. */
@inline
export function runEnd(from: usize): usize {
  let at = from
  while (true) {
    const bytes = v128.load(at)
    const found = v128.or(
      v128.or(
        i8x16.eq(bytes, i8x16.splat(QUOTE)),
        i8x16.eq(bytes, i8x16.splat(BACKSLASH)),
      ),
      i8x16.lt_u(bytes, i8x16.splat(SPACE)),
    )
    const bits = i8x16.bitmask(found)
    if (bits != 0) return at + ctz(bits)
    at += 16
  }
}

/** The first byte that ends a bare word: a blank, a control character, a quote. */
@inline
export function wordEnd(from: usize): usize {
  let at = from
  while (true) {
    const bytes = v128.load(at)
    const found = v128.or(
      i8x16.eq(bytes, i8x16.splat(QUOTE)),
      i8x16.lt_u(bytes, i8x16.splat(SPACE + 1)),
    )
    const bits = i8x16.bitmask(found)
    if (bits != 0) return at + ctz(bits)
    at += 16
  }
}

/** The line feed at or behind `from`, or `to`. */
export function lineEnd(from: usize, to: usize): usize {
  let at = from
  const feeds = i8x16.splat(0x0a)
  while (at < to) {
    const bits = i8x16.bitmask(i8x16.eq(v128.load(at), feeds))
    if (bits != 0) return min(at + ctz(bits), to)
    at += 16
  }
  return to
}

/** Whether `length` bytes are the same; up to 15 behind each may be read, too. */
@inline
export function areSame(a: usize, b: usize, length: i32, masks: usize): bool {
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
