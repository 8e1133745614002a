import {
  AT_SIGN,
  BYTE_BITS,
  countOf,
  DATE,
  DIGIT,
  EMAIL,
  IP,
  isDate,
  NUMBER,
  TOKEN,
  VERSION,
  WORD,
} from './part-kind.ts'

/** The segment is to be taken apart at its punctuation. */
export const APART = -1

const DOT = 0x2e
const COLON = 0x3a
const AT = 0x40
const HYPHEN = 0x2d
const PLUS = 0x2b
const DATE_LENGTH = 10
/** `1.1` and `v2.0` are versions of an API, which are words; a number has more digits on one side. */
const MOST_VERSION_DIGITS = 2
const TOKEN_START = Buffer.from('eyJ', 'latin1')

/** What a segment with punctuation is as a whole, if it has the form of one value. */
export function wholeKind(bits: number, bytes: Uint8Array, from: number, to: number): number {
  if ((bits & AT_SIGN) !== 0 && isEmail(bytes, from, to)) return EMAIL
  if ((bits & DIGIT) === 0) return APART
  if (isTimestamp(bytes, from, to)) return DATE
  const dots = countOf(DOT, bytes, from, to)
  if (isNumeric(bytes, from, to)) return numericKind(dots, bytes, from, to)
  if (dots === 0) return isIPv6(bytes, from, to) ? IP : APART
  if (dots === 2 && TOKEN_START.every((byte, i) => bytes[from + i] === byte)) return TOKEN
  return versionKind(dots, bytes, from, to)
}

/** Something, `@`, and a dot after it. */
function isEmail(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from
  while (at < to && bytes[at] !== AT) at++
  return at > from && countOf(DOT, bytes, at, to) > 0
}

/** Of digits and punctuation; a time, and what has a colon, is taken apart. */
function numericKind(dots: number, bytes: Uint8Array, from: number, to: number): number {
  if (countOf(COLON, bytes, from, to) > 0) return APART
  const digits = digitsFrom(bytes, from, to) - from
  if (digits === 0 || !isDotted(bytes, from, to)) return NUMBER
  if (dots === 1) return isShortVersion(bytes, from, to) ? WORD : NUMBER
  return dots === 3 && to - from <= 15 ? IP : VERSION
}

/** `v1.1` is a word, `v1.2.3`, `1.2.3-rc.1` and `1.2.3+build` are versions. */
function versionKind(dots: number, bytes: Uint8Array, from: number, to: number): number {
  const start = ((bytes[from] ?? 0) | 0x20) === 0x76 ? from + 1 : from
  if (dots === 1) return isShortVersion(bytes, start, to) ? WORD : APART
  let at = start
  for (let numbers = 1; numbers <= 3; numbers++) {
    const end = digitsFrom(bytes, at, to)
    if (end === at || (numbers < 3 && bytes[end] !== DOT)) return APART
    at = numbers < 3 ? end + 1 : end
  }
  return at === to || bytes[at] === HYPHEN || bytes[at] === PLUS ? VERSION : APART
}

/** One or two digits, a dot, one or two digits. */
function isShortVersion(bytes: Uint8Array, from: number, to: number): boolean {
  const dot = digitsFrom(bytes, from, to)
  const end = digitsFrom(bytes, dot + 1, to)
  return (
    end === to &&
    bytes[dot] === DOT &&
    dot > from &&
    end > dot + 1 &&
    dot - from <= MOST_VERSION_DIGITS &&
    end - dot - 1 <= MOST_VERSION_DIGITS
  )
}

/** A date, `T` or `_`, and what times have; without seconds or a zone too. */
function isTimestamp(bytes: Uint8Array, from: number, to: number): boolean {
  const time = from + DATE_LENGTH
  if (time >= to || !isDate(bytes, from, time)) return false
  for (let at = time; at < to; at++) {
    const byte = bytes[at] ?? 0
    const isTimeByte = BYTE_BITS[byte] === DIGIT || byte === COLON || byte === DOT
    if (!isTimeByte && !'TtZz_+-'.includes(String.fromCharCode(byte))) return false
  }
  return true
}

function isIPv6(bytes: Uint8Array, from: number, to: number): boolean {
  let colons = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    const folded = byte | 0x20
    if (byte === COLON) colons++
    else if (BYTE_BITS[byte] !== DIGIT && (folded < 0x61 || folded > 0x66)) return false
  }
  return colons >= 2
}

/** No letters. */
function isNumeric(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const folded = (bytes[at] ?? 0) | 0x20
    if (folded >= 0x61 && folded <= 0x7a) return false
  }
  return true
}

function isDotted(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++)
    if (BYTE_BITS[bytes[at] ?? 0] !== DIGIT && bytes[at] !== DOT) return false
  return true
}

function digitsFrom(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && BYTE_BITS[bytes[at] ?? 0] === DIGIT) at++
  return at
}
