import { BACKSLASH, byteAt, isDigit, QUOTE, runEnd } from './bytes'
import {
  kinds,
  MAX_DEPTH,
  MAX_MEMBERS,
  nameFrom,
  nameTo,
  parents,
  signs,
  valueFrom,
  valueTo,
} from './layout'
import { findShape, withName } from './shapes'

const COMMA: u8 = 0x2c
const COLON: u8 = 0x3a
const OPEN_OBJECT: u8 = 0x7b
const CLOSE_OBJECT: u8 = 0x7d
const OPEN_LIST: u8 = 0x5b
const CLOSE_LIST: u8 = 0x5d

const TEXT: u8 = 1
const ESCAPED_TEXT: u8 = 2
const NUMBER: u8 = 3
const LITERAL: u8 = 4
const OBJECT: u8 = 5
const LIST: u8 = 6

const IS_OBJECT: i32 = 1 << 24
/** As deep as lists and the objects within them are passed over. */
const MAX_LISTS: i32 = 60

@inline
function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0d
}

@inline
function pastBlanks(from: usize): usize {
  let at = from
  while (isBlank(byteAt(at))) at++
  return at
}

/** From a backslash within a text to its closing quote; 0: there is none, or something is not valid. */
function escapedEnd(from: usize): usize {
  let at = from
  while (true) {
    const byte = byteAt(at)
    if (byte == QUOTE) return at
    if (byte != BACKSLASH) return 0
    const letter = byteAt(at + 1)
    if (letter == 0x75) {
      for (let digit: usize = 2; digit < 6; digit++) if (!isHex(byteAt(at + digit))) return 0
      at += 6
    } else if (isEscape(letter)) at += 2
    else return 0
    at = runEnd(at)
  }
}

function isEscape(letter: u8): bool {
  switch (letter) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true
    default:
      return false
  }
}

function isHex(byte: u8): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 < 6
}

/** The place behind a number; 0: it is none. */
@inline
function numberEnd(from: usize): usize {
  let at = from
  if (byteAt(at) == 0x2d) at++
  if (byteAt(at) == 0x30) at++
  else {
    if (!isDigit(byteAt(at))) return 0
    do at++
    while (isDigit(byteAt(at)))
  }
  if (byteAt(at) == 0x2e) {
    at++
    if (!isDigit(byteAt(at))) return 0
    do at++
    while (isDigit(byteAt(at)))
  }
  if ((byteAt(at) | 0x20) == 0x65) {
    at++
    if (byteAt(at) == 0x2b || byteAt(at) == 0x2d) at++
    if (!isDigit(byteAt(at))) return 0
    do at++
    while (isDigit(byteAt(at)))
  }
  return at
}

/** The place behind `true`, `false`, `null`; 0: it is none of them. */
@inline
function literalEnd(from: usize): usize {
  const word = load<u32>(from)
  if (word == 0x65757274 || word == 0x6c6c756e) return from + 4
  return word == 0x736c6166 && byteAt(from + 4) == 0x65 ? from + 5 : 0
}

/** The place behind any value, which is checked and otherwise passed over; 0: it is none. */
function valueEnd(from: usize, depth: i32): usize {
  const first = byteAt(from)
  if (first == QUOTE) {
    const end = runEnd(from + 1)
    const close = byteAt(end) == QUOTE ? end : escapedEnd(end)
    return close == 0 ? 0 : close + 1
  }
  if (first == 0x2d || isDigit(first)) return numberEnd(from)
  if (first != OPEN_OBJECT && first != OPEN_LIST) return literalEnd(from)
  return depth == MAX_LISTS ? 0 : nestedEnd(from, depth + 1)
}

