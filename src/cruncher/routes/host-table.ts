import { SegmentTable } from './segment-table.ts'

/** A host's name has 253 bytes at most. */
const LONGEST = 255
const EXACT = 0
const BELOW = 1
const DOT = 0x2e
const COLON = 0x3a
const CLOSING_BRACKET = 0x5d

/** Which of the hosts that rules name a request's host is: the host itself, then `*.` and the longest end of it. */
export class HostTable {
  /** What was found: the values, the nearest first. */
  readonly found = new Int32Array(LONGEST + 1)
  count = 0
  readonly #hosts: SegmentTable
  readonly #name = new Uint8Array(LONGEST)

  /** By host in lower case; `*.example.com` for all below it. */
  constructor(hosts: ReadonlyMap<string, number>) {
    this.#hosts = new SegmentTable(
      Array.from(hosts, ([host, value]) =>
        host.startsWith('*')
          ? { group: BELOW, text: host.slice(1), value }
          : { group: EXACT, text: host, value },
      ),
    )
  }

  /** Fills `found` and `count`. The host may have a port, capitals and a dot at its end. */
  find(bytes: Uint8Array, from: number, to: number): void {
    this.count = 0
    const end = endOfName(bytes, from, to)
    const length = end - from
    if (length <= 0 || length > LONGEST) return
    const name = this.#name
    for (let i = 0; i < length; i++) {
      const byte = bytes[from + i] ?? 0
      name[i] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    }
    this.#add(this.#hosts.find(EXACT, name, 0, length))
    for (let at = 1; at < length; at++) {
      if (name[at] === DOT) this.#add(this.#hosts.find(BELOW, name, at, length))
    }
  }

  #add(value: number): void {
    if (value >= 0) this.found[this.count++] = value
  }
}

/** Without `:80` and a dot at the end. */
function endOfName(bytes: Uint8Array, from: number, to: number): number {
  let end = to
  let at = to - 1
  while (at >= from && isDigit(bytes[at] ?? 0)) at--
  if (at >= from && bytes[at] === COLON && isPort(bytes, from, at)) end = at
  return end > from && bytes[end - 1] === DOT ? end - 1 : end
}

/** `::1` has no port, `[::1]:80` has. */
function isPort(bytes: Uint8Array, from: number, colon: number): boolean {
  if (bytes[colon - 1] === CLOSING_BRACKET) return true
  for (let at = from; at < colon; at++) if (bytes[at] === COLON) return false
  return true
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
