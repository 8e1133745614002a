import {
  AT,
  collectionEnds,
  collectionStarts,
  MAX_PARAMETERS,
  MAX_PAYLOADS,
  NR,
  PARAMETER_BYTES,
  parameters,
  PARAMETERS_FROM,
  PARAMETERS_TO,
  PAYLOAD_BYTES,
  payloads,
  PRESENT,
  SIZE,
  TEXTS,
} from './layout'
import { COLLECTION, ENVIRONMENT, fieldOf, PARAMETER, PAYLOAD } from './names'
import { body, setCollection } from './parsed'
import { isAscii, isUtf8 } from './texts'

const QUOTE: u8 = 0x22
const BACKSLASH: u8 = 0x5c
const OPEN_LIST: u8 = 0x5b
const CLOSE_LIST: u8 = 0x5d
const OPEN_OBJECT: u8 = 0x7b
const CLOSE_OBJECT: u8 = 0x7d
const COLON: u8 = 0x3a
const COMMA: u8 = 0x2c
const ZERO: u8 = 0x30
const LETTER_N: u8 = 0x6e
/** `null` and `true` in a word; `alse`. */
const NULL: u32 = 0x6c6c756e
const TRUE: u32 = 0x65757274
const ALSE: u32 = 0x65736c61
/** Above this a whole number of JSON may be inexact. */
const MAX_DIGITS: usize = 15

const ENV: i32 = 6
const PAYLOADS: i32 = 15
const AT_FIELD: i32 = 1
const NR_FIELD: i32 = 3
const PARAMETERS: i32 = 9

let cursor: usize = 0
/** Of the text that was read last, without its quotes; of a number, its value. */
let textStart: usize = 0
let textEnd: usize = 0
let number: u64 = 0
let count: i32 = 0
let parameter: i32 = 0
let env: i32 = 0

/**
 * Reads a Collection in JSON of so many bytes into the tables, in the way nearly all clients write it. False where it
 * is unusual (an escape, a name that comes twice, a wrong type) or broken: JavaScript reads that.
 */
export function parseJson(length: i32): bool {
  const end = body + length
  if (!isAscii(body, end) && !isUtf8(body, end)) return false
  store<u64>(end, 0) // a sign that nothing goes on with
  cursor = body
  count = 0
  parameter = 0
  env = 0
  const present = readObject(COLLECTION, 0)
  if (present < 0 || peek() != 0 || cursor != end) return false
  setCollection(present, env, count)
  return true
}

/** The fields that it has, a bit each, or -1. */
function readObject(kind: i32, at: usize): i32 {
  if (!take(OPEN_OBJECT)) return -1
  let present: i32 = 0
  if (take(CLOSE_OBJECT)) return present
  let seen: i32 = 0
  do {
    if (!readText()) return -1
    const field = fieldOf(kind, textStart, <i32>(textEnd - textStart))
    if (!take(COLON)) return -1
    if (field == 0) {
      if (!skipValue()) return -1
      continue
    }
    const bit = 1 << field
    if ((seen & bit) != 0) return -1
    seen |= bit
    if (kind == PAYLOAD) {
      if (field == PARAMETERS) {
        if (!readParameters()) return -1
        continue
      }
      if (field == AT_FIELD || field == NR_FIELD) {
        if (!readNumber()) return -1
        if (field == AT_FIELD) store<u64>(at, number, AT)
        else store<u64>(at, number, NR)
        present |= bit
        continue
      }
    } else if (kind == COLLECTION) {
      if (field == PAYLOADS) {
        if (!readPayloads()) return -1
        continue
      }
      if (field == ENV) {
        if (!readEnvironment()) return -1
        present |= bit
        continue
      }
    }
    if (kind != PARAMETER && peek() == LETTER_N) {
      if (!takeNull()) return -1
      continue
    }
    if (!readText()) return -1
    present |= bit
    if (kind == COLLECTION) {
      store<i32>(collectionStarts + (<usize>field << 2), <i32>textStart)
      store<i32>(collectionEnds + (<usize>field << 2), <i32>textEnd)
    } else {
      const text = kind == PAYLOAD ? at + TEXTS + (<usize>field << 3) : at + (<usize>(field - 1) << 3)
      store<i32>(text, <i32>textStart)
      store<i32>(text, <i32>textEnd, 4)
    }
  } while (take(COMMA))
  return take(CLOSE_OBJECT) ? present : -1
}

