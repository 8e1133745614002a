import { areSame } from './bytes'
import { masks, MAX_MEMBERS, nameFrom, signs } from './layout'

/**
 * Shapes of lines: the names of their members, in their order and with their depths. A shape that was
 * added has a number, by which JavaScript knows what is to be done with the members.
 */
const MAX_SHAPES: i32 = 512
const SLOTS: i32 = 2_048
const MAX_BYTES: usize = 524_288

const slotHash: usize = memory.data(SLOTS * 8, 16)
/** The number of the shape plus one; 0: free. */
const slotShape: usize = memory.data(SLOTS * 4, 16)
const starts: usize = memory.data(MAX_SHAPES * 4, 16)
const store_: usize = memory.data(524_288, 16)
let used: usize = 0
let count: i32 = 0
/** Of the members that were scanned last. */
let lastHash: u64 = 0
let lastCount: i32 = 0

@inline
export function withName(hash: u64, from: usize, length: i32, sign: i32): u64 {
  const shift = max(0, 64 - 8 * length)
  const head = length == 0 ? 0 : (load<u64>(from) << shift) >> shift
  return (rotl(hash, 23) ^ head ^ ((<u64>sign) << 40)) * 0x9e3779b97f4a7c15
}

/** The number of the shape of the members that were just scanned; -2: it is not known. */
export function findShape(hash: u64, members: i32): i32 {
  lastHash = hash
  lastCount = members
  let slot = <i32>(hash >> 40) & (SLOTS - 1)
  while (true) {
    const shape = load<i32>(slotShape + (slot << 2)) - 1
    if (shape < 0) return -2
    if (load<u64>(slotHash + (slot << 3)) == hash && isShape(shape, members)) return shape
    slot = (slot + 1) & (SLOTS - 1)
  }
}

function isShape(shape: i32, members: i32): bool {
  const start = <usize>load<i32>(starts + (shape << 2))
  if (load<i32>(start) != members) return false
  let own = start + 4
  let name = (own + (members << 2) + 15) & ~15
  for (let member = 0; member < members; member++) {
    const sign = load<i32>(signs + (member << 2))
    if (load<i32>(own) != sign) return false
    own += 4
    const length = sign & 0xffff
    const from = <usize>load<i32>(nameFrom + (member << 2))
    if (!areSame(from, name, length, masks)) return false
    name += (length + 15) & ~15
  }
  return true
}

/** How many members the line had that was scanned last. */
export function memberCount(): i32 {
  return lastCount
}

/** Keeps the shape of the members that were scanned last, and gives its number; -1: there is no room. */
export function addShape(): i32 {
  if (count == MAX_SHAPES || lastCount == 0) return -1
  let bytes: usize = (4 + (lastCount << 2) + 15) & ~15
  for (let member = 0; member < lastCount; member++) {
    bytes += ((load<i32>(signs + (member << 2)) & 0xffff) + 15) & ~15
  }
  if (used + bytes > MAX_BYTES) return -1
  const start = store_ + used
  used += bytes
  store<i32>(start, lastCount)
  memory.copy(start + 4, signs, lastCount << 2)
  let name = (start + 4 + (lastCount << 2) + 15) & ~15
  for (let member = 0; member < lastCount; member++) {
    const length = load<i32>(signs + (member << 2)) & 0xffff
    memory.copy(name, <usize>load<i32>(nameFrom + (member << 2)), length)
    name += (length + 15) & ~15
  }
  store<i32>(starts + (count << 2), <i32>start)
  let slot = <i32>(lastHash >> 40) & (SLOTS - 1)
  while (load<i32>(slotShape + (slot << 2)) != 0) slot = (slot + 1) & (SLOTS - 1)
  store<u64>(slotHash + (slot << 3), lastHash)
  count++
  store<i32>(slotShape + (slot << 2), count)
  return count - 1
}

/** Forgets all shapes; numbers begin anew. */
export function clearShapes(): void {
  memory.fill(slotShape, 0, SLOTS << 2)
  used = 0
  count = 0
}
