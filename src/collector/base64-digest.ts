const DIGEST_BYTES = 32
/** With the padding at its end. */
const DIGEST_CHARACTERS = 44
const PADDING = '='
const NOT_BASE64 = 64

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** The value of a character, by its code. */
const VALUES = new Uint8Array(128).fill(NOT_BASE64)
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value

/** Used again for each digest: who gets it looks at it at once. */
const digest = new Uint8Array(DIGEST_BYTES)

/**
 * The bytes of a SHA-256 digest in base64, good until the next call. Anything else is read as
 * Node reads base64 (other alphabets, no padding).
 */
export function digestOfBase64(text: string): Uint8Array {
  if (text.length !== DIGEST_CHARACTERS || !text.endsWith(PADDING))
    return Buffer.from(text, 'base64')
  let seen = 0
  let at = 0
  for (let i = 0; i < DIGEST_CHARACTERS; i += 4) {
    const a = VALUES[text.charCodeAt(i)] ?? NOT_BASE64
    const b = VALUES[text.charCodeAt(i + 1)] ?? NOT_BASE64
    const c = VALUES[text.charCodeAt(i + 2)] ?? NOT_BASE64
    const isLast = i + 4 === DIGEST_CHARACTERS
    const d = isLast ? 0 : (VALUES[text.charCodeAt(i + 3)] ?? NOT_BASE64)
    seen |= a | b | c | d
    digest[at++] = (a << 2) | (b >> 4)
    digest[at++] = (b << 4) | (c >> 2)
    if (!isLast) digest[at++] = (c << 6) | d
  }
  return (seen & NOT_BASE64) === 0 ? digest : Buffer.from(text, 'base64')
}
