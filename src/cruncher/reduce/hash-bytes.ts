/**
 * A hash of 32 bits: four bytes a step, each multiplied, turned and mixed in, as in MurmurHash3 (Austin
 * Appleby, public domain), with other constants. Its values stand in files (through HyperLogLog's
 * registers), so they never change.
 */
export function hashBytes(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed
  let at = from
  for (const last = to - 3; at < last; at += 4) {
    const word =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)
    hash ^= scramble(word)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0x4f1bbcdd) | 0
  }
  if (at < to) {
    let word = 0
    for (; at < to; at++) word = (word << 8) | (bytes[at] ?? 0)
    hash ^= scramble(word)
  }
  return finish(hash ^ (to - from))
}

/** A hash of two whole numbers, for tables in memory. */
export function hashPair(first: number, second: number): number {
  return finish(Math.imul(first, 0x2c1b3c6d) ^ Math.imul(second, 0x297a2d39))
}

function scramble(word: number): number {
  const product = Math.imul(word, 0x7feb352d)
  return Math.imul((product << 15) | (product >>> 17), 0x846ca68b)
}

/** Each bit of the input changes half of the result's. */
function finish(hash: number): number {
  let mixed = hash
  mixed ^= mixed >>> 16
  mixed = Math.imul(mixed, 0x21f0aaad)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
