import { hashBytes } from './hash-bytes.ts'

const PLACES = 1_024
const MAX_BYTES = 64

/**
 * Numbers for texts that came lately, so that groups can be compared by numbers. A number means one text
 * for ever; a text that was forgotten gets another. How it is written (`kind`) is part of a text here.
 */
export class RecentTexts {
  readonly #bytes = new Uint8Array(PLACES * MAX_BYTES)
  /** Length and kind in one; -1: a free place. */
  readonly #forms = new Int32Array(PLACES).fill(-1)
  readonly #numbers = new Float64Array(PLACES)
  #last = 0

  /** From 1; 0: the text is too long to have one. */
  numberOf(source: Uint8Array, from: number, to: number, kind: number): number {
    const length = to - from
    if (length > MAX_BYTES) return 0
    const form = 8 * length + kind
    const place = hashBytes(source, from, to, kind) & (PLACES - 1)
    if (this.#forms[place] === form && this.#isThere(place, source, from, length)) {
      return this.#numbers[place] ?? 0
    }
    const bytes = this.#bytes
    for (let i = 0, at = place * MAX_BYTES; i < length; i++) bytes[at++] = source[from + i] ?? 0
    this.#forms[place] = form
    this.#last++
    this.#numbers[place] = this.#last
    return this.#last
  }

  #isThere(place: number, source: Uint8Array, from: number, length: number): boolean {
    const bytes = this.#bytes
    const at = place * MAX_BYTES
    for (let i = 0; i < length; i++) if (bytes[at + i] !== source[from + i]) return false
    return true
  }
}
