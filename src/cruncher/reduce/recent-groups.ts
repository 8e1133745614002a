import { ABSENT, type LogRecord } from '../record.ts'
import { AttributeFinder } from './attribute-finder.ts'
import { ATTRIBUTE, type Field, FORMAT, LEVEL, NUMBER, ROUTE, TEXT } from './field.ts'
import { bucketOf } from './key-writer.ts'
import { RecentTexts } from './recent-texts.ts'

const PLACES = 8_192
/** After so many records it is seen whether looking here is worth it: half of them must be found. */
const TRIAL = 16_384
const MAX_FORMATS = 65_536
const NOTHING = new Uint8Array(0)

/** Of texts: missing, and too long to be kept. */
const MISSING = -1
const UNKNOWN = 0

/**
 * Groups that were found lately, by numbers for the values of their fields: most records then need no
 * key. A place holds one group, and what it holds is compared, so a wrong group is never given; groups
 * that are not found here are found in their table.
 */
export class RecentGroups {
  readonly #fields: readonly Field[]
  readonly #texts: readonly RecentTexts[]
  readonly #finder = new AttributeFinder()
  readonly #numbers: Float64Array
  readonly #groups = new Int32Array(PLACES).fill(-1)
  readonly #wanted: Float64Array
  #place = -1
  #sought = 0
  #found = 0
  #isWorthIt = true
  readonly #formats = new Map<string, number>()
  #lastFormat = ''
  #lastFormatNumber = 0

  constructor(fields: readonly Field[]) {
    this.#fields = fields
    this.#texts = fields.map(() => new RecentTexts())
    this.#numbers = new Float64Array(PLACES * fields.length)
    this.#wanted = new Float64Array(fields.length)
  }

  /** The group of a record; -1: it is not known here. */
  find(record: LogRecord): number {
    this.#place = -1
    if (!this.#isWorthIt) return -1
    if (++this.#sought === TRIAL) this.#judge()
    const fields = this.#fields
    const wanted = this.#wanted
    let hash = 0
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]
      if (field === undefined) break
      const number = this.#numberOf(record, field, i)
      if (number === UNKNOWN && (field.kind === TEXT || field.kind === ATTRIBUTE)) return -1
      wanted[i] = number
      hash = Math.imul(hash ^ number, 0x2c1b3c6d)
      hash ^= hash >>> 15
    }
    const place = (hash ^ (hash >>> 12)) & (PLACES - 1)
    this.#place = place
    for (let i = 0, at = place * fields.length; i < fields.length; i++, at++) {
      const number = wanted[i] ?? 0
      const known = this.#numbers[at] ?? 0
      if (number !== known && !(Number.isNaN(number) && Number.isNaN(known))) return -1
    }
    const group = this.#groups[place] ?? -1
    if (group >= 0) this.#found++
    return group
  }

  /** Keeps the group of the record that was just sought and not found. */
  keep(group: number): void {
    if (this.#place < 0) return
    const { length } = this.#fields
    const from = this.#place * length
    for (let i = 0; i < length; i++) this.#numbers[from + i] = this.#wanted[i] ?? 0
    this.#groups[this.#place] = group
  }

  /** Forgets all groups: their numbers mean others now. */
  clear(): void {
    this.#groups.fill(-1)
  }

  /** Tries again whether looking here is worth it. */
  tryAgain(): void {
    this.#isWorthIt = true
    this.#sought = 0
    this.#found = 0
  }

  #judge(): void {
    this.#isWorthIt = 2 * this.#found >= this.#sought
    this.#sought = 0
    this.#found = 0
  }

  #numberOf(record: LogRecord, field: Field, at: number): number {
    switch (field.kind) {
      case NUMBER:
        return record.numbers[field.index] ?? Number.NaN
      case LEVEL:
        return record.level
      case ROUTE:
        return record.route
      case FORMAT:
        return this.#formatNumber(record.format)
      case TEXT:
        return this.#textNumber(record, field.index, at)
      case ATTRIBUTE:
        return this.#attributeNumber(record, field.attribute, at)
      default:
        return bucketOf(record.timeUs, field)
    }
  }

  #textNumber(record: LogRecord, index: number, at: number): number {
    const kind = record.kind[index] ?? ABSENT
    if (kind === ABSENT) return MISSING
    const source = record.buffers[record.source[index] ?? 0] ?? NOTHING
    const from = record.from[index] ?? 0
    return this.#texts[at]?.numberOf(source, from, record.to[index] ?? 0, kind) ?? UNKNOWN
  }

  #attributeNumber(record: LogRecord, name: Uint8Array, at: number): number {
    const found = this.#finder.find(record, name)
    if (found < 0) return MISSING
    const kind = record.valueKind[found] ?? ABSENT
    const source = record.buffers[record.valueSource[found] ?? 0] ?? NOTHING
    const from = record.valueFrom[found] ?? 0
    return this.#texts[at]?.numberOf(source, from, record.valueTo[found] ?? 0, kind) ?? UNKNOWN
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
