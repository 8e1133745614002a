import { Refusal } from './refusal.ts'

/**
 * Texts of a message that did not come as protobuf, put behind each other as UTF-8, so that one way
 * leads from any protocol to rows.
 */
export class SourceText {
  bytes = Buffer.allocUnsafe(65_536)
  length = 0

  /** Forgets the texts; memory that one large message took is given back. */
  clear(): void {
    this.length = 0
    if (this.bytes.length > 1_048_576) this.bytes = Buffer.allocUnsafe(65_536)
  }

  /** Adds a text; it lies from the old `length` to the new one. @throws Refusal field_invalid */
  push(text: string): void {
    const most = text.length * 3
    if (this.length + most > this.bytes.length) this.#grow(most)
    if (!text.isWellFormed()) {
      throw new Refusal('field_invalid', 'a text has half of a character (a lone surrogate)')
    }
    this.length += this.bytes.write(text, this.length, 'utf8')
  }

  #grow(more: number): void {
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more))
    this.bytes.copy(grown, 0, 0, this.length)
    this.bytes = grown
  }
}
