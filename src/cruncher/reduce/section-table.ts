import type { LogRecord } from '../record.ts'
import { BucketSection } from './bucket-section.ts'
import type { Field } from './field.ts'
import { registerOf } from './hyperloglog.ts'
import { KeyTable } from './key-table.ts'
import type { KeyWriter } from './key-writer.ts'
import { bucketOf } from './log-buckets.ts'
import type { MemoryMeter } from './memory-meter.ts'
import type { MemorySection } from './memory-section.ts'
import { PairTable } from './pair-table.ts'
import type { Plan, Section } from './plan.ts'
import { RegisterSection } from './register-section.ts'
import { RegisterTable } from './register-table.ts'
import { GROUP_BYTES, ValueSection, writeGroup } from './value-section.ts'

/** What the groups in memory have of one section, by the numbers of the groups. */
export interface SectionTable {
  /** Adds the record to a group's part. */
  add(record: LogRecord, group: number): void
  /** All of it in order. @param rankOf of each group, of as many as it is long */
  inOrder(rankOf: Int32Array): MemorySection
  clear(): void
}

interface Sources {
  readonly plan: Plan
  readonly writer: KeyWriter
  /** The measures of the record that is added. */
  readonly measures: Float64Array
  readonly memory: MemoryMeter
}

export function createSectionTable({ kind, at }: Section, sources: Sources): SectionTable {
  if (kind === 'buckets') return new BucketCounter(at, sources)
  const field = sources.plan.values[at]
  if (field === undefined) throw new Error('a section without a field')
  return kind === 'values' ? new ValueCounter(field, sources) : new RegisterCounter(field, sources)
}

class ValueCounter implements SectionTable {
  readonly #field: Field
  readonly #writer: KeyWriter
  readonly #table: KeyTable

  constructor(field: Field, { writer, memory }: Sources) {
    this.#field = field
    this.#writer = writer
    this.#table = new KeyTable(new Float64Array(1), memory)
  }

  add(record: LogRecord, group: number): void {
    const writer = this.#writer
    writer.length = GROUP_BYTES
    if (!writer.append(record, this.#field)) return
    writeGroup(group, writer.bytes)
    const entry = this.#table.find(writer.bytes, writer.length)
    this.#table.values[entry] = (this.#table.values[entry] ?? 0) + 1
  }

  inOrder(rankOf: Int32Array): MemorySection {
    return new ValueSection(this.#table, rankOf)
  }

  clear(): void {
    this.#table.clear()
  }
}

class RegisterCounter implements SectionTable {
  readonly #field: Field
  readonly #writer: KeyWriter
  readonly #table: RegisterTable

  constructor(field: Field, { writer, memory }: Sources) {
    this.#field = field
    this.#writer = writer
    this.#table = new RegisterTable(memory)
  }

  add(record: LogRecord, group: number): void {
    const writer = this.#writer
    writer.length = 0
    if (!writer.append(record, this.#field)) return
    const found = registerOf(writer.bytes, 0, writer.length)
    this.#table.add(group, found >>> 6, found & 63)
  }

  inOrder(rankOf: Int32Array): MemorySection {
    return new RegisterSection(this.#table, rankOf)
  }

  clear(): void {
    this.#table.clear()
  }
}

class BucketCounter implements SectionTable {
  readonly #measure: number
  readonly #measures: Float64Array
  readonly #table: PairTable

  constructor(measure: number, { measures, memory }: Sources) {
    this.#measure = measure
    this.#measures = measures
    this.#table = new PairTable(memory)
  }

  add(_record: LogRecord, group: number): void {
    const value = this.#measures[this.#measure] ?? Number.NaN
    if (Number.isNaN(value)) return
    const place = this.#table.place(group, bucketOf(value))
    this.#table.values[place] = (this.#table.values[place] ?? 0) + 1
  }

  inOrder(rankOf: Int32Array): MemorySection {
    return new BucketSection(this.#table, rankOf)
  }

  clear(): void {
    this.#table.clear()
  }
}
