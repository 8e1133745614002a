import { LEVELS } from '../record.ts'
import { DATE, type Field, LEVEL, NUMBER, TIME } from './field.ts'
import { MISSING, NUMBER_BYTES, readSortable, TEXT_END, ZERO_FOLLOWS } from './key-encoding.ts'

/** A value in a key: a text, a number, or a time as the number that its column's type says. */
export type KeyValue = string | number | null

const DAY_US = 86_400_000_000

/** Reads the values of a key, one field after the other. */
export class KeyReader {
  #at = 0
  #end = 0
  #text = Buffer.alloc(256)

  /** The values of the fields that stand in `bytes` from `from` on; the key ends at `end` or before. */
  read(bytes: Uint8Array, from: number, end: number, fields: readonly Field[]): KeyValue[] {
    this.#at = from
    this.#end = end
    return fields.map(field => this.#readValue(bytes, field))
  }

  #readValue(bytes: Uint8Array, { kind }: Field): KeyValue {
    if (bytes[this.#at++] === MISSING) return null
    if (kind === NUMBER || kind === DATE || kind === TIME) {
      const number = readSortable(bytes, this.#at)
      this.#at += NUMBER_BYTES - 1
      return kind === DATE ? number / DAY_US : number
    }
    if (kind === LEVEL) return LEVELS[bytes[this.#at++] ?? 0] ?? ''
    return this.#readText(bytes)
  }

  #readText(bytes: Uint8Array): string {
    let length = 0
    for (;;) {
      const byte = bytes[this.#at++] ?? TEXT_END
      if (byte === TEXT_END) {
        if (this.#at === this.#end || bytes[this.#at] !== ZERO_FOLLOWS) break
        this.#at++
      }
      if (length === this.#text.length) {
        this.#text = Buffer.concat([this.#text], 2 * length)
      }
      this.#text[length++] = byte
    }
    return this.#text.toString('utf8', 0, length)
  }
}
