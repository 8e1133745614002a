import { BYTE_BITS, ODD, PUNCTUATION, partKind, REST, TEXT, TOKEN, WORD } from './part-kind.ts'
import { APART, wholeKind } from './whole-kind.ts'

const SLASH = 0x2f
const LONGEST_SEGMENT = 128
/** A path with more gets a template that ends in `/*`. */
export const MOST_SEGMENTS = 16

/**
 * The template of one path after the other, as bytes: words as they are, each parameter as one byte
 * that is its kind (no word has such bytes).
 */
export class TemplateWriter {
  readonly bytes = new Uint8Array((LONGEST_SEGMENT + 1) * MOST_SEGMENTS + 2)
  length = 0

  reset(): void {
    this.length = 0
  }

  /** Of a path without segments. */
  addRoot(): void {
    this.#addByte(SLASH)
  }

  /** What has the form of one value is one parameter; else each part between punctuation is a word or one. */
  addSegment(bytes: Uint8Array, from: number, to: number): void {
    this.bytes[this.length++] = SLASH
    let bits = 0
    for (let at = from; at < to; at++) bits |= BYTE_BITS[bytes[at] ?? 0] ?? 0
    if ((bits & ODD) !== 0) this.#addByte(TEXT)
    else if ((bits & PUNCTUATION) === 0) this.#addPart(bits, bytes, from, to)
    else if (to - from > LONGEST_SEGMENT) this.#addByte(TOKEN)
    else {
      const whole = wholeKind(bits, bytes, from, to)
      if (whole === APART) this.#addParts(bytes, from, to)
      else if (whole === WORD) this.#copy(bytes, from, to)
      else this.#addByte(whole)
    }
  }

  addRest(): void {
    this.bytes[this.length++] = SLASH
    this.#addByte(REST)
  }

  #addParts(bytes: Uint8Array, from: number, to: number): void {
    let start = from
    let bits = 0
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      const bitsHere = BYTE_BITS[byte] ?? 0
      if (bitsHere !== PUNCTUATION) bits |= bitsHere
      else {
        if (at > start) this.#addPart(bits, bytes, start, at)
        this.#addByte(byte)
        start = at + 1
        bits = 0
      }
    }
    if (to > start) this.#addPart(bits, bytes, start, to)
  }

  #addPart(bits: number, bytes: Uint8Array, from: number, to: number): void {
    const kind = partKind(bits, bytes, from, to)
    if (kind === WORD) this.#copy(bytes, from, to)
    else this.#addByte(kind)
  }

  #copy(bytes: Uint8Array, from: number, to: number): void {
    const out = this.bytes
    let length = this.length
    for (let at = from; at < to; at++) out[length++] = bytes[at] ?? 0
    this.length = length
  }

  #addByte(byte: number): void {
    this.bytes[this.length++] = byte
  }
}
