import { wordToBucket } from './entries.ts'
import type { Field } from './field.ts'
import { RankCounts } from './hyperloglog.ts'
import { KeyReader } from './key-reader.ts'
import { BucketCounts } from './log-buckets.ts'
import type { Cell, Plan, Section } from './plan.ts'

/** What the parts of one group and one section come to. */
export interface SectionParts {
  clear(): void
  /** Takes the next part: what tells it apart stands in `key`. Parts come in order. */
  add(key: Uint8Array, from: number, to: number, value: number): void
  value(cell: Cell): string | number | null
}

/** Registers of HyperLogLog. */
export class RankParts implements SectionParts {
  readonly #counts = new RankCounts()

  clear(): void {
    this.#counts.clear()
  }

  add(_key: Uint8Array, _from: number, _to: number, rank: number): void {
    this.#counts.add(rank)
  }

  value(): number {
    return this.#counts.estimate()
  }
}

/** Buckets of quantiles. */
export class BucketParts implements SectionParts {
  readonly #counts = new BucketCounts()

  clear(): void {
    this.#counts.clear()
  }

  add(key: Uint8Array, from: number, _to: number, count: number): void {
    const high = ((key[from] ?? 0) << 8) | (key[from + 1] ?? 0)
    const low = ((key[from + 2] ?? 0) << 8) | (key[from + 3] ?? 0)
    this.#counts.add(wordToBucket((high << 16) | low), count)
  }

  value(cell: Cell): number | null {
    return cell.of === 'quantile' ? this.#counts.quantile(cell.quantile) : null
  }
}

interface Frequent {
  readonly count: number
  readonly value: Uint8Array
}

/** Values: how many, and which come most often. */
export class ValueParts implements SectionParts {
  readonly #fields: readonly Field[]
  readonly #reader = new KeyReader()
  /** How many of the most frequent are wanted; they are kept in order. */
  readonly #wanted: number
  #top: Frequent[] = []
  #distinct = 0

  constructor(plan: Plan, section: Section, number: number) {
    const field = plan.values[section.at]
    this.#fields = field === undefined ? [] : [field]
    this.#wanted = Math.max(
      0,
      ...plan.columns.map(({ cell }) =>
        cell.of === 'top' && cell.section === number ? cell.count : 0,
      ),
    )
  }

  clear(): void {
    this.#top = []
    this.#distinct = 0
  }

  add(key: Uint8Array, from: number, to: number, count: number): void {
    this.#distinct++
    const last = this.#top[this.#wanted - 1]
    if (this.#wanted === 0 || (last !== undefined && last.count >= count)) return
    // Values come in order, so of two that are as frequent the first stays before the second.
    let at = this.#top.length
    while (at > 0 && (this.#top[at - 1]?.count ?? 0) < count) at--
    this.#top.splice(at, 0, { count, value: key.slice(from, to) })
    if (this.#top.length > this.#wanted) this.#top.pop()
  }

  value(cell: Cell): string | number | null {
    if (cell.of === 'distinct') return this.#distinct
    if (cell.of !== 'top') return null
    const top = this.#top.map(({ count, value: bytes }) => {
      const [value] = this.#reader.read(bytes, 0, bytes.length, this.#fields)
      return { value, count }
    })
    return JSON.stringify(top)
  }
}
