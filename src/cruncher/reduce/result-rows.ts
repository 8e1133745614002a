import type { Entries } from './entries.ts'
import { meanOf, sumText } from './exact-sum.ts'
import { KeyReader } from './key-reader.ts'
import type { Cell, Plan } from './plan.ts'
import type { Reduction } from './reduction.ts'
import { BucketParts, RankParts, type SectionParts, ValueParts } from './section-parts.ts'

/** A value as its column's type says. */
export type ResultValue = string | number | null
/** In the order of the reduction's columns. */
export type ResultRow = readonly ResultValue[]

/** Makes a row of each group, from entries in order. */
export class RowBuilder {
  readonly #plan: Plan
  readonly #reader = new KeyReader()
  readonly #parts: readonly SectionParts[]
  #isGroup = false
  #dimensions: readonly ResultValue[] = []
  readonly #slots: Float64Array

  constructor({ plan }: Reduction) {
    this.#plan = plan
    this.#slots = new Float64Array(plan.slots.initial.length)
    this.#parts = plan.sections.map((section, number) => {
      if (section.kind === 'registers') return new RankParts()
      if (section.kind === 'buckets') return new BucketParts()
      return new ValueParts(plan, section, number)
    })
  }

  /** Takes an entry. Where it begins a group, the row of the group before is complete, and returned. */
  take(entries: Entries): ResultRow | undefined {
    const { key, keyLength, groupLength } = entries
    if (keyLength > groupLength) {
      const section = (key[groupLength] ?? 0) - 1
      this.#parts[section]?.add(key, groupLength + 1, keyLength, entries.value)
      return undefined
    }
    const row = this.finish()
    this.#isGroup = true
    this.#dimensions = this.#reader.read(key, 0, keyLength, this.#plan.dimensions)
    this.#slots.set(entries.slots)
    for (const parts of this.#parts) parts.clear()
    return row
  }

  /** The row of the last group. */
  finish(): ResultRow | undefined {
    return this.#isGroup ? this.#plan.columns.map(({ cell }) => this.#value(cell)) : undefined
  }

  #value(cell: Cell): ResultValue {
    switch (cell.of) {
      case 'dimension':
        return this.#dimensions[cell.at] ?? null
      case 'count':
        return this.#slots[0] ?? 0
      case 'sum':
        return sumText(this.#slots, cell.slot)
      case 'mean':
        return meanOf(this.#slots, cell.slot)
      case 'extreme': {
        const value = this.#slots[cell.slot] ?? Number.NaN
        return Number.isNaN(value) ? null : value
      }
      default:
        return this.#parts[cell.section]?.value(cell) ?? null
    }
  }
}
