import { SegmentTable } from './segment-table.ts'

const LONGEST = 32
const GROUP = 0
const QUICK_SLOTS = 64
const NONE = new Uint8Array(0)

/** The methods that rules name, each with a number from 1; 0: any other. Capitals and small letters are alike. */
export class MethodTable {
  readonly #methods: SegmentTable
  /** By first letter and length: the method that is likely meant, and its number. */
  readonly #likely: Uint8Array[] = Array.from({ length: QUICK_SLOTS }, () => NONE)
  readonly #numbers = new Uint32Array(QUICK_SLOTS)
  readonly #capitals = new Uint8Array(LONGEST)

  /** In capitals. */
  constructor(methods: readonly string[]) {
    this.#methods = new SegmentTable(
      methods.map((text, index) => ({ group: GROUP, text, value: index + 1 })),
    )
    for (const [index, method] of methods.entries()) {
      const slot = slotOf(method.charCodeAt(0), method.length)
      this.#likely[slot] = new Uint8Array(Buffer.from(method, 'latin1'))
      this.#numbers[slot] = index + 1
    }
  }

  find(bytes: Uint8Array, from: number, to: number): number {
    const slot = slotOf(bytes[from] ?? 0, to - from)
    const likely = this.#likely[slot] ?? NONE
    let at = 0
    while (at < likely.length && bytes[from + at] === likely[at]) at++
    if (at > 0 && from + at === to) return this.#numbers[slot] ?? 0
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

function slotOf(first: number, length: number): number {
  return (first + 5 * length) & (QUICK_SLOTS - 1)
}
