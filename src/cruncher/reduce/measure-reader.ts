import { numberOf } from '../number.ts'
import { ESCAPED, type LogRecord } from '../record.ts'
import { AttributeFinder } from './attribute-finder.ts'
import { ATTRIBUTE, type Field, TIME } from './field.ts'

/** Longer texts are no numbers. */
const LONGEST = 40

/**
 * Beyond this a number is taken as missing: no byte count and no duration is as large, and sums of
 * 2^33 of them stay exact. NaN is beyond.
 */
const LARGEST = 1e18

export function isTaken(value: number): boolean {
  return value <= LARGEST && value >= -LARGEST
}

/** Reads the numbers of a record that are added up. */
export class MeasureReader {
  readonly #fields: readonly Field[]
  readonly #finder = new AttributeFinder()
  /** By field; NaN where the record has no number there. */
  readonly values: Float64Array

  constructor(fields: readonly Field[]) {
    this.#fields = fields
    this.values = new Float64Array(fields.length)
  }

  read(record: LogRecord): void {
    const fields = this.#fields
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]
      if (field === undefined) continue
      const value = this.#valueOf(record, field)
      // The two zeros are one: of two that are equal, which is first must not matter.
      this.values[i] = isTaken(value) ? value + 0 : Number.NaN
    }
  }

  #valueOf(record: LogRecord, field: Field): number {
    if (field.kind === TIME) return record.timeUs
    if (field.kind !== ATTRIBUTE) return record.numbers[field.index] ?? Number.NaN
    const at = this.#finder.find(record, field.attribute)
    if (at < 0) return Number.NaN
    if (record.valueKind[at] === ESCAPED) return this.#escaped(record, at)
    const bytes = record.buffers[record.valueSource[at] ?? 0]
    return bytes === undefined
      ? Number.NaN
      : numberOf(bytes, record.valueFrom[at] ?? 0, record.valueTo[at] ?? 0)
  }

  /** A number as a JSON string, `"12"`; escapes in it are as good as never. */
  #escaped(record: LogRecord, at: number): number {
    if (at < 0) return Number.NaN
    const from = record.valueFrom[at] ?? 0
    const to = record.valueTo[at] ?? 0
    if (to - from > 6 * LONGEST) return Number.NaN
    const text = Buffer.from(record.attributeText(at))
    return numberOf(text, 0, text.length)
  }
}
