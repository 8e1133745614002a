import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { rmSync } from 'node:fs'
import { temporaryName } from '../../core/temporary-name.ts'
import type { LogRecord } from '../record.ts'
import { encodePartial } from './encode-partial.ts'
import { addToSum } from './exact-sum.ts'
import { MAX_VALUE_BYTES } from './key-encoding.ts'
import { KeyTable } from './key-table.ts'
import { KeyWriter } from './key-writer.ts'
import { MeasureReader } from './measure-reader.ts'
import { MemoryEntries, orderGroups } from './memory-entries.ts'
import { MemoryMeter } from './memory-meter.ts'
import { combinePartials } from './merge-partials.ts'
import type { PartialCounts, PartialTotals } from './partial-format.ts'
import type { Slots } from './plan.ts'
import { RecentGroups } from './recent-groups.ts'
import type { Predicate, Reduction } from './reduction.ts'
import { writeRun } from './run-file.ts'
import { createSectionTable, type SectionTable } from './section-table.ts'
import { writeEntries } from './write-entries.ts'

/** Places in memory are numbers of 31 bits. */
const MOST_BYTES = 2 ** 30

export interface ReducerOptions {
  /** For what is put out of memory; it is made when it is needed. */
  readonly directory: string
  /** What the groups may take before they are put out of memory; at most 1 GiB of it is used. */
  readonly maxBytes: number
  /** The name of a route by its number; the same for as long as the reducer lives. */
  readonly routeName: (route: number) => string | undefined
}

/**
 * Aggregates records, one after the other, in bounded memory. Groups are in a table of bytes and
 * numbers; when that is `maxBytes` large, it is written as a file in the order of keys (a run, of the
 * same format as partial results), and begun again.
 */
export class Reducer {
  readonly #reduction: Reduction
  readonly #options: ReducerOptions
  readonly #maxBytes: number
  readonly #where: Predicate | undefined
  readonly #slots: Slots
  readonly #memory = new MemoryMeter()
  readonly #writer: KeyWriter
  readonly #groups: KeyTable
  readonly #recent: RecentGroups
  readonly #measures: MeasureReader | undefined
  readonly #sections: readonly SectionTable[]
  #records = 0
  #filtered = 0
  #runs: string[] = []

  constructor(reduction: Reduction, options: ReducerOptions) {
    const { plan } = reduction
    this.#reduction = reduction
    this.#options = options
    this.#maxBytes = Math.min(options.maxBytes, MOST_BYTES)
    this.#where = reduction.where
    this.#slots = plan.slots
    this.#writer = new KeyWriter(plan.dimensions, options.routeName)
    this.#groups = new KeyTable(plan.slots.initial, this.#memory)
    this.#recent = new RecentGroups(plan.dimensions)
    const measures = new MeasureReader(plan.measures)
    this.#measures = plan.measures.length > 0 ? measures : undefined
    this.#sections = plan.sections.map(section =>
      createSectionTable(section, {
        plan,
        writer: this.#writer,
        measures: measures.values,
        memory: this.#memory,
      }),
    )
  }

  /** What came since the last partial result. */
  get counts(): PartialCounts {
    return { records: this.#records, filtered: this.#filtered }
  }

  /**
   * Takes a record; nothing of it is kept. Hot: see `docs/crunch-reduce.md` for what it costs.
   * @throws FerryError LOCAL_IO, DENIED when groups have to be written and cannot
   */
  add(record: LogRecord): void {
    this.#records++
    const where = this.#where
    if (where !== undefined && !where(record)) {
      this.#filtered++
      return
    }
    const group = this.#groupOf(record)
    const { values, width } = this.#groups
    const count = group * width
    values[count] = (values[count] ?? 0) + 1
    if (this.#measures !== undefined) {
      this.#measures.read(record)
      this.#addMeasures(values, count, this.#measures.values)
    }
    for (let i = 0; i < this.#sections.length; i++) this.#sections[i]?.add(record, group)
    if (this.#memory.used > this.#maxBytes) this.#spill()
  }

  /**
   * Writes what came since the last partial result as a file, and begins anew. The same records make
   * the same bytes, in whatever order they came. Where it fails there is no file, and nothing is lost.
   * @throws FerryError LOCAL_IO, DENIED; the signal's reason
   */
  async writePartial(path: string, signal?: AbortSignal): Promise<PartialTotals> {
    const totals = await this.#writePartial(path, signal)
    this.#clear()
    this.#recent.tryAgain()
    this.#records = 0
    this.#filtered = 0
    const runs = this.#runs
    this.#runs = []
    for (const run of runs) await rm(run, { force: true })
    return totals
  }

  /** Forgets all that came, and removes what was put out of memory. */
  [Symbol.dispose](): void {
    this.#clear()
    for (const run of this.#runs) rmSync(run, { force: true })
    this.#runs = []
  }

  #groupOf(record: LogRecord): number {
    const known = this.#recent.find(record)
    if (known >= 0) return known
    this.#writer.write(record)
    const group = this.#groups.find(this.#writer.bytes, this.#writer.length)
    this.#recent.keep(group)
    return group
  }

  #addMeasures(values: Float64Array, group: number, measures: Float64Array): void {
    const { sums, extremes } = this.#slots
    for (let i = 0; i < sums.length; i++) {
      const sum = sums[i]
      if (sum === undefined) break
      const value = measures[sum.measure] ?? Number.NaN
      if (!Number.isNaN(value)) addToSum(values, group + sum.slot, value)
    }
    for (let i = 0; i < extremes.length; i++) {
      const extreme = extremes[i]
      if (extreme === undefined) break
      const value = measures[extreme.measure] ?? Number.NaN
      const at = group + extreme.slot
      const known = values[at] ?? Number.NaN
      if (Number.isNaN(known) || (extreme.isMax ? value > known : value < known)) values[at] = value
    }
  }

  #inOrder(): MemoryEntries {
    const order = orderGroups(this.#groups)
    const sections = this.#sections.map(section => section.inOrder(order.rankOf))
    const maxKeyBytes = (this.#reduction.plan.dimensions.length + 1) * MAX_VALUE_BYTES + 1
    return new MemoryEntries(this.#groups, order, { sections, maxKeyBytes })
  }

  #spill(): void {
    const { name, head } = this.#reduction
    const run = temporaryName(join(this.#options.directory, `${name}.run`))
    writeRun(run, encodePartial(head, this.#inOrder(), this.#groups.width, NO_COUNTS))
    this.#runs.push(run)
    this.#clear()
  }

  #clear(): void {
    this.#groups.clear()
    this.#recent.clear()
    for (const section of this.#sections) section.clear()
  }

  async #writePartial(path: string, signal: AbortSignal | undefined): Promise<PartialTotals> {
    const reduction = this.#reduction
    const { counts } = this
    if (this.#runs.length === 0) {
      return writeEntries(path, { reduction, entries: this.#inOrder(), counts }, signal)
    }
    if (this.#groups.size > 0) this.#spill()
    const { directory } = this.#options
    return combinePartials(reduction, this.#runs, path, { directory, signal, counts })
  }
}

/** Runs do not count records: their reducer does. */
const NO_COUNTS: PartialCounts = { records: 0, filtered: 0 }
