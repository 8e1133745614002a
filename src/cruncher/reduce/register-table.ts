import { REGISTERS } from './hyperloglog.ts'
import type { MemoryMeter } from './memory-meter.ts'
import { PairTable } from './pair-table.ts'
import { resizeIntegers } from './resize.ts'

/** A group with more registers than that gets a page of all of them. */
const SPARSE = 256
/** Of a group: how many registers it has in pairs, and its page. */
const BYTES_A_GROUP = 8

/**
 * HyperLogLog's registers of many groups. Those of most groups are few and stand as pairs; from SPARSE
 * on a group has a page, a byte a register. What it had in pairs stays there: the larger of the two
 * counts, which `registers` gives.
 */
export class RegisterTable {
  readonly pairs: PairTable
  readonly #memory: MemoryMeter
  #few = new Int32Array(256)
  /** By group, its page's number + 1. */
  #pageOf = new Int32Array(256)
  #groups = 0
  readonly #pages: Uint8Array[] = []
  #usedPages = 0

  constructor(memory: MemoryMeter) {
    this.#memory = memory
    this.pairs = new PairTable(memory)
  }

  /** Takes note of a value whose hash belongs to a register and has that rank. */
  add(group: number, register: number, rank: number): void {
    if (group >= this.#groups) this.#know(group)
    const page = this.pageOf(group)
    if (page !== undefined) {
      if (rank > (page[register] ?? 0)) page[register] = rank
      return
    }
    const before = this.pairs.size
    const at = this.pairs.place(group, register)
    if (rank > (this.pairs.values[at] ?? 0)) this.pairs.values[at] = rank
    if (this.pairs.size === before) return
    this.#few[group] = (this.#few[group] ?? 0) + 1
    if (this.#few[group] === SPARSE) this.#openPage(group)
  }

  /** The page of a group, which may lack what its pairs have; undefined: all is in the pairs. */
  pageOf(group: number): Uint8Array | undefined {
    return group < this.#groups ? this.#pages[(this.#pageOf[group] ?? 0) - 1] : undefined
  }

  clear(): void {
    this.pairs.clear()
    this.#memory.used -= this.#usedPages * REGISTERS + this.#groups * BYTES_A_GROUP
    this.#few.fill(0, 0, this.#groups)
    this.#pageOf.fill(0, 0, this.#groups)
    this.#groups = 0
    this.#usedPages = 0
  }

  #know(group: number): void {
    this.#memory.used += (group + 1 - this.#groups) * BYTES_A_GROUP
    this.#groups = group + 1
    if (group < this.#few.length) return
    const length = 2 * (group + 1)
    this.#few = resizeIntegers(this.#few, length)
    this.#pageOf = resizeIntegers(this.#pageOf, length)
  }

  #openPage(group: number): void {
    const kept = this.#pages[this.#usedPages]
    if (kept === undefined) this.#pages.push(new Uint8Array(REGISTERS))
    else kept.fill(0)
    this.#usedPages++
    this.#pageOf[group] = this.#usedPages
    this.#memory.used += REGISTERS
  }
}
