import { PairOrder } from './bucket-section.ts'
import { REGISTERS } from './hyperloglog.ts'
import type { MemorySection } from './memory-section.ts'
import type { RegisterTable } from './register-table.ts'

/** Registers of HyperLogLog: those of a group's pairs, and of its page if it has one. */
export class RegisterSection implements MemorySection {
  value = 0
  readonly #table: RegisterTable
  readonly #order: PairOrder
  /** Of a group with a page: the larger of page and pairs. */
  readonly #whole = new Uint8Array(REGISTERS)
  #isWhole = false
  #register = 0

  constructor(table: RegisterTable, rankOf: Int32Array) {
    this.#table = table
    this.#order = new PairOrder(table.pairs, rankOf)
  }

  open(group: number, rank: number): void {
    const { pairs } = this.#table
    const order = this.#order
    order.open(rank)
    const page = this.#table.pageOf(group)
    this.#isWhole = page !== undefined
    if (page === undefined) return
    this.#whole.set(page)
    while (++order.at < order.end) {
      const place = order.ranked.places[order.at] ?? 0
      const register = pairs.parts[place] ?? 0
      const rank = pairs.values[place] ?? 0
      if (rank > (this.#whole[register] ?? 0)) this.#whole[register] = rank
    }
    this.#register = -1
  }

  next(): boolean {
    return this.#isWhole ? this.#nextOfPage() : this.#nextPair()
  }

  writeTo(key: Uint8Array, at: number): number {
    key[at] = this.#register >>> 8
    key[at + 1] = this.#register
    return at + 2
  }

  #nextOfPage(): boolean {
    while (++this.#register < REGISTERS) {
      this.value = this.#whole[this.#register] ?? 0
      if (this.value > 0) return true
    }
    return false
  }

  #nextPair(): boolean {
    const { parts, values } = this.#table.pairs
    const order = this.#order
    if (++order.at >= order.end) return false
    const place = order.ranked.places[order.at] ?? 0
    this.#register = parts[place] ?? 0
    this.value = values[place] ?? 0
    return true
  }
}