function nestedEnd(from: usize, depth: i32): usize {
  const isObject = byteAt(from) == OPEN_OBJECT
  const close = isObject ? CLOSE_OBJECT : CLOSE_LIST
  let at = pastBlanks(from + 1)
  if (byteAt(at) == close) return at + 1
  while (true) {
    if (isObject) {
      if (byteAt(at) != QUOTE) return 0
      at = valueEnd(at, depth)
      if (at == 0) return 0
      at = pastBlanks(at)
      if (byteAt(at) != COLON) return 0
      at = pastBlanks(at + 1)
    }
    at = valueEnd(at, depth)
    if (at == 0) return 0
    at = pastBlanks(at)
    const sign = byteAt(at)
    if (sign == close) return at + 1
    if (sign != COMMA) return 0
    at = pastBlanks(at + 1)
  }
}

/**
 * Scans the JSON object that is the whole line: its members and those of objects within, in the order in
 * which they stand. The number of its shape; -1: it is no such line, or one that is left to JavaScript
 * (names with escapes, very many members); -2: its shape is not known. What is accepted is valid.
 */
export function scanObject(from: usize, to: usize): i32 {
  if (byteAt(from) != OPEN_OBJECT) return -1
  let at = from + 1
  let depth: i32 = 0
  let member: i32 = 0
  let hash: u64 = 0
  let isOpened = true
  while (true) {
    // A name, or the end of an object that has none.
    if (byteAt(at) != QUOTE) {
      at = pastBlanks(at)
      if (byteAt(at) != QUOTE && !(isOpened && byteAt(at) == CLOSE_OBJECT)) return -1
    }
    if (byteAt(at) == QUOTE) {
      if (member == MAX_MEMBERS) return -1
      const name = at + 1
      at = runEnd(name)
      if (byteAt(at) != QUOTE) return -1
      const length = <i32>(at - name)
      if (length > 0xffff) return -1
      store<i32>(nameFrom + (member << 2), <i32>name)
      store<i32>(nameTo + (member << 2), <i32>at)
      at++
      if (byteAt(at) != COLON) {
        at = pastBlanks(at)
        if (byteAt(at) != COLON) return -1
      }
      at++
      let first = byteAt(at)
      if (isBlank(first)) {
        at = pastBlanks(at)
        first = byteAt(at)
      }
      const sign = length | (depth << 16)
      if (first == QUOTE) {
        at++
        store<i32>(valueFrom + (member << 2), <i32>at)
        at = runEnd(at)
        let kind = TEXT
        if (byteAt(at) != QUOTE) {
          at = escapedEnd(at)
          if (at == 0) return -1
          kind = ESCAPED_TEXT
        }
        store<i32>(valueTo + (member << 2), <i32>at)
        store<u8>(kinds + member, kind)
        at++
      } else {
        store<i32>(valueFrom + (member << 2), <i32>at)
        if (first == OPEN_OBJECT) {
          if (depth == MAX_DEPTH - 1) return -1
          const opened = sign | IS_OBJECT
          hash = withName(hash, name, length, opened)
          store<i32>(signs + (member << 2), opened)
          store<u8>(kinds + member, OBJECT)
          store<i32>(parents + (depth << 2), member)
          depth++
          member++
          at++
          isOpened = true
          continue
        }
        let kind = LITERAL
        if (first == 0x2d || isDigit(first)) {
          at = numberEnd(at)
          kind = NUMBER
        } else if (first == OPEN_LIST) {
          at = nestedEnd(at, 1)
          kind = LIST
        } else at = literalEnd(at)
        if (at == 0) return -1
        store<i32>(valueTo + (member << 2), <i32>at)
        store<u8>(kinds + member, kind)
      }
      hash = withName(hash, name, length, sign)
      store<i32>(signs + (member << 2), sign)
      member++
    }
    // What is behind a value: a comma, or the ends of objects.
    while (true) {
      let sign = byteAt(at)
      if (isBlank(sign)) {
        at = pastBlanks(at)
        sign = byteAt(at)
      }
      if (sign == COMMA) {
        at++
        isOpened = false
        break
      }
      if (sign != CLOSE_OBJECT) return -1
      at++
      if (depth == 0) {
        while (at < to && isBlank(byteAt(at))) at++
        return at == to && member > 0 ? findShape(hash, member) : -1
      }
      depth--
      store<i32>(valueTo + (load<i32>(parents + (depth << 2)) << 2), <i32>at)
    }
  }
}
