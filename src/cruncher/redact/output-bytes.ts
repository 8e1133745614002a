/** Bytes that are made; what was written before stays where it is. */
export class OutputBytes {
  bytes: Buffer = Buffer.allocUnsafe(4_096)
  length = 0

  write(bytes: Uint8Array, from = 0, to = bytes.length): void {
    this.#reserve(to - from)
    const { length } = this
    const out = this.bytes
    for (let at = from; at < to; at++) out[length + at - from] = bytes[at] ?? 0
    this.length += to - from
  }

  writeText(text: string): void {
    this.#reserve(text.length * 3)
    this.length += this.bytes.write(text, this.length)
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.length + more))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }
}
