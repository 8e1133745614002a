/** A text that is searched, and the place of what was found in it last. */
export class Scan {
  bytes: Uint8Array = new Uint8Array()
  /** What is before is not looked at: the start, the last find, an escape sequence. */
  floor = 0
  to = 0
  foundFrom = 0
  foundTo = 0
  /**
   * Whether it is JSON as it stands, with escapes: then it is only asked whether there is something to be found
   * once it is read, and rather said too often.
   */
  isRaw = false

  set(bytes: Uint8Array, from: number, to: number, isRaw = false): void {
    this.bytes = bytes
    this.isRaw = isRaw
    this.floor = from
    this.to = to
  }

  /** The byte at a place; 0 outside of what is looked at. */
  at(place: number): number {
    return place < this.floor || place >= this.to ? 0 : (this.bytes[place] ?? 0)
  }

  found(from: number, to: number): true {
    this.foundFrom = from
    this.foundTo = to
    return true
  }
}

export const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

export function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

export const isLetterOrDigit = (byte: number): boolean => isDigit(byte) || isLetter(byte)

export function isHex(byte: number): boolean {
  const lower = byte | 0x20
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66)
}

/** The number that a hex digit stands for; -1 for any other byte. */
export function hexValue(byte: number): number {
  if (isDigit(byte)) return byte - 0x30
  return isHex(byte) ? (byte | 0x20) - 0x57 : -1
}
