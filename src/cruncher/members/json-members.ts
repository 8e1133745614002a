import {
  ESCAPED_TEXT,
  LIST,
  LITERAL,
  MAX_MEMBERS,
  Members,
  NUMBER,
  OBJECT,
  TEXT,
  withName,
} from './members.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d

/** As deep as values may lie in one another; deeper ones are taken for invalid. */
const MAX_DEPTH = 100

/** What ends a run of ordinary characters in a text: a quote, a backslash, a control character. */
const ENDS_RUN = new Uint8Array(256)
for (let byte = 0; byte < 0x20; byte++) ENDS_RUN[byte] = 1
ENDS_RUN[QUOTE] = 1
ENDS_RUN[BACKSLASH] = 1

const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39

/**
 * The members of one JSON object. The whole object is checked against RFC 8259, nested values included;
 * what is in the texts is UTF-8 already.
 */
export class JsonMembers extends Members {
  /** Scans the object that begins at `from`: the place behind its end, or -1 where it is none. */
  override scan(bytes: Uint8Array, from: number, to: number): number {
    const { nameFrom, nameTo, valueFrom, valueTo, kind } = this
    const ends = ENDS_RUN // a local name is looked up once, not for every byte
    this.count = 0
    this.shape = 0
    this.hasEscapedName = false
    if (bytes[from] !== OPEN_OBJECT || to > bytes.length) return -1
    let at = from + 1
    while (at < to && isBlank(bytes[at])) at++
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    let shape = 0
    for (let member = 0; member < MAX_MEMBERS; member++) {
      if (bytes[at] !== QUOTE) return -1
      const start = ++at
      while (at < to && ends[bytes[at] ?? 0] === 0) at++
      if (at >= to) return -1
      if (bytes[at] !== QUOTE) {
        at = endOfText(bytes, at, to)
        if (at < 0) return -1
        this.hasEscapedName = true
      }
      nameFrom[member] = start
      nameTo[member] = at
      shape = withName(shape, at - start, bytes[start], bytes[at - 1])
      at++
      if (at < to && bytes[at] !== COLON) while (at < to && isBlank(bytes[at])) at++
      if (at >= to || bytes[at] !== COLON) return -1
      at++
      while (at < to && isBlank(bytes[at])) at++
      if (at >= to) return -1
      const first = bytes[at] ?? 0
      if (first === QUOTE) {
        const text = ++at
        while (at < to && ends[bytes[at] ?? 0] === 0) at++
        if (at >= to) return -1
        kind[member] = TEXT
        if (bytes[at] !== QUOTE) {
          at = endOfText(bytes, at, to)
          if (at < 0) return -1
          kind[member] = ESCAPED_TEXT
        }
        valueFrom[member] = text
        valueTo[member] = at
        at++
      } else {
        valueFrom[member] = at
        at = endOfValue(bytes, at, to, 0)
        if (at < 0) return -1
        valueTo[member] = at
        kind[member] = kindOf(first)
      }
      while (at < to && isBlank(bytes[at])) at++
      if (at >= to) return -1
      const sign = bytes[at]
      if (sign === CLOSE_OBJECT) {
        this.count = member + 1
        this.shape = shape
        return at + 1
      }
      if (sign !== COMMA) return -1
      at++
      while (at < to && isBlank(bytes[at])) at++
      if (at >= to) return -1
    }
    return -1
  }
}

export function kindOf(first: number | undefined): number {
  if (first === OPEN_OBJECT) return OBJECT
  if (first === OPEN_LIST) return LIST
  return first === 0x2d || isDigit(first) ? NUMBER : LITERAL
}

/** From within a text, at a byte that is not ordinary, to its closing quote; -1: there is none. */
function endOfText(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) return at
    if (byte < 0x20) return -1
    if (byte === BACKSLASH) {
      at = endOfEscape(bytes, at + 1)
      if (at < 0) return -1
    } else at++
  }
  return -1
}

function endOfEscape(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 1
    case 0x75: {
      for (let digit = 1; digit <= 4; digit++) if (!isHex(bytes[at + digit])) return -1
      return at + 5
    }
    default:
      return -1
  }
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}

/** The place behind the value that begins at `from`, or -1. */
export function endOfValue(bytes: Uint8Array, from: number, to: number, depth: number): number {
  const first = bytes[from]
  switch (first) {
    case QUOTE: {
      let at = from + 1
      while (at < to && ENDS_RUN[bytes[at] ?? 0] === 0) at++
      if (bytes[at] !== QUOTE) at = endOfText(bytes, at, to)
      return at < 0 ? -1 : at + 1
    }
    case OPEN_OBJECT:
    case OPEN_LIST:
      return depth === MAX_DEPTH ? -1 : endOfNested(bytes, from, to, depth + 1)
    case 0x74:
      return isWord(bytes, from, 'true') ? from + 4 : -1
    case 0x66:
      return isWord(bytes, from, 'false') ? from + 5 : -1
    case 0x6e:
      return isWord(bytes, from, 'null') ? from + 4 : -1
    default:
      return endOfNumber(bytes, from)
  }
}

function endOfNested(bytes: Uint8Array, from: number, to: number, depth: number): number {
  const isObject = bytes[from] === OPEN_OBJECT
  const close = isObject ? CLOSE_OBJECT : CLOSE_LIST
  let at = from + 1
  while (isBlank(bytes[at])) at++
  if (bytes[at] === close) return at + 1
  while (at < to) {
    if (isObject) {
      if (bytes[at] !== QUOTE) return -1
      at = endOfValue(bytes, at, to, depth)
      if (at < 0) return -1
      while (isBlank(bytes[at])) at++
      if (bytes[at] !== COLON) return -1
      at++
      while (isBlank(bytes[at])) at++
    }
    at = endOfValue(bytes, at, to, depth)
    if (at < 0) return -1
    while (isBlank(bytes[at])) at++
    if (at >= to) return -1
    if (bytes[at] === close) return at + 1
    if (bytes[at] !== COMMA) return -1
    at++
    while (isBlank(bytes[at])) at++
  }
  return -1
}

function isWord(bytes: Uint8Array, from: number, word: string): boolean {
  for (let at = 0; at < word.length; at++) {
    if (bytes[from + at] !== word.charCodeAt(at)) return false
  }
  return true
}

function endOfNumber(bytes: Uint8Array, from: number): number {
  let at = from
  if (bytes[at] === 0x2d) at++
  if (bytes[at] === 0x30) at++
  else {
    if (!isDigit(bytes[at])) return -1
    while (isDigit(bytes[at])) at++
  }
  if (bytes[at] === 0x2e) {
    if (!isDigit(bytes[++at])) return -1
    while (isDigit(bytes[at])) at++
  }
  if (((bytes[at] ?? 0) | 0x20) === 0x65) {
    at++
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++
    if (!isDigit(bytes[at])) return -1
    while (isDigit(bytes[at])) at++
  }
  return at
}
