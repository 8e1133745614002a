import { CanonicalPath } from './canonical-path.ts'
import { CANONICAL_KINDS, END, ORDINARY, RAW_KINDS, SLASH, SPECIAL } from './path-bytes.ts'
import { RequestTarget } from './request-target.ts'

/** A path as its segments, which are those of its canonical form. */
export class PathSegments {
  /** Where the segments are: in the bytes that were read, or in a copy in canonical form. */
  bytes: Uint8Array = new Uint8Array(0)
  count = 0
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly #target = new RequestTarget()
  readonly #canonical = new CanonicalPath()
  readonly #most: number

  /** Segments beyond `most` are not looked for. */
  constructor(most: number) {
    this.#most = most
    this.starts = new Int32Array(most)
    this.ends = new Int32Array(most)
  }

  /** The path may have a query, or be a URL. */
  read(bytes: Uint8Array, from: number, to: number): void {
    const target = this.#target
    target.read(bytes, from, to)
    this.bytes = bytes
    if (this.#split(RAW_KINDS, bytes, target.from, target.to)) return
    this.#canonical.read(bytes, target.from, target.to)
    this.bytes = this.#canonical.bytes
    this.#split(CANONICAL_KINDS, this.bytes, 0, this.#canonical.length)
  }

  /** False when the path is not in canonical form. */
  #split(kinds: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
    const { starts, ends } = this
    const most = this.#most
    let count = 0
    let start = from < to && bytes[from] === SLASH ? from + 1 : from
    let at = start
    for (; at < to; at++) {
      const kind = kinds[bytes[at] ?? 0]
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
}
