import { hashPair } from './hash-bytes.ts'
import type { MemoryMeter } from './memory-meter.ts'
import { release } from './resize.ts'

const FIRST = 256
/** Up to 3.2 places of 16 bytes, and at writing its number in order. */
const BYTES_AN_ENTRY = 56

/**
 * Numbers by two whole numbers, a group's and that of a part of it: buckets of quantiles, registers. Open
 * addressing, the pairs in the table itself, at most five eighths full.
 */
export class PairTable {
  size = 0
  /** By place: the group's number + 1 (0: free), the part, the value. */
  groups = new Int32Array(FIRST)
  parts = new Int32Array(FIRST)
  values = new Float64Array(FIRST)
  readonly #memory: MemoryMeter

  constructor(memory: MemoryMeter) {
    this.#memory = memory
  }

  /** The place of a pair, with the value 0 where it is new. Valid until the next call. */
  place(group: number, part: number): number {
    const mask = this.groups.length - 1
    const sought = group + 1
    let at = hashPair(sought, part) & mask
    for (;;) {
      const found = this.groups[at]
      if (found === sought && this.parts[at] === part) return at
      if (found === 0) break
      at = (at + 1) & mask
    }
    if (8 * this.size >= 5 * this.groups.length) {
      this.#grow()
      at = this.#freePlace(sought, part)
    }
    this.#put(at, sought, part, 0)
    this.size++
    this.#memory.used += BYTES_AN_ENTRY
    return at
  }

  clear(): void {
    this.#memory.used -= this.size * BYTES_AN_ENTRY
    this.size = 0
    this.groups.fill(0)
  }

  #freePlace(sought: number, part: number): number {
    const mask = this.groups.length - 1
    let at = hashPair(sought, part) & mask
    while (this.groups[at] !== 0) at = (at + 1) & mask
    return at
  }

  #put(at: number, sought: number, part: number, value: number): void {
    this.groups[at] = sought
    this.parts[at] = part
    this.values[at] = value
  }

  #grow(): void {
    const { groups, parts, values } = this
    const length = 2 * groups.length
    this.groups = new Int32Array(length)
    this.parts = new Int32Array(length)
    this.values = new Float64Array(length)
    for (let at = 0; at < groups.length; at++) {
      const sought = groups[at] ?? 0
      if (sought === 0) continue
      const part = parts[at] ?? 0
      this.#put(this.#freePlace(sought, part), sought, part, values[at] ?? 0)
    }
    release(groups, parts, values)
  }
}
