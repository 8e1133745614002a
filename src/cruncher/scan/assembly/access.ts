import { BACKSLASH, byteAt, isDigit, QUOTE, SPACE } from './bytes'
import { places } from './layout'

const DASH: u8 = 0x2d
const OPEN_BRACKET: u8 = 0x5b
const CLOSE_BRACKET: u8 = 0x5d
const SLASH: u8 = 0x2f
const COLON: u8 = 0x3a

/** Before the bracket there are a few names and addresses, not more. */
const MAX_PREFIX: usize = 400

@inline
function put(place: i32, at: usize): void {
  store<i32>(places + (place << 2), <i32>at)
}

/** The next space, quote or opening bracket; a control character ends it, too. */
@inline
function prefixEnd(from: usize): usize {
  let at = from
  while (true) {
    const bytes = v128.load(at)
    const found = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(OPEN_BRACKET))),
      i8x16.lt_u(bytes, i8x16.splat(SPACE + 1)),
    )
    const bits = i8x16.bitmask(found)
    if (bits != 0) return at + ctz(bits)
    at += 16
  }
}

/** The closing quote of what begins at `from`; a place at or behind `to`: there is none. */
@inline
function quotedEnd(from: usize, to: usize): usize {
  let at = from
  while (at < to) {
    const bytes = v128.load(at)
    const found = v128.or(
      i8x16.eq(bytes, i8x16.splat(QUOTE)),
      i8x16.eq(bytes, i8x16.splat(BACKSLASH)),
    )
    const bits = i8x16.bitmask(found)
    if (bits == 0) {
      at += 16
      continue
    }
    at += ctz(bits)
    if (byteAt(at) == QUOTE) return at
    at += 2
  }
  return to
}

@inline
function bracketEnd(from: usize, to: usize): usize {
  let at = from
  while (at < to) {
    const bits = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(CLOSE_BRACKET)))
    if (bits != 0) return at + ctz(bits)
    at += 16
  }
  return to
}

/**
 * Scans `client ident user [time] "request" status bytes`, with or without `"referer" "agent"` and more
 * behind them, and puts down where its parts are. False: it is no such line, or one of the rarer kinds that
 * are left to JavaScript: lists of addresses, virtual hosts, users with spaces.
 */
export function scanAccess(from: usize, to: usize): bool {
  const client = prefixEnd(from)
  if (byteAt(client) != SPACE || client == from || byteAt(client - 1) == 0x2c) return false
  const ident = prefixEnd(client + 1)
  if (byteAt(ident) != SPACE) return false
  const user = prefixEnd(ident + 1)
  if (byteAt(user) != SPACE) return false
  let at = user + 1
  if (at >= to || at >= from + MAX_PREFIX || byteAt(at) != OPEN_BRACKET) return false
  if (byteAt(at + 3) != SLASH || byteAt(at + 7) != SLASH || byteAt(at + 12) != COLON) return false
  put(0, client)
  put(1, ident + 1)
  put(2, at + 1)
  at = bracketEnd(at + 1, to)
  put(3, at)
  if (at + 2 >= to || byteAt(at + 1) != SPACE || byteAt(at + 2) != QUOTE) return false
  put(4, at + 3)
  at = quotedEnd(at + 3, to)
  if (at + 1 >= to || byteAt(at + 1) != SPACE) return false
  put(5, at)
  at += 2
  const status = at
  put(6, at)
  if (byteAt(at) == DASH) at++
  else {
    if (!isDigit(byteAt(at)) || !isDigit(byteAt(at + 1)) || !isDigit(byteAt(at + 2))) return false
    at += 3
  }
  if (at >= to || byteAt(at) != SPACE) return false
  put(7, at)
  at++
  const size = at
  if (byteAt(at) == DASH) at++
  else while (isDigit(byteAt(at))) at++
  if (at > to || at == size || at - size > 15 || (at < to && byteAt(at) != SPACE)) return false
  put(8, at)
  let extras = at
  put(9, 0)
  put(11, 0)
  if (at < to && byteAt(at + 1) == QUOTE) {
    const referer = quotedEnd(at + 2, to)
    if (referer >= to || byteAt(referer + 1) != SPACE || byteAt(referer + 2) != QUOTE) return false
    const agent = quotedEnd(referer + 3, to)
    if (agent >= to) return false
    put(9, at + 2)
    put(10, referer)
    put(11, referer + 3)
    put(12, agent)
    extras = agent + 1
  } else if (at < to && byteAt(at + 1) == DASH) return false
  while (extras < to && byteAt(extras) == SPACE) extras++
  put(13, extras < to ? extras : 0)
  return status > 0
}
