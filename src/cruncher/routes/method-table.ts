import { SegmentTable } from './segment-table.ts'

const LONGEST = 32
const GROUP = 0

/** The methods that rules name, each with a number from 1; 0: any other. Capitals and small letters are alike. */
export class MethodTable {
  readonly size: number
  readonly #methods: SegmentTable
  readonly #capitals = new Uint8Array(LONGEST)

  /** In capitals. */
  constructor(methods: readonly string[]) {
    this.#methods = new SegmentTable(
      methods.map((text, index) => ({ group: GROUP, text, value: index + 1 })),
    )
    this.size = methods.length + 1
  }

  find(bytes: Uint8Array, from: number, to: number): number {
    const number = this.#methods.find(GROUP, bytes, from, to)
    return number > 0 ? number : this.#findInCapitals(bytes, from, to)
  }

  #findInCapitals(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from
    if (length <= 0 || length > LONGEST) return 0
    for (let i = 0; i < length; i++) {
      const byte = bytes[from + i] ?? 0
      this.#capitals[i] = byte >= 0x61 && byte <= 0x7a ? byte & 0xdf : byte
    }
    return Math.max(0, this.#methods.find(GROUP, this.#capitals, 0, length))
  }
}
