import type { Entries } from './entries.ts'
import type { KeyTable } from './key-table.ts'
import type { MemorySection } from './memory-section.ts'
import { WordSorter } from './sort-by-words.ts'

/** The groups of a table in the order of their keys, and the other way round. */
export interface GroupOrder {
  readonly groups: Int32Array
  /** The rank of each group. */
  readonly rankOf: Int32Array
}

export function orderGroups(table: KeyTable): GroupOrder {
  const groups = new Int32Array(table.size)
  for (let group = 0; group < groups.length; group++) groups[group] = group
  const sorter = new WordSorter({ word: (group, depth) => table.word(group, 4 * depth) })
  sorter.sort(groups, 0, groups.length)
  const rankOf = new Int32Array(groups.length)
  for (let rank = 0; rank < groups.length; rank++) rankOf[groups[rank] ?? 0] = rank
  return { groups, rankOf }
}

/** What is in memory, in order. The tables are not changed while it is read. */
export class MemoryEntries implements Entries {
  readonly key: Uint8Array
  keyLength = 0
  groupLength = 0
  readonly slots: Float64Array
  value = 0
  readonly #table: KeyTable
  readonly #order: GroupOrder
  readonly #sections: readonly MemorySection[]
  #rank = -1
  /** The section that is read; from 0. */
  #section: number

  constructor(
    table: KeyTable,
    order: GroupOrder,
    {
      sections,
      maxKeyBytes,
    }: {
      readonly sections: readonly MemorySection[]
      /** Of a group's key, a section and a value. */
      readonly maxKeyBytes: number
    },
  ) {
    this.key = new Uint8Array(maxKeyBytes)
    this.slots = new Float64Array(table.width)
    this.#table = table
    this.#order = order
    this.#sections = sections
    this.#section = sections.length
  }

  next(): boolean {
    for (; this.#section < this.#sections.length; ) {
      const section = this.#sections[this.#section]
      if (section?.next() === true) {
        this.key[this.groupLength] = this.#section + 1
        this.keyLength = section.writeTo(this.key, this.groupLength + 1)
        this.value = section.value
        return true
      }
      this.#section++
      this.#openSection()
    }
    return this.#nextGroup()
  }

  #nextGroup(): boolean {
    const { arena, starts, values, width } = this.#table
    if (++this.#rank >= this.#order.groups.length) return false
    const group = this.#order.groups[this.#rank] ?? 0
    const start = starts[group] ?? 0
    const length = (starts[group + 1] ?? 0) - start
    for (let i = 0; i < length; i++) this.key[i] = arena[start + i] ?? 0
    this.groupLength = length
    this.keyLength = length
    for (let i = 0; i < width; i++) this.slots[i] = values[group * width + i] ?? 0
    this.#section = 0
    this.#openSection()
    return true
  }

  #openSection(): void {
    this.#sections[this.#section]?.open(this.#order.groups[this.#rank] ?? 0, this.#rank)
  }
}
