import type { ByteSink, ByteSource } from './byte-sink.ts'
import { fourTimes, WordCopy } from './byte-words.ts'
import { MEANING, putEscapeSequence } from './json-escape.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const ZERO = 0x30
const LETTER_U = 0x75
/** What needs no second look in a string, and in a value, in which quotes are in order. */
const ORDINARY = new WordCopy(fourTimes(QUOTE), fourTimes(BACKSLASH))
const ORDINARY_VALUE = new WordCopy(fourTimes(BACKSLASH), fourTimes(BACKSLASH))
const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1')

/** The most bytes that a byte becomes here: `\u0001`. */
export const JSON_GROWTH = 6

/** What a byte becomes within a JSON string: 0, itself; 1, `\u00XX`; else a backslash and this. */
const ESCAPE = new Uint8Array(256)
ESCAPE.fill(1, 0, SPACE)
for (const [letter, byte] of MEANING.entries())
  if (byte !== 0 && byte !== 0x2f) ESCAPE[byte] = letter

/** Puts text as the inside of a JSON string. */
export function putPlainAsJson(
  sink: ByteSink,
  source: ByteSource,
  start: number,
  end: number,
): void {
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
export function putEscapedAsJson(
  sink: ByteSink,
  source: ByteSource,
  start: number,
  end: number,
): void {
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
