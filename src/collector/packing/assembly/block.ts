import { putBits } from './bits'
import { makeCodes } from './codes'
import {
  DISTANCES,
  distanceCodes,
  distanceCounts,
  lengthCodes,
  lengthCounts,
  LENGTHS,
  literalCodes,
  literalCounts,
  LITERALS,
  tokens,
} from './layout'

const END_OF_BLOCK: i32 = 256
const LONGEST: i32 = 15
const LONGEST_OF_LENGTHS: i32 = 7
/** Repeat the last one; zeros, a few and many. */
const REPEAT: i32 = 16
const ZEROS: i32 = 17
const MANY_ZEROS: i32 = 18
/** The order in which lengths of the codes of lengths are written. */
const ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])

/** Lengths of all codes behind each other; the same in runs: symbol, and what goes with it from bit 8 on. */
const all: usize = memory.data(LITERALS + DISTANCES + 16)
const runs: usize = memory.data((LITERALS + DISTANCES) * 4, 16)
/** By length of a match: its code and the bits behind, and how many these are from bit 24 on. */
const matchCodes: usize = memory.data(260 * 4, 16)

@inline
export function count(counts: usize, symbol: i32): void {
  const at = counts + (<usize>symbol << 2)
  store<i32>(at, load<i32>(at) + 1)
}

/** The code of a match's length. @see https://www.rfc-editor.org/rfc/rfc1951#section-3.2.5 */
@inline
export function lengthCode(length: i32): i32 {
  if (length == 258) return 285
  const more = length - 3
  if (more < 8) return 257 + more
  const extra = 29 - clz(more)
  return 261 + (extra << 2) + ((more >> extra) & 3)
}

/** The code of a distance, less one. */
@inline
export function distanceCode(distance: i32): i32 {
  if (distance < 4) return distance
  const extra = 30 - clz(distance)
  return 2 + (extra << 1) + ((distance >> extra) & 1)
}

export function clearCounts(): void {
  memory.fill(literalCounts, 0, LITERALS << 2)
  memory.fill(distanceCounts, 0, DISTANCES << 2)
}

/** Writes the tokens as a block with codes of its own, which is not the last. */
export function putBlock(tokenCount: i32): void {
  count(literalCounts, END_OF_BLOCK)
  makeCodes(literalCounts, LITERALS, LONGEST, literalCodes)
  makeCodes(distanceCounts, DISTANCES, LONGEST, distanceCodes)
  putBits(0b100, 3)
  putCodeLengths()
  makeMatchCodes()
  const end = tokens + (<usize>tokenCount << 2)
  for (let at = tokens; at < end; at += 4) {
    const token = load<i32>(at)
    if (token < 256) {
      const code = load<i32>(literalCodes + (<usize>token << 2))
      putBits(code & 0xff_ffff, code >> 24)
      continue
    }
    const match = load<i32>(matchCodes + (<usize>(token >> 16) << 2))
    const distance = token & 0xffff
    const symbol = distanceCode(distance)
    const code = load<i32>(distanceCodes + (<usize>symbol << 2))
    const length = code >> 24
    const extra = symbol < 4 ? 0 : (symbol >> 1) - 1
    const behind = distance & ((1 << extra) - 1)
    const first = match >> 24
    putBits(
      <u64>(match & 0xff_ffff) |
        (<u64>(code & 0xff_ffff) << first) |
        (<u64>behind << (first + length)),
      first + length + extra,
    )
  }
  const code = load<i32>(literalCodes + (END_OF_BLOCK << 2))
  putBits(code & 0xff_ffff, code >> 24)
}

function makeMatchCodes(): void {
  for (let length = 3; length <= 258; length++) {
    const symbol = lengthCode(length)
    const code = load<i32>(literalCodes + (<usize>symbol << 2))
    const bits = code >> 24
    const extra = symbol < 265 || symbol == 285 ? 0 : (symbol - 261) >> 2
    const behind = (length - 3) & ((1 << extra) - 1)
    store<i32>(
      matchCodes + (<usize>length << 2),
      (code & 0xff_ffff) | (behind << bits) | ((bits + extra) << 24),
    )
  }
}

/** How long all codes are, in codes of their own. @see https://www.rfc-editor.org/rfc/rfc1951#section-3.2.7 */
function putCodeLengths(): void {
  for (let i = 0; i < LITERALS; i++) store<u8>(all + i, load<u8>(literalCodes + (i << 2), 3))
  for (let i = 0; i < DISTANCES; i++) store<u8>(all + LITERALS + i, load<u8>(distanceCodes + (i << 2), 3))
  memory.fill(lengthCounts, 0, LENGTHS << 2)
  const runCount = findRuns(LITERALS + DISTANCES)
  makeCodes(lengthCounts, LENGTHS, LONGEST_OF_LENGTHS, lengthCodes)
  putBits(LITERALS - 257, 5)
  putBits(DISTANCES - 1, 5)
  putBits(LENGTHS - 4, 4)
  for (let i = 0; i < LENGTHS; i++) putBits(load<u8>(lengthCodes + (<usize>load<u8>(ORDER + i) << 2), 3), 3)
  for (let i = 0; i < runCount; i++) {
    const run = load<i32>(runs + (<usize>i << 2))
    const symbol = run & 0xff
    const code = load<i32>(lengthCodes + (<usize>symbol << 2))
    putBits(code & 0xff_ffff, code >> 24)
    if (symbol == REPEAT) putBits(run >> 8, 2)
    else if (symbol == ZEROS) putBits(run >> 8, 3)
    else if (symbol == MANY_ZEROS) putBits(run >> 8, 7)
  }
}

function findRuns(length: i32): i32 {
  let found = 0
  for (let at = 0; at < length; ) {
    const value = load<u8>(all + at)
    let same = 1
    while (at + same < length && load<u8>(all + at + same) == value) same++
    at += same
    if (value == 0) {
      while (same >= 11) {
        const now = min(same, 138)
        found = addRun(found, MANY_ZEROS, now - 11)
        same -= now
      }
      if (same >= 3) {
        found = addRun(found, ZEROS, same - 3)
        same = 0
      }
    } else {
      found = addRun(found, value, 0)
      same--
      while (same >= 3) {
        const now = min(same, 6)
        found = addRun(found, REPEAT, now - 3)
        same -= now
      }
    }
    for (; same > 0; same--) found = addRun(found, value, 0)
  }
  return found
}

function addRun(found: i32, symbol: i32, more: i32): i32 {
  store<i32>(runs + (<usize>found << 2), symbol | (more << 8))
  count(lengthCounts, symbol)
  return found + 1
}
