import { ESCAPED } from '../record.ts'
import type { ByteSink, ByteSource, Literal } from './byte-sink.ts'
import { FILLER, fourTimes, hasControlOr, WordCopy } from './byte-words.ts'
import { MEANING, putEscapeSequence } from './json-escape.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const ZERO = 0x30
const LETTER_U = 0x75
/** What needs no second look in a string, and in a value, in which quotes are in order. */
const QUOTES = fourTimes(QUOTE)
const BACKSLASHES = fourTimes(BACKSLASH)
const ORDINARY = new WordCopy(QUOTES, BACKSLASHES)
const ORDINARY_VALUE = new WordCopy(BACKSLASHES, BACKSLASHES)
const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1')

/** The most bytes that a byte becomes here: `\u0001`. */
const JSON_GROWTH = 6

/** What a byte becomes within a JSON string: 0, itself; 1, `\u00XX`; else a backslash and this. */
const ESCAPE = new Uint8Array(256)
ESCAPE.fill(1, 0, SPACE)
for (const [letter, byte] of MEANING.entries())
  if (byte !== 0 && byte !== 0x2f) ESCAPE[byte] = letter

/** What stands behind a string: a quote and another character, as a word of 16 bits. */
export const QUOTE_COMMA = 0x2c22
export const QUOTE_COLON = 0x3a22

/**
 * Puts `before` (a key and the quote that begins its value), a text, and `after`. One function for all of
 * it, as calls are what it would cost otherwise. `kind`: whether the text has JSON's escapes already.
 */
export function putString(
  sink: ByteSink,
  before: Literal,
  source: ByteSource,
  start: number,
  end: number,
  kind: number | undefined,
  after: number,
): void {
  sink.reserve(before.length + JSON_GROWTH * (end - start) + 2)
  const { view } = source
  const out = sink.view
  const { words } = before
  let at = sink.length
  for (let i = 0; i < words.length; i++) out.setFloat64(at + 8 * i, words[i] ?? 0, true)
  at += before.length
  let i = start
  for (const lastWord = end - 4; i <= lastWord; i += 4) {
    const word = view.getInt32(i, true)
    if (hasControlOr(word, QUOTES, BACKSLASHES)) break
    out.setInt32(at, word, true)
    at += 4
  }
  const rest = end - i
  if (rest > 0) {
    const mask = (1 << (8 * rest)) - 1
    const isTail = rest < 4 && i + 4 <= source.bytes.length
    const word = isTail ? (view.getInt32(i, true) & mask) | (FILLER & ~mask) : 0
    if (hasControlOr(word, QUOTES, BACKSLASHES)) {
      sink.length = at
      if (kind === ESCAPED) putEscapedAsJson(sink, source, i, end)
      else putPlainAsJson(sink, source, i, end)
      at = sink.length
    } else {
      out.setInt32(at, word, true)
      at += rest
    }
  }
  out.setInt16(at, after, true)
  sink.length = at + 2
}

/** Puts text as the inside of a JSON string. The room is reserved here, as in all that follow. */
function putPlainAsJson(sink: ByteSink, source: ByteSource, start: number, end: number): void {
  sink.reserve(JSON_GROWTH * (end - start))
  let i = start
  while (i < end) {
    i = ORDINARY.copy(sink, source, i, end)
    for (const stop = Math.min(end, i + 4); i < stop; i++) putPlainByte(sink, source.bytes[i] ?? 0)
  }
}

function putPlainByte(sink: ByteSink, byte: number): void {
  const letter = ESCAPE[byte] ?? 0
  if (letter === 0) {
    sink.putByte(byte)
    return
  }
  sink.putByte(BACKSLASH)
  if (letter > 1) {
    sink.putByte(letter)
    return
  }
  sink.putByte(LETTER_U)
  sink.putByte(ZERO)
  sink.putByte(ZERO)
  sink.putByte(HEX_DIGITS[byte >> 4] ?? 0)
  sink.putByte(HEX_DIGITS[byte & 15] ?? 0)
}

/** Puts what is the inside of a JSON string already; escapes that readers refuse are mended. */
function putEscapedAsJson(sink: ByteSink, source: ByteSource, start: number, end: number): void {
  sink.reserve(JSON_GROWTH * (end - start))
  let i = start
  while (i < end) {
    i = ORDINARY.copy(sink, source, i, end)
    const stop = Math.min(end, i + 4)
    while (i < stop) {
      const byte = source.bytes[i] ?? 0
      if (byte === BACKSLASH) {
        i = putEscapeSequence(sink, source.bytes, i, end)
        continue
      }
      putPlainByte(sink, byte)
      i++
    }
  }
}

/**
 * Puts a JSON value on one line: a line end, or another control character, becomes a space. Escapes in
 * its strings are mended as those of `putEscapedAsJson`.
 */
export function putJsonValue(sink: ByteSink, source: ByteSource, start: number, end: number): void {
  sink.reserve(JSON_GROWTH * (end - start))
  let i = start
  while (i < end) {
    i = ORDINARY_VALUE.copy(sink, source, i, end)
    const stop = Math.min(end, i + 4)
    while (i < stop) {
      const byte = source.bytes[i] ?? 0
      if (byte === BACKSLASH) {
        i = putEscapeSequence(sink, source.bytes, i, end)
        continue
      }
      sink.putByte(byte < SPACE ? SPACE : byte)
      i++
    }
  }
}
