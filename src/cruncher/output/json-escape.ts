import type { ByteSink, ByteSource } from './byte-sink.ts'
import { fourTimes, hasByte } from './byte-words.ts'

const BACKSLASH = 0x5c
const LETTER_U = 0x75
const BACKSLASHES = fourTimes(BACKSLASH)
const REPLACEMENT = Buffer.from('\\ufffd', 'latin1')
const REPLACEMENT_CODE = 0xfffd
/** Of `\uXXXX`. */
const UNIT_LENGTH = 6

/** The byte that a letter behind a backslash means; 0: none, or `u`. */
export const MEANING = new Uint8Array(256)
for (const [letter, byte] of [
  ['"', 0x22],
  ['\\', BACKSLASH],
  ['/', 0x2f],
  ['b', 8],
  ['t', 9],
  ['n', 10],
  ['f', 12],
  ['r', 13],
] as const) {
  MEANING[letter.charCodeAt(0)] = byte
}

/**
 * Puts the escape at `at` so that every reader takes it: half of a surrogate pair becomes U+FFFD, a
 * backslash that begins no escape is doubled. Says where the text goes on.
 */
export function putEscapeSequence(
  sink: ByteSink,
  bytes: Uint8Array,
  at: number,
  end: number,
): number {
  const letter = at + 1 < end ? (bytes[at + 1] ?? 0) : 0
  if (letter !== LETTER_U) {
    sink.putByte(BACKSLASH)
    if (MEANING[letter] === 0) {
      sink.putByte(BACKSLASH)
      return at + 1
    }
    sink.putByte(letter)
    return at + 2
  }
  const code = codeAt(bytes, at, end)
  if (code < 0) {
    sink.putByte(BACKSLASH)
    sink.putByte(BACKSLASH)
    return at + 1
  }
  const next = at + lengthOf(code)
  if (isSurrogate(code)) sink.putBytes(REPLACEMENT)
  else sink.putBytes(bytes.subarray(at, next))
  return next
}

/** Whether there is a backslash in the bytes. */
export function hasBackslash({ bytes, view }: ByteSource, start: number, end: number): boolean {
  let i = start
  for (const lastWord = end - 4; i <= lastWord; i += 4) {
    if (hasByte(view.getInt32(i, true), BACKSLASHES)) return true
  }
  for (; i < end; i++) if (bytes[i] === BACKSLASH) return true
  return false
}

/** Puts the inside of a JSON string as the text that it means; the room is reserved here. */
export function putUnescaped(sink: ByteSink, source: ByteSource, start: number, end: number): void {
  const { bytes } = source
  sink.reserve(end - start)
  let i = start
  while (i < end) {
    const byte = bytes[i] ?? 0
    if (byte !== BACKSLASH) {
      sink.putByte(byte)
      i++
      continue
    }
    const letter = i + 1 < end ? (bytes[i + 1] ?? 0) : 0
    const meaning = MEANING[letter] ?? 0
    const code = letter === LETTER_U ? codeAt(bytes, i, end) : -1
    if (code >= 0) {
      putCode(sink, isSurrogate(code) ? REPLACEMENT_CODE : code)
      i += lengthOf(code)
    } else {
      sink.putByte(meaning === 0 ? BACKSLASH : meaning)
      i += meaning === 0 ? 1 : 2
    }
  }
}

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff
const lengthOf = (code: number): number => (code > 0xffff ? 2 * UNIT_LENGTH : UNIT_LENGTH)

/** The character of the escape `\uXXXX`, or of two that are a pair; -1: there is none. */
function codeAt(bytes: Uint8Array, at: number, end: number): number {
  const high = unitAt(bytes, at, end)
  if (high < 0xd800 || high > 0xdbff) return high
  const low = unitAt(bytes, at + UNIT_LENGTH, end)
  if (low < 0xdc00 || low > 0xdfff) return high
  return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
}

function unitAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + UNIT_LENGTH > end || bytes[at] !== BACKSLASH || bytes[at + 1] !== LETTER_U) return -1
  let unit = 0
  for (let i = at + 2; i < at + UNIT_LENGTH; i++) {
    const digit = hexDigit(bytes[i] ?? 0)
    if (digit < 0) return -1
    unit = unit * 16 + digit
  }
  return unit
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function putCode(sink: ByteSink, code: number): void {
  if (code < 0x80) {
    sink.putByte(code)
  } else if (code < 0x800) {
    sink.putByte(0xc0 | (code >> 6))
    sink.putByte(0x80 | (code & 0x3f))
  } else if (code < 0x1_0000) {
    sink.putByte(0xe0 | (code >> 12))
    sink.putByte(0x80 | ((code >> 6) & 0x3f))
    sink.putByte(0x80 | (code & 0x3f))
  } else {
    sink.putByte(0xf0 | (code >> 18))
    sink.putByte(0x80 | ((code >> 12) & 0x3f))
    sink.putByte(0x80 | ((code >> 6) & 0x3f))
    sink.putByte(0x80 | (code & 0x3f))
  }
}
