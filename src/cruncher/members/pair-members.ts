import { ESCAPED_TEXT, MAX_MEMBERS, Members, TEXT, withName } from './members.ts'

const SPACE = 0x20
const TAB = 0x09
const QUOTE = 0x22
const EQUALS = 0x3d
const BACKSLASH = 0x5c
const COMMA = 0x2c

/** What names are made of (1), and what they may begin with (2): letters, digits and `_ . - / @ : [ ]`, no digit first. */
export const NAME_BYTES = new Uint8Array(256)
for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_@') {
  NAME_BYTES[letter.charCodeAt(0)] = 2
}
for (const sign of '0123456789.-/:[]#$%') NAME_BYTES[sign.charCodeAt(0)] = 1

/** What a bare value may not have in it. */
const ENDS_VALUE = new Uint8Array(256)
for (let byte = 0; byte <= SPACE; byte++) ENDS_VALUE[byte] = 1
ENDS_VALUE[QUOTE] = 1

/** Escapes of JSON; what Go's or Ruby's own are beside them leaves a value as it stands. */
const JSON_ESCAPES = new Uint8Array(256)
for (const letter of '"\\/bfnrt') JSON_ESCAPES[letter.charCodeAt(0)] = 1

/**
 * `name=value name="a value" …` (logfmt), with blanks or commas and blanks between. Values are texts:
 * whether `1.10` is a number, only who wrote it knows.
 */
export class PairMembers extends Members {
  override scan(bytes: Uint8Array, from: number, to: number): number {
    this.count = 0
    this.shape = 0
    let shape = 0
    let at = from
    for (let member = 0; member < MAX_MEMBERS; member++) {
      while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++
      if (at === to) {
        this.count = member
        this.shape = shape
        return to
      }
      const nameFrom = at
      if (NAME_BYTES[bytes[at] ?? 0] !== 2) return -1
      while (at < to && NAME_BYTES[bytes[at] ?? 0] !== 0) at++
      if (bytes[at] !== EQUALS || at === to) return -1
      this.nameFrom[member] = nameFrom
      this.nameTo[member] = at
      shape = withName(shape, at - nameFrom, bytes[nameFrom], bytes[at - 1])
      at = this.#value(bytes, at + 1, to, member)
      if (at < 0) return -1
      if (bytes[at] === COMMA && at < to) at++
      if (at < to && bytes[at] !== SPACE && bytes[at] !== TAB) return -1
    }
    return -1
  }

  #value(bytes: Uint8Array, from: number, to: number, member: number): number {
    let at = from
    this.kind[member] = TEXT
    if (bytes[at] !== QUOTE || at === to) {
      while (at < to && ENDS_VALUE[bytes[at] ?? 0] === 0) at++
      this.valueFrom[member] = from
      this.valueTo[member] = at > from && bytes[at - 1] === COMMA ? at - 1 : at
      return at
    }
    at++
    this.valueFrom[member] = at
    let escapes = 0
    let foreign = 0
    for (; at < to && bytes[at] !== QUOTE; at++) {
      if (bytes[at] === BACKSLASH) {
        escapes++
        at++
        if (JSON_ESCAPES[bytes[at] ?? 0] === 0 && !isUnicodeEscape(bytes, at)) foreign++
      } else if ((bytes[at] ?? 0) < SPACE) foreign++
    }
    if (at >= to) return -1
    this.valueTo[member] = at
    if (escapes > 0 && foreign === 0) this.kind[member] = ESCAPED_TEXT
    return at + 1
  }
}

/** `uXXXX`, the backslash before it being read. */
function isUnicodeEscape(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0x75) return false
  for (let digit = 1; digit <= 4; digit++) {
    const byte = bytes[at + digit] ?? 0
    const isHex = (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
    if (!isHex) return false
  }
  return true
}
