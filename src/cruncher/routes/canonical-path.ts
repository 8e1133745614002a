import { END, ORDINARY, PERCENT, RAW_KINDS, SEMICOLON, SEPARATOR, SLASH } from './path-bytes.ts'

const HEX = Buffer.from('0123456789ABCDEF', 'latin1')
const HEX_VALUES = new Int8Array(256).fill(-1)
for (const [value, digit] of HEX.entries()) {
  HEX_VALUES[digit] = value
  HEX_VALUES[digit | 0x20] = value
}

/**
 * A path in such a way that paths that mean the same are the same bytes (RFC 3986, section 6.2): without
 * query, fragment, a slash at its end, empty segments and what a segment has behind `;`, and with percent
 * escapes undone. Those of `/ ? # % ;` stay, in capitals (`%2F`), as the byte itself would mean another
 * thing; a `%` that begins no escape becomes `%25`. What is not UTF-8 stays as it is; so do `.` and `..`.
 */
export class CanonicalPath {
  /** Each segment with a slash before it; filled again by each call of `read`. */
  bytes = new Uint8Array(256)
  length = 0

  /** The bytes may begin without a slash. */
  read(bytes: Uint8Array, from: number, to: number): void {
    const needed = 3 * (to - from) + 2
    if (this.bytes.length < needed) this.bytes = new Uint8Array(2 * needed)
    const out = this.bytes
    out[0] = SLASH
    this.length = 1
    let at = from
    while (at < to) {
      const byte = bytes[at] ?? 0
      const kind = RAW_KINDS[byte]
      at++
      if (kind === ORDINARY) out[this.length++] = byte
      else if (kind === END) break
      else if (kind === SEPARATOR) this.#addSlash()
      else if (byte === SEMICOLON) at = endOfParameters(bytes, at, to)
      else {
        const value = at + 1 < to ? escapeValue(bytes, at) : -1
        if (value >= 0) at += 2
        this.#add(value >= 0 ? value : PERCENT)
      }
    }
    if (out[this.length - 1] === SLASH) this.length--
  }

  #addSlash(): void {
    if (this.bytes[this.length - 1] !== SLASH) this.bytes[this.length++] = SLASH
  }

  #add(byte: number): void {
    const out = this.bytes
    if (RAW_KINDS[byte] === ORDINARY) {
      out[this.length++] = byte
      return
    }
    out[this.length++] = PERCENT
    out[this.length++] = HEX[byte >> 4] ?? 0
    out[this.length++] = HEX[byte & 15] ?? 0
  }
}

/** Of the two digits from `at`; negative: they are none. */
function escapeValue(bytes: Uint8Array, at: number): number {
  const high = HEX_VALUES[bytes[at] ?? 0] ?? -1
  const low = HEX_VALUES[bytes[at + 1] ?? 0] ?? -1
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function endOfParameters(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to) {
    const kind = RAW_KINDS[bytes[at] ?? 0]
    if (kind === SEPARATOR || kind === END) break
    at++
  }
  return at
}
