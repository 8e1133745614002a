import type { KeyTable } from './key-table.ts'
import { type MemorySection, type RankedPlaces, rankPlaces } from './memory-section.ts'
import { WordSorter } from './sort-by-words.ts'

/** In a table of values, the group's number before the value. */
export const GROUP_BYTES = 4

/** Writes the group's number, in front of its values. */
export function writeGroup(group: number, key: Uint8Array): void {
  key[0] = group
  key[1] = group >>> 8
  key[2] = group >>> 16
  key[3] = group >>> 24
}

/** Values that are counted exactly, with how often each was there. */
export class ValueSection implements MemorySection {
  value = 0
  readonly #table: KeyTable
  readonly #ranked: RankedPlaces
  readonly #sorter: WordSorter
  #at = 0
  #end = 0

  /** @param rankOf the ranks of groups */
  constructor(table: KeyTable, rankOf: Int32Array) {
    this.#table = table
    const { arena, starts } = table
    this.#ranked = rankPlaces(rankOf.length, table.size, entry => {
      const at = starts[entry] ?? 0
      const low = (arena[at] ?? 0) | ((arena[at + 1] ?? 0) << 8)
      const high = (arena[at + 2] ?? 0) | ((arena[at + 3] ?? 0) << 8)
      return rankOf[low | (high << 16)] ?? -1
    })
    this.#sorter = new WordSorter({
      word: (entry, depth) => table.word(entry, GROUP_BYTES + 4 * depth),
    })
  }

  open(_group: number, rank: number): void {
    const { starts, places } = this.#ranked
    this.#at = (starts[rank] ?? 0) - 1
    this.#end = starts[rank + 1] ?? 0
    this.#sorter.sort(places, this.#at + 1, this.#end)
  }

  next(): boolean {
    if (++this.#at >= this.#end) return false
    this.value = this.#table.values[this.#ranked.places[this.#at] ?? 0] ?? 0
    return true
  }

  writeTo(key: Uint8Array, at: number): number {
    const entry = this.#ranked.places[this.#at] ?? 0
    const { arena, starts } = this.#table
    const end = starts[entry + 1] ?? 0
    let length = at
    for (let i = (starts[entry] ?? 0) + GROUP_BYTES; i < end; i++) key[length++] = arena[i] ?? 0
    return length
  }
}
