const BACKSLASH = 0x5c
const LETTER_U = 0x75
/** By the byte after a backslash; what is not here stands for itself. */
const SHORT = new Uint8Array(256).map((_, byte) => byte)
for (const [letter, code] of Object.entries({ b: 8, t: 9, n: 10, f: 12, r: 13 })) {
  SHORT[letter.charCodeAt(0)] = code
}
const REPLACEMENT = 0xfffd

/**
 * Writes what stands between the quotes of a JSON string as UTF-8, and returns the length. It stops
 * when less than five bytes are free in `target`. Half of a surrogate pair becomes U+FFFD, as when a
 * string is written to a buffer.
 */
export function unescapeJson(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
): number {
  let length = 0
  const end = target.length - 4
  for (let at = from; at < to && length < end; at++) {
    const byte = source[at] ?? 0
    if (byte !== BACKSLASH) {
      target[length++] = byte
      continue
    }
    const letter = source[++at] ?? 0
    if (letter !== LETTER_U) {
      target[length++] = SHORT[letter] ?? 0
      continue
    }
    let code = hexOf(source, at + 1)
    at += 4
    if (code >= 0xd800 && code < 0xe000) {
      const isPair = code < 0xdc00 && source[at + 1] === BACKSLASH && source[at + 2] === LETTER_U
      const second = isPair && at + 7 <= to ? hexOf(source, at + 3) : 0
      if (second >= 0xdc00 && second < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00)
        at += 6
      } else code = REPLACEMENT
    }
    length = writeCharacter(code, target, length)
  }
  return length
}

function hexOf(source: Uint8Array, at: number): number {
  let code = 0
  for (let i = at; i < at + 4; i++) {
    const byte = source[i] ?? 0
    code = (code << 4) | (byte < 0x3a ? byte & 15 : (byte & 7) + 9)
  }
  return code
}

/** Returns the length of the text with it. */
function writeCharacter(code: number, target: Uint8Array, length: number): number {
  if (code < 0x80) {
    target[length] = code
    return length + 1
  }
  if (code < 0x800) {
    target[length] = 0xc0 | (code >> 6)
    target[length + 1] = 0x80 | (code & 63)
    return length + 2
  }
  if (code < 0x10000) {
    target[length] = 0xe0 | (code >> 12)
    target[length + 1] = 0x80 | ((code >> 6) & 63)
    target[length + 2] = 0x80 | (code & 63)
    return length + 3
  }
  target[length] = 0xf0 | (code >> 18)
  target[length + 1] = 0x80 | ((code >> 12) & 63)
  target[length + 2] = 0x80 | ((code >> 6) & 63)
  target[length + 3] = 0x80 | (code & 63)
  return length + 4
}
