/** What JavaScript calls; see `../deflater.ts`. */
import { endOnByte, startBits } from './bits'
import { clearCounts, count, distanceCode, lengthCode, putBlock } from './block'
import { distanceCounts, input, literalCounts, MAX_TOKENS, tokens } from './layout'

export { input, MAX_INPUT, MAX_OUTPUT, output } from './layout'

const HASH_BITS: u32 = 14
const WINDOW: i32 = 32_768
const LEAST_MATCH: i32 = 4
const LONGEST_MATCH: i32 = 258
/** A match at the last distance that is so long is taken without a look for another one. */
const GOOD_MATCH: i32 = 16
/** Near the end there are literals only: words are read there. */
const END_BYTES: usize = 8

/** By hash of four bytes: where they were last, in all that was ever packed. */
const places: usize = memory.data((1 << 14) * 4, 16)
/** Where what is packed now begins, in all that was: what is before it is not referred to. */
let base: i32 = 1

/**
 * Packs so many bytes as blocks of deflate, of which none is the last, that end on a byte; returns how many bytes
 * they are. Rows repeat one another: it looks at the distance of the last match, and where the same four bytes
 * were last, no further. @see https://www.rfc-editor.org/rfc/rfc1951
 */
export function deflate(length: i32): i32 {
  startBits()
  clearCounts()
  if (base > 1_000_000_000) {
    memory.fill(places, 0, 4 << HASH_BITS)
    base = 1
  }
  const end = input + length
  const lastMatch = length > <i32>END_BYTES ? end - END_BYTES : input
  let at = input
  let last = 0
  let token = 0
  while (at < lastMatch) {
    const word = load<u32>(at)
    const place = places + (<usize>((word * 0x9e37_79b1) >> (32 - HASH_BITS)) << 2)
    const position = base + <i32>(at - input)
    const distance = position - load<i32>(place)
    store<i32>(place, position)
    let best = 0
    let from = 0
    if (last != 0 && load<u32>(at - last) == word) {
      best = matchLength(at, at - last, end)
      from = last
    }
    if (
      best < GOOD_MATCH &&
      distance <= WINDOW &&
      distance <= <i32>(at - input) &&
      distance != last &&
      load<u32>(at - distance) == word
    ) {
      const other = matchLength(at, at - distance, end)
      // The last distance has a short code.
      if (other > best + 1) {
        best = other
        from = distance
      }
    }
    if (best == 0) {
      putLiteral(token++, load<u8>(at++))
    } else {
      store<i32>(tokens + (<usize>token << 2), (best << 16) | (from - 1))
      token++
      count(literalCounts, lengthCode(best))
      count(distanceCounts, distanceCode(from - 1))
      last = from
      at += best
      if (at < lastMatch) remember(at - 2)
    }
    if (token == MAX_TOKENS - 16) {
      putBlock(token)
      clearCounts()
      token = 0
    }
  }
  while (at < end) putLiteral(token++, load<u8>(at++))
  putBlock(token)
  base += length
  return endOnByte()
}

@inline
function remember(at: usize): void {
  const place = places + (<usize>((load<u32>(at) * 0x9e37_79b1) >> (32 - HASH_BITS)) << 2)
  store<i32>(place, base + <i32>(at - input))
}

@inline
function putLiteral(token: i32, byte: u8): void {
  store<i32>(tokens + (<usize>token << 2), byte)
  count(literalCounts, byte)
}

/** How many bytes are the same, of which the first four are. */
@inline
function matchLength(at: usize, before: usize, end: usize): i32 {
  const most = min<i32>(LONGEST_MATCH, <i32>(end - at))
  let length = LEAST_MATCH
  while (length < most) {
    const different = load<u64>(at + length) ^ load<u64>(before + length)
    if (different != 0) return min<i32>(most, length + <i32>(ctz(different) >> 3))
    length += 8
  }
  return most
}
