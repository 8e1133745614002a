import { bucketToWord } from './entries.ts'
import { type MemorySection, type RankedPlaces, rankPlaces } from './memory-section.ts'
import type { PairTable } from './pair-table.ts'
import { WordSorter } from './sort-by-words.ts'

/** The places of a table of pairs, group after group; each group's in the order of their parts. */
export class PairOrder {
  at = 0
  end = 0
  readonly ranked: RankedPlaces
  readonly #sorter: WordSorter

  constructor(table: PairTable, rankOf: Int32Array) {
    this.ranked = rankPlaces(rankOf.length, table.groups.length, place => {
      const group = (table.groups[place] ?? 0) - 1
      return group < 0 ? -1 : (rankOf[group] ?? -1)
    })
    // A part is one word, and no group has it twice.
    this.#sorter = new WordSorter({ word: place => bucketToWord(table.parts[place] ?? 0) })
  }

  /** Puts `at` before the first place of a group, and `end` behind its last. */
  open(rank: number): void {
    const { starts, places } = this.ranked
    this.at = (starts[rank] ?? 0) - 1
    this.end = starts[rank + 1] ?? 0
    this.#sorter.sort(places, this.at + 1, this.end)
  }
}

/** Buckets of quantiles with their counts. */
export class BucketSection implements MemorySection {
  value = 0
  readonly #table: PairTable
  readonly #order: PairOrder
  #part = 0

  constructor(table: PairTable, rankOf: Int32Array) {
    this.#table = table
    this.#order = new PairOrder(table, rankOf)
  }

  open(_group: number, rank: number): void {
    this.#order.open(rank)
  }

  next(): boolean {
    const order = this.#order
    if (++order.at >= order.end) return false
    const place = order.ranked.places[order.at] ?? 0
    this.#part = this.#table.parts[place] ?? 0
    this.value = this.#table.values[place] ?? 0
    return true
  }

  writeTo(key: Uint8Array, at: number): number {
    const word = bucketToWord(this.#part)
    key[at] = word >>> 24
    key[at + 1] = word >>> 16
    key[at + 2] = word >>> 8
    key[at + 3] = word
    return at + 4
  }
}
