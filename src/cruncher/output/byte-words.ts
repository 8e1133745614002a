import type { ByteSink, ByteSource, ByteView } from './byte-sink.ts'

/**
 * Four bytes looked at together, as a word of 32 bits. They may say yes to a byte that is not special
 * behind one that is; never no to one that is.
 * @see https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
 */
const ONES = 0x01010101
const HIGH_BITS = 0x80808080
const FOUR_SPACES = 0x20202020
/** Four letters, for what is not looked at. */
export const FILLER = 0x61616161

/** The byte four times. */
export function fourTimes(byte: number): number {
  return Math.imul(byte, ONES)
}

/**
 * Up to four bytes of `source` at `at` as a word, those behind `end` as zeros. `at` is before `end`.
 */
export function wordAt({ bytes, view }: ByteView, at: number, end: number): number {
  const rest = end - at
  if (at + 4 <= bytes.length) {
    const word = view.getInt32(at, true)
    return rest >= 4 ? word : word & ((1 << (8 * rest)) - 1)
  }
  let word = 0
  for (let i = 0; i < rest; i++) word |= (bytes[at + i] ?? 0) << (8 * i)
  return word
}

/** Copies bytes while there is nothing special in them: no control character and neither of two others. */
export class WordCopy {
  readonly #first: number
  readonly #second: number

  /** The two others, four times each. */
  constructor(first: number, second: number) {
    this.#first = first
    this.#second = second
  }

  /** Says where it stopped: at the end, or at one of the next four bytes that may be special. */
  copy(sink: ByteSink, { view }: ByteSource, start: number, end: number): number {
    const out = sink.view
    const first = this.#first
    const second = this.#second
    let at = sink.length
    let i = start
    for (const lastWord = end - 4; i <= lastWord; i += 4) {
      const word = view.getInt32(i, true)
      if (hasControlOr(word, first, second)) break
      out.setInt32(at, word, true)
      at += 4
    }
    const rest = end - i
    if (rest < 4 && rest > 0 && i + 4 <= view.byteLength) {
      // What follows is read too, and made a letter; what hangs over is written over later.
      const mask = (1 << (8 * rest)) - 1
      const word = (view.getInt32(i, true) & mask) | (FILLER & ~mask)
      if (!hasControlOr(word, first, second)) {
        out.setInt32(at, word, true)
        at += rest
        i = end
      }
    }
    sink.length = at
    return i
  }
}

/** Whether a byte of the word is below 0x20, or one of two others (given four times each). */
export function hasControlOr(word: number, first: number, second: number): boolean {
  const a = word ^ first
  const b = word ^ second
  return (
    ((((word - FOUR_SPACES) & ~word) | ((a - ONES) & ~a) | ((b - ONES) & ~b)) & HIGH_BITS) !== 0
  )
}

/** Whether a byte of the word is that which is given four times. */
export function hasByte(word: number, wanted: number): boolean {
  const a = word ^ wanted
  return ((a - ONES) & ~a & HIGH_BITS) !== 0
}
