import {
  collectionEnds,
  collectionStarts,
  digest,
  hashed,
  MAX_SHARED,
} from './layout'
import { md5 } from './md5'
import { env } from './parsed'
import { areSame, copy } from './texts'

const COLON: u8 = 0x3a
const DIGEST_BYTES: i32 = 32
const SESSION: i32 = 3

/** Whether `session` is the one of the device and the versions. @see docs/collect.md, Sessions */
export function isSessionRight(): bool {
  if (endOf(SESSION) - startOf(SESSION) != DIGEST_BYTES) return false
  let to = putPart(1, hashed)
  to = putPart(2, to)
  to = putPart(4, to)
  to = putPart(5, to)
  if (env > 9) store<u8>(to++, 0x31)
  store<u8>(to++, <u8>(0x30 + (env % 10)))
  md5(<i32>(to - hashed))
  return areSame(digest, startOf(SESSION), DIGEST_BYTES)
}

@inline
function putPart(field: i32, to: usize): usize {
  const end = copy(startOf(field), <i32>(endOf(field) - startOf(field)), to)
  store<u8>(end, COLON)
  return end + 1
}

@inline
export function startOf(field: i32): usize {
  return load<i32>(collectionStarts + (<usize>field << 2))
}

@inline
export function endOf(field: i32): usize {
  return load<i32>(collectionEnds + (<usize>field << 2))
}

/** Whether the texts of the collection have room in the tables. */
export function hasRoom(present: u32): bool {
  let size: i32 = 0
  for (let field = 1; field < 15; field++) {
    if (field != 6 && (present & (1 << field)) != 0) size += <i32>(endOf(field) - startOf(field))
  }
  return size <= MAX_SHARED
}