function readPayloads(): bool {
  if (!take(OPEN_LIST)) return false
  if (take(CLOSE_LIST)) return true
  do {
    if (count == MAX_PAYLOADS) return false
    const at = payloads + <usize>count * PAYLOAD_BYTES
    const start = cursor
    store<i32>(at, parameter, PARAMETERS_FROM)
    const present = readObject(PAYLOAD, at)
    if (present < 0) return false
    store<u32>(at, present, PRESENT)
    store<i32>(at, <i32>(cursor - start), SIZE)
    store<i32>(at, parameter, PARAMETERS_TO)
    count++
  } while (take(COMMA))
  return take(CLOSE_LIST)
}

function readParameters(): bool {
  if (peek() == LETTER_N) return takeNull()
  if (!take(OPEN_LIST)) return false
  if (take(CLOSE_LIST)) return true
  do {
    if (parameter == MAX_PARAMETERS) return false
    if (readObject(PARAMETER, parameters + <usize>parameter * PARAMETER_BYTES) != 6) return false
    parameter++
  } while (take(COMMA))
  return take(CLOSE_LIST)
}

/** A number of digits alone, bare or as a text. */
function readNumber(): bool {
  const isText = peek() == QUOTE
  if (isText) cursor++
  const start = cursor
  let value: u64 = 0
  let byte = load<u8>(cursor)
  while (byte - ZERO < 10) {
    value = value * 10 + (byte - ZERO)
    byte = load<u8>(++cursor)
  }
  const digits = cursor - start
  if (digits == 0 || digits > MAX_DIGITS) return false
  number = value
  if (!isText) return digits == 1 || load<u8>(start) != ZERO
  cursor++
  return byte == QUOTE
}

function readEnvironment(): bool {
  if (peek() != QUOTE) {
    if (!readNumber() || number > 11) return false
    env = <i32>number
    return true
  }
  if (!readText()) return false
  env = fieldOf(ENVIRONMENT, textStart, <i32>(textEnd - textStart)) - 1
  return env >= 0
}

/** A text, a whole number, true, false or null that nobody asks for. */
function skipValue(): bool {
  const byte = peek()
  if (byte == QUOTE) return readText()
  if (byte - ZERO < 10) return readNumber()
  if (byte == LETTER_N) return takeNull()
  if (load<u32>(cursor) == TRUE) {
    cursor += 4
    return true
  }
  if (byte != 0x66 || load<u32>(cursor, 1) != ALSE) return false
  cursor += 5
  return true
}

function takeNull(): bool {
  if (load<u32>(cursor) != NULL) return false
  cursor += 4
  return true
}

/** Reads a text without escapes. */
@inline
function readText(): bool {
  if (peek() != QUOTE) return false
  let at = cursor + 1
  textStart = at
  while (true) {
    const bytes = v128.load(at)
    // Control characters too, of which there is one behind the end.
    const bits = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))),
        i8x16.lt_u(bytes, i8x16.splat(0x20)),
      ),
    )
    if (bits != 0) {
      at += ctz(bits)
      break
    }
    at += 16
  }
  textEnd = at
  cursor = at + 1
  return load<u8>(at) == QUOTE
}

/** The next byte that is not blank, or 0 at the end of the body. */
@inline
function peek(): u8 {
  let byte = load<u8>(cursor)
  while (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09) byte = load<u8>(++cursor)
  return byte
}

@inline
function take(byte: u8): bool {
  if (peek() != byte) return false
  cursor++
  return true
}
