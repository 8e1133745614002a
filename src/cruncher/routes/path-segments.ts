/**
 * A path as its segments, so that paths that mean the same are the same bytes (RFC 3986, section 6.2):
 * without query, fragment, a trailing slash, empty segments and what a segment has behind `;`, and with
 * percent escapes undone. Those of `/ ? # % ;` stay, in capitals (`%2F`), as the byte itself would mean
 * another thing; a `%` that begins no escape becomes `%25`. What is not UTF-8 stays as it is; so do `.` and `..`.
 */

/** What is looked at of a path; the rest of a longer one is as if it were not there. */
const MAX_PATH_BYTES = 65_536
const LONGEST_SCHEME = 12

const ORDINARY = 0
const SEPARATOR = 1
const END = 2
const SPECIAL = 3
const KINDS = new Uint8Array(256)
const SLASH = 0x2f
const COLON = 0x3a
const SEMICOLON = 0x3b
const PERCENT = 0x25
KINDS[SLASH] = SEPARATOR
KINDS[0x3f] = END // ?
KINDS[0x23] = END // #
KINDS[PERCENT] = SPECIAL
KINDS[SEMICOLON] = SPECIAL

const HEX = Buffer.from('0123456789ABCDEF', 'latin1')
const HEX_VALUES = new Int8Array(256).fill(-1)
for (const [value, digit] of HEX.entries()) {
  HEX_VALUES[digit] = value
  HEX_VALUES[digit | 0x20] = value
}

export class PathSegments {
  /** Where the segments are: in the bytes that were read, or in a copy with its escapes undone. */
  bytes: Uint8Array = new Uint8Array(0)
  count = 0
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Of a path in its absolute form (`http://host/path`): where its host is in the bytes that were read. */
  hostFrom = 0
  hostTo = 0
  #copy = new Uint8Array(256)
  readonly #most: number

  /** Segments beyond `most` are not looked for. */
  constructor(most: number) {
    this.#most = most
    this.starts = new Int32Array(most)
    this.ends = new Int32Array(most)
  }

  read(bytes: Uint8Array, from: number, to: number): void {
    const end = to - from > MAX_PATH_BYTES ? from + MAX_PATH_BYTES : to
    let start = from
    this.hostFrom = 0
    this.hostTo = 0
    if (from < end && bytes[from] !== SLASH) start = this.#skipHost(bytes, from, end)
    this.bytes = bytes
    if (!this.#split(bytes, start, end)) this.#splitCopy(bytes, start, end)
  }

  /** False when the path is not as it should be compared. */
  #split(bytes: Uint8Array, from: number, to: number): boolean {
    const { starts, ends } = this
    const most = this.#most
    let count = 0
    let start = from < to && bytes[from] === SLASH ? from + 1 : from
    let at = start
    for (; at < to; at++) {
      const kind = KINDS[bytes[at] ?? 0]
      if (kind === ORDINARY) continue
      if (kind === END) break
      if (kind === SPECIAL || at === start) return false
      if (count === most) break
      starts[count] = start
      ends[count] = at
      count++
      start = at + 1
    }
    if (at > start && count < most) {
      starts[count] = start
      ends[count] = at
      count++
    }
    this.count = count
    return true
  }

  #splitCopy(bytes: Uint8Array, from: number, to: number): void {
    if (this.#copy.length < 3 * (to - from)) this.#copy = new Uint8Array(3 * (to - from))
    this.bytes = this.#copy
    this.count = 0
    let start = 0
    let length = 0
    let at = from
    while (at < to && this.count < this.#most) {
      const byte = bytes[at] ?? 0
      const kind = KINDS[byte]
      at++
      if (kind === ORDINARY) this.#copy[length++] = byte
      else if (kind === END) break
      else if (kind === SEPARATOR) start = this.#endSegment(start, length)
      else if (byte === SEMICOLON) at = endOfParameters(bytes, at, to)
      else {
        const value = at + 1 < to ? escapeValue(bytes, at) : -1
        if (value >= 0) at += 2
        length = this.#write(value >= 0 ? value : PERCENT, length)
      }
    }
    if (this.count < this.#most) this.#endSegment(start, length)
  }

  #write(byte: number, length: number): number {
    if (KINDS[byte] === ORDINARY) {
      this.#copy[length] = byte
      return length + 1
    }
    this.#copy[length] = PERCENT
    this.#copy[length + 1] = HEX[byte >> 4] ?? 0
    this.#copy[length + 2] = HEX[byte & 15] ?? 0
    return length + 3
  }

  /** Where the next one starts. An empty segment is none. */
  #endSegment(start: number, length: number): number {
    if (length > start) {
      this.starts[this.count] = start
      this.ends[this.count] = length
      this.count++
    }
    return length
  }

  /** Where the path starts in `http://user@host:80/path`. */
  #skipHost(bytes: Uint8Array, from: number, to: number): number {
    let at = from
    const latest = Math.min(to - 2, from + LONGEST_SCHEME)
    while (at < latest && isSchemeByte(bytes[at] ?? 0)) at++
    if (at === from || bytes[at] !== COLON || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH)
      return from
    at += 3
    this.hostFrom = at
    while (at < to && KINDS[bytes[at] ?? 0] !== SEPARATOR && KINDS[bytes[at] ?? 0] !== END) {
      if (bytes[at] === 0x40) this.hostFrom = at + 1 // @
      at++
    }
    this.hostTo = at
    return at
  }
}

function escapeValue(bytes: Uint8Array, at: number): number {
  const high = HEX_VALUES[bytes[at] ?? 0] ?? -1
  const low = HEX_VALUES[bytes[at + 1] ?? 0] ?? -1
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function endOfParameters(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to) {
    const kind = KINDS[bytes[at] ?? 0]
    if (kind === SEPARATOR || kind === END) break
    at++
  }
  return at
}

function isSchemeByte(byte: number): boolean {
  const folded = byte | 0x20
  return (folded >= 0x61 && folded <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2b
}
