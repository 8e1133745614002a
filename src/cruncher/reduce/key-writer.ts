import { ABSENT, ESCAPED, JSON_VALUE, LEVELS, type LogRecord } from '../record.ts'
import { AttributeFinder } from './attribute-finder.ts'
import { ATTRIBUTE, DATE, type Field, FORMAT, LEVEL, NUMBER, ROUTE, TEXT, TIME } from './field.ts'
import {
  cutLength,
  MAX_TEXT_BYTES,
  MAX_VALUE_BYTES,
  MISSING,
  NUMBER_BYTES,
  PRESENT,
  TEXT_END,
  writeSortable,
  ZERO_FOLLOWS,
} from './key-encoding.ts'
import { isTaken } from './measure-reader.ts'
import { unescapeJson } from './unescape-json.ts'

const BACKSLASH = 0x5c
const LETTER_N = 0x6e
const NULL_LENGTH = 4
const NOTHING = new Uint8Array(0)
/** Texts that come again and again, as they stand in keys, are kept: at most so many. */
const MAX_KEPT = 65_536

/** Where a bucket of time begins, in microseconds; NaN where the time is not known. */
export function bucketOf(timeUs: number, { bucketUs, originUs }: Field): number {
  return Math.floor((timeUs - originUs) / bucketUs) * bucketUs + originUs
}

/**
 * Makes keys of records, in one buffer, without a string or an object. Hot: 20 to 60 ns a key
 * (`docs/crunch-reduce.md`).
 */
export class KeyWriter {
  /** What was written, up to `length`. */
  readonly bytes: Uint8Array
  length = 0
  readonly #fields: readonly Field[]
  readonly #routeName: (route: number) => string | undefined
  readonly #routes: Uint8Array[] = []
  readonly #formats = new Map<string, Uint8Array>()
  readonly #finder = new AttributeFinder()
  readonly #unescaped = Buffer.alloc(MAX_TEXT_BYTES + 8)

  /** @param routeName asked once for each route; undefined: the route counts as missing */
  constructor(fields: readonly Field[], routeName: (route: number) => string | undefined) {
    this.#fields = fields
    this.#routeName = routeName
    // Four bytes more, for who writes a number before its key.
    this.bytes = new Uint8Array((fields.length + 1) * MAX_VALUE_BYTES + 4)
  }

  /** Writes the values of all fields. */
  write(record: LogRecord): void {
    this.length = 0
    const fields = this.#fields
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]
      if (field !== undefined) this.append(record, field)
    }
  }

  /** Appends the value of a field; false where it is missing. */
  append(record: LogRecord, field: Field): boolean {
    switch (field.kind) {
      case TEXT:
        return this.#appendField(record, field.index)
      case ATTRIBUTE:
        return this.#appendAttribute(record, field.attribute)
      case NUMBER:
        return this.#appendNumber(record.numbers[field.index] ?? Number.NaN)
      case LEVEL:
        return this.#appendLevel(record.level)
      case FORMAT:
        return this.#appendKept(this.#formatBytes(record.format))
      case ROUTE:
        return this.#appendKept(this.#routeBytes(record.route))
      case DATE:
      case TIME:
        return this.#appendNumber(bucketOf(record.timeUs, field))
      default:
        return field.kind satisfies never
    }
  }

  #appendMissing(): boolean {
    this.bytes[this.length++] = MISSING
    return false
  }

  #appendNumber(value: number): boolean {
    if (!isTaken(value)) return this.#appendMissing()
    this.bytes[this.length] = PRESENT
    writeSortable(value, this.bytes, this.length + 1)
    this.length += NUMBER_BYTES
    return true
  }

  #appendLevel(level: number): boolean {
    if (level <= 0 || level >= LEVELS.length) return this.#appendMissing()
    this.bytes[this.length++] = PRESENT
    this.bytes[this.length++] = level
    return true
  }

  #appendField(record: LogRecord, index: number): boolean {
    const kind = record.kind[index] ?? ABSENT
    if (kind === ABSENT) return this.#appendMissing()
    const source = record.buffers[record.source[index] ?? 0] ?? NOTHING
    return this.#appendText(source, record.from[index] ?? 0, record.to[index] ?? 0, kind)
  }

  #appendAttribute(record: LogRecord, name: Uint8Array): boolean {
    const at = this.#finder.find(record, name)
    if (at < 0) return this.#appendMissing()
    const kind = record.valueKind[at] ?? ABSENT
    const source = record.buffers[record.valueSource[at] ?? 0] ?? NOTHING
    const from = record.valueFrom[at] ?? 0
    const to = record.valueTo[at] ?? 0
    const isNull = kind === JSON_VALUE && to - from === NULL_LENGTH && source[from] === LETTER_N
    if (isNull) return this.#appendMissing()
    return this.#appendText(source, from, to, kind)
  }

  #appendText(source: Uint8Array, from: number, to: number, kind: number): boolean {
    if (kind === ESCAPED) {
      // No more than can be used: an escape is at most six times its text.
      const end = Math.min(to, from + 6 * MAX_TEXT_BYTES + 12)
      for (let at = from; at < end; at++) {
        if (source[at] !== BACKSLASH) continue
        const length = unescapeJson(source, from, to, this.#unescaped)
        return this.#appendPlain(this.#unescaped, 0, length)
      }
    }
    return this.#appendPlain(source, from, to)
  }

  #appendPlain(source: Uint8Array, from: number, to: number): boolean {
    const end = to - from > MAX_TEXT_BYTES ? from + cutLength(source, from, MAX_TEXT_BYTES) : to
    const bytes = this.bytes
    let length = this.length
    bytes[length++] = PRESENT
    for (let at = from; at < end; at++) {
      const byte = source[at] ?? 0
      bytes[length++] = byte
      if (byte === TEXT_END) bytes[length++] = ZERO_FOLLOWS
    }
    bytes[length++] = TEXT_END
    this.length = length
    return true
  }

  #appendKept(kept: Uint8Array): boolean {
    const bytes = this.bytes
    let length = this.length
    for (let at = 0; at < kept.length; at++) bytes[length++] = kept[at] ?? 0
    this.length = length
    return kept.length > 1
  }

  #routeBytes(route: number): Uint8Array {
    const kept = route >= 0 && route < this.#routes.length ? this.#routes[route] : undefined
    if (kept !== undefined && kept !== NOTHING) return kept
    const made = this.#encode(route < 0 ? undefined : this.#routeName(route))
    if (route >= 0 && route < MAX_KEPT) {
      while (this.#routes.length < route) this.#routes.push(NOTHING)
      this.#routes[route] = made
    }
    return made
  }

  #formatBytes(format: string): Uint8Array {
    const kept = this.#formats.get(format)
    if (kept !== undefined) return kept
    const made = this.#encode(format === '' ? undefined : format)
    if (this.#formats.size < MAX_KEPT) this.#formats.set(format, made)
    return made
  }

  /** A text as it stands in keys. What is being written stays. */
  #encode(text: string | undefined): Uint8Array {
    const before = this.length
    if (text === undefined) this.#appendMissing()
    else {
      const bytes = Buffer.from(text)
      this.#appendPlain(bytes, 0, bytes.length)
    }
    const made = this.bytes.slice(before, this.length)
    this.length = before
    return made
  }
}
