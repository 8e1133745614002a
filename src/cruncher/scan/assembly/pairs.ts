import { byteAt, QUOTE, runEnd, SPACE, wordEnd } from './bytes'
import { kinds, MAX_MEMBERS, nameFrom, nameTo, signs, valueFrom, valueTo } from './layout'
import { findShape, withName } from './shapes'

const TAB: u8 = 0x09
const EQUALS: u8 = 0x3d
const COMMA: u8 = 0x2c
const TEXT: u8 = 1

/** What names are made of, as `pair-members.ts` has it; filled by `setNameByte`. 2: what they begin with. */
const names: usize = memory.data(256, 16)

export function setNameByte(byte: i32, what: i32): void {
  store<u8>(names + byte, <u8>what)
}

/**
 * Scans a line of `name=value name="a value"`. The number of its shape; -1: it is no such line, or one that
 * is left to JavaScript (escapes, very many members); -2: its shape is not known.
 */
export function scanPairs(from: usize, to: usize): i32 {
  let at = from
  let hash: u64 = 1
  for (let member = 0; member < MAX_MEMBERS; member++) {
    while (at < to && (byteAt(at) == SPACE || byteAt(at) == TAB)) at++
    if (at >= to) return at == to && member > 0 ? findShape(hash, member) : -1
    const name = at
    if (load<u8>(names + byteAt(at)) != 2) return -1
    do at++
    while (load<u8>(names + byteAt(at)) != 0)
    if (at >= to || byteAt(at) != EQUALS) return -1
    const length = <i32>(at - name)
    if (length > 0xffff) return -1
    store<i32>(nameFrom + (member << 2), <i32>name)
    store<i32>(nameTo + (member << 2), <i32>at)
    hash = withName(hash, name, length, length)
    store<i32>(signs + (member << 2), length)
    store<u8>(kinds + member, TEXT)
    at++
    if (at < to && byteAt(at) == QUOTE) {
      at++
      store<i32>(valueFrom + (member << 2), <i32>at)
      at = runEnd(at)
      // Escapes and control characters are for JavaScript.
      if (at >= to || byteAt(at) != QUOTE) return -1
      store<i32>(valueTo + (member << 2), <i32>at)
      at++
    } else {
      store<i32>(valueFrom + (member << 2), <i32>at)
      const start = at
      at = min(wordEnd(at), to)
      const isListed = at > start && byteAt(at - 1) == COMMA
      store<i32>(valueTo + (member << 2), <i32>(isListed ? at - 1 : at))
    }
    if (at < to && byteAt(at) == COMMA) at++
    if (at < to && byteAt(at) != SPACE && byteAt(at) != TAB) return -1
  }
  return -1
}
