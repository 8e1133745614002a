import { BYTE_BITS, ODD, PUNCTUATION, partKind, REST, TEXT, TOKEN, WORD } from './part-kind.ts'
import { CANONICAL_KINDS, END, ORDINARY, RAW_KINDS, SEPARATOR, SLASH } from './path-bytes.ts'
import { APART, wholeKind } from './whole-kind.ts'

const LONGEST_SEGMENT = 128
/** A path with more gets a template that ends in `/*`. */
const MOST_SEGMENTS = 16

/** Besides the bits of a part: the byte is no part of a segment; its kind is above. */
const STRUCTURE = 1 << 15
const KIND_SHIFT = 12
const RAW_BITS = bitsOf(RAW_KINDS)
const CANONICAL_BITS = bitsOf(CANONICAL_KINDS)

function bitsOf(kinds: Uint8Array): Uint16Array {
  return BYTE_BITS.map((bits, byte) => {
    const kind = kinds[byte] ?? ORDINARY
    return kind === ORDINARY ? bits : STRUCTURE | (kind << KIND_SHIFT)
  })
}

/**
 * The template of one path after the other, as bytes: words as they are, each parameter as one byte
 * that is its kind (no word has such bytes).
 */
export class TemplateWriter {
  readonly bytes = new Uint8Array((LONGEST_SEGMENT + 2) * (MOST_SEGMENTS + 1))
  length = 0

  /** False when the path is not in canonical form; it must be if that is said. */
  write(isCanonical: boolean, bytes: Uint8Array, from: number, to: number): boolean {
    const table = isCanonical ? CANONICAL_BITS : RAW_BITS
    this.length = 0
    let count = 0
    let at = from < to && bytes[from] === SLASH ? from + 1 : from
    while (at < to) {
      const start = at
      let bits = 0
      let bitsHere = 0
      while (at < to) {
        bitsHere = table[bytes[at] ?? 0] ?? 0
        if (bitsHere >= STRUCTURE) break
        bits |= bitsHere
        at++
      }
      const kind = at < to ? (bitsHere >> KIND_SHIFT) & 3 : END
      if (kind !== SEPARATOR && kind !== END) return false
      if (at > start) {
        if (count === MOST_SEGMENTS) {
          this.#addByte(SLASH)
          this.#addByte(REST)
          return true
        }
        this.#addSegment(bits, bytes, start, at)
        count++
      }
      if (kind === END) break
      at++
    }
    if (count === 0) this.#addByte(SLASH)
    return true
  }

  /** What has the form of one value is one parameter; else each part between punctuation is a word or one. */
  #addSegment(bits: number, bytes: Uint8Array, from: number, to: number): void {
    this.#addByte(SLASH)
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

  #addParts(bytes: Uint8Array, from: number, to: number): void {
    let start = from
    let bits = 0
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      const bitsHere = BYTE_BITS[byte] ?? 0
      if ((bitsHere & PUNCTUATION) === 0) bits |= bitsHere
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
