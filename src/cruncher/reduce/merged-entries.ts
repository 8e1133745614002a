import type { Entries } from './entries.ts'
import { mergeSum } from './exact-sum.ts'
import type { Plan } from './plan.ts'

/**
 * Many sequences of entries as one: equal keys become one entry. Merging is exact, so neither the order
 * of the sequences nor how they were merged before makes a difference. A binary heap of what each
 * sequence has next.
 */
export class MergedEntries implements Entries {
  key: Uint8Array = new Uint8Array(256)
  keyLength = 0
  groupLength = 0
  readonly slots: Float64Array
  value = 0
  readonly #plan: Plan
  readonly #heap: Entries[] = []

  constructor(plan: Plan, sources: readonly Entries[]) {
    this.#plan = plan
    this.slots = new Float64Array(plan.slots.initial.length)
    for (const source of sources) {
      if (!source.next()) continue
      this.#heap.push(source)
      this.#moveUp(this.#heap.length - 1)
    }
  }

  next(): boolean {
    const first = this.#heap[0]
    if (first === undefined) return false
    this.#take(first)
    this.#advance(first)
    for (let other = this.#heap[0]; other !== undefined; other = this.#heap[0]) {
      if (other.keyLength !== this.keyLength || compareKeys(other, this) !== 0) break
      this.#merge(other)
      this.#advance(other)
    }
    return true
  }

  #take({ key, keyLength, groupLength, slots, value }: Entries): void {
    if (this.key.length < keyLength) this.key = new Uint8Array(2 * keyLength)
    for (let i = 0; i < keyLength; i++) this.key[i] = key[i] ?? 0
    this.keyLength = keyLength
    this.groupLength = groupLength
    if (keyLength === groupLength) {
      for (let i = 0; i < this.slots.length; i++) this.slots[i] = slots[i] ?? 0
    } else this.value = value
  }

  #merge(other: Entries): void {
    if (this.keyLength === this.groupLength) {
      this.#mergeSlots(other.slots)
      return
    }
    const section = this.#plan.sections[(this.key[this.groupLength] ?? 0) - 1]
    if (section?.kind !== 'registers') this.value += other.value
    else if (other.value > this.value) this.value = other.value
  }

  #mergeSlots(from: Float64Array): void {
    const { slots } = this
    slots[0] = (slots[0] ?? 0) + (from[0] ?? 0)
    for (const { slot } of this.#plan.slots.sums) mergeSum(slots, slot, from)
    for (const { slot, isMax } of this.#plan.slots.extremes) {
      const mine = slots[slot] ?? 0
      const other = from[slot] ?? 0
      if (Number.isNaN(mine) || (isMax ? other > mine : other < mine)) slots[slot] = other
    }
  }

  /** Has the heap's first go on to its next entry. */
  #advance(first: Entries): void {
    if (!first.next()) {
      const last = this.#heap.pop()
      if (last === undefined || last === first) return
      this.#heap[0] = last
    }
    this.#moveDown()
  }

  #moveUp(from: number): void {
    const heap = this.#heap
    const moved = heap[from]
    let at = from
    while (at > 0 && moved !== undefined) {
      const above = (at - 1) >> 1
      const other = heap[above]
      if (other === undefined || compareKeys(other, moved) <= 0) break
      heap[at] = other
      heap[above] = moved
      at = above
    }
  }

  #moveDown(): void {
    const heap = this.#heap
    const moved = heap[0]
    if (moved === undefined) return
    for (let at = 0; ; ) {
      let below = 2 * at + 1
      const left = heap[below]
      const right = heap[below + 1]
      if (left === undefined) return
      let least = left
      if (right !== undefined && compareKeys(right, left) < 0) {
        least = right
        below++
      }
      if (compareKeys(moved, least) <= 0) return
      heap[at] = least
      heap[below] = moved
      at = below
    }
  }
}

function compareKeys(a: Entries, b: Entries): number {
  const length = Math.min(a.keyLength, b.keyLength)
  const aKey = a.key
  const bKey = b.key
  for (let i = 0; i < length; i++) {
    const difference = (aKey[i] ?? 0) - (bKey[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.keyLength - b.keyLength
}
