import type { LogRecord } from '../record.ts'
import { type Field, FORMAT, LEVEL, NUMBER, ROUTE } from './field.ts'
import { bucketOf } from './key-writer.ts'

const PLACES = 4_096
const MAX_FORMATS = 65_536

/**
 * Groups that were found lately, by the numbers of their fields, where all fields are numbers (a route, a
 * level, a bucket of time): most records then need no key. A place holds one group; what is in it is
 * compared, so a wrong group is never given.
 */
export class RecentGroups {
  readonly #fields: readonly Field[]
  readonly #numbers: Float64Array
  readonly #groups = new Int32Array(PLACES).fill(-1)
  readonly #wanted: Float64Array
  #place = 0
  readonly #formats = new Map<string, number>()
  #lastFormat = ''
  #lastFormatNumber = 0

  constructor(fields: readonly Field[]) {
    this.#fields = fields
    this.#numbers = new Float64Array(PLACES * fields.length)
    this.#wanted = new Float64Array(fields.length)
  }

  /** The group of a record; -1: not known. */
  find(record: LogRecord): number {
    const fields = this.#fields
    const wanted = this.#wanted
    let hash = 0
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]
      if (field === undefined) break
      const number = this.#numberOf(record, field)
      wanted[i] = number
      hash = Math.imul(hash ^ number, 0x2c1b3c6d)
      hash ^= hash >>> 15
    }
    this.#place = (hash ^ (hash >>> 12)) & (PLACES - 1)
    const from = this.#place * fields.length
    for (let i = 0; i < fields.length; i++) {
      const number = wanted[i] ?? 0
      const known = this.#numbers[from + i] ?? 0
      if (number !== known && !(Number.isNaN(number) && Number.isNaN(known))) return -1
    }
    return this.#groups[this.#place] ?? -1
  }

  /** Keeps the group of the record that was just sought. */
  keep(group: number): void {
    this.#numbers.set(this.#wanted, this.#place * this.#fields.length)
    this.#groups[this.#place] = group
  }

  clear(): void {
    this.#groups.fill(-1)
  }

  #numberOf(record: LogRecord, field: Field): number {
    switch (field.kind) {
      case NUMBER:
        return record.numbers[field.index] ?? Number.NaN
      case LEVEL:
        return record.level
      case ROUTE:
        return record.route
      case FORMAT:
        return this.#formatNumber(record.format)
      default:
        return bucketOf(record.timeUs, field)
    }
  }

  #formatNumber(format: string): number {
    if (format === this.#lastFormat) return this.#lastFormatNumber
    let number = this.#formats.get(format)
    if (number === undefined) {
      if (this.#formats.size === MAX_FORMATS) {
        this.#formats.clear()
        this.clear()
      }
      number = this.#formats.size + 1
      this.#formats.set(format, number)
    }
    this.#lastFormat = format
    this.#lastFormatNumber = number
    return number
  }
}
