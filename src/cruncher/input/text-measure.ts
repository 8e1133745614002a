/** The mark before a text of UTF-16. */
export const UTF16_MARK_BYTES = 2

/**
 * How many bytes of its file a text takes that has become UTF-8: as many as it has, but for a file of
 * UTF-16, of which each code unit takes two.
 */
export class TextMeasure {
  isUtf16 = false

  of(bytes: Uint8Array, from: number, to: number): number {
    if (!this.isUtf16) return to - from
    let units = 0
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      // Each character has one byte that goes on with no other; what takes four has two units.
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
    }
    return 2 * units
  }
}
