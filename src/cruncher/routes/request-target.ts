import { END, MOST_PATH_BYTES, RAW_KINDS, SEPARATOR, SLASH } from './path-bytes.ts'

const LONGEST_SCHEME = 12
const COLON = 0x3a
const AT = 0x40

/** Where the path is in what a log has for one: `/path`, `path` or `http://user@host:80/path`. */
export class RequestTarget {
  from = 0
  to = 0
  /** Of a URL; empty when there is none. */
  hostFrom = 0
  hostTo = 0

  read(bytes: Uint8Array, from: number, to: number): void {
    this.from = from
    this.to = to - from > MOST_PATH_BYTES ? from + MOST_PATH_BYTES : to
    this.hostFrom = 0
    this.hostTo = 0
    if (from < to && bytes[from] !== SLASH) this.#skipHost(bytes)
  }

  #skipHost(bytes: Uint8Array): void {
    const { from, to } = this
    const latest = Math.min(to - 2, from + LONGEST_SCHEME)
    let at = from
    while (at < latest && isSchemeByte(bytes[at] ?? 0)) at++
    const isScheme = at > from && bytes[at] === COLON
    if (!isScheme || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH) return
    at += 3
    this.hostFrom = at
    while (
      at < to &&
      RAW_KINDS[bytes[at] ?? 0] !== SEPARATOR &&
      RAW_KINDS[bytes[at] ?? 0] !== END
    ) {
      if (bytes[at] === AT) this.hostFrom = at + 1
      at++
    }
    this.hostTo = at
    this.from = at
  }
}

function isSchemeByte(byte: number): boolean {
  const folded = byte | 0x20
  return (folded >= 0x61 && folded <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2b
}
