import { ABSENT, ESCAPED, JSON_VALUE, type LogRecord, PLAIN } from '../record.ts'
import { ByteSink, ByteSource, Literal } from './byte-sink.ts'
import { hasBackslash, putUnescaped } from './json-escape.ts'
import { putJsonValue, putString, QUOTE_COLON, QUOTE_COMMA } from './json-text.ts'
import type { RecordSources } from './record-sources.ts'

const QUOTE = new Literal('"')
const COMMA = new Literal(',')
const OPEN = new Literal('{')
const CLOSE = new Literal('}')
const NULL = new Literal('null,')
/** Up to so many names each is compared with each; above they are looked up as strings. */
const FEW = 24
const FIRST_NAMES_BYTES = 1_024

/** Writes the attributes of a record as a JSON object. Of attributes of the same name the last one stays. */
export class AttributeObject {
  readonly #sources: RecordSources
  /** Names that had escapes, as the texts that they mean. */
  readonly #names = new ByteSink(FIRST_NAMES_BYTES)
  /** By attribute: where its name lies, unescaped. */
  readonly #nameSource: ByteSource[] = []
  readonly #nameKind: (number | undefined)[] = []
  readonly #nameFrom: number[] = []
  readonly #nameTo: number[] = []
  /** Length and three bytes of each name: what differs in it need not be compared. */
  readonly #sketch: number[] = []
  readonly #isReplaced: boolean[] = []

  constructor(sources: RecordSources) {
    this.#sources = sources
  }

  /** Puts the object; the room is reserved here. */
  put(sink: ByteSink, record: LogRecord): void {
    this.#findNames(record)
    if (record.attributes <= FEW) this.#replaceOfFew(record.attributes)
    else this.#replaceOfMany(record.attributes)
    OPEN.put(sink)
    for (let i = 0; i < record.attributes; i++) {
      if (this.#isReplaced[i] === true) continue
      const from = this.#nameFrom[i] ?? 0
      const to = this.#nameTo[i] ?? 0
      putString(sink, QUOTE, this.#nameOf(i), from, to, this.#nameKind[i], QUOTE_COLON)
      this.#putValue(sink, record, i)
    }
    // Behind the last value there is a comma, if there is a value.
    if (record.attributes > 0) sink.length--
    CLOSE.put(sink)
  }

  #nameOf(i: number): ByteSource {
    return this.#nameSource[i] ?? this.#sources.at(0)
  }

  #putValue(sink: ByteSink, record: LogRecord, i: number): void {
    const source = this.#sources.at(record.valueSource[i])
    const from = record.valueFrom[i] ?? 0
    const to = record.valueTo[i] ?? 0
    const kind = record.valueKind[i]
    if (kind === ABSENT || (kind === JSON_VALUE && from >= to)) {
      NULL.put(sink)
    } else if (kind === JSON_VALUE) {
      putJsonValue(sink, source, from, to)
      COMMA.put(sink)
    } else {
      putString(sink, QUOTE, source, from, to, kind, QUOTE_COMMA)
    }
  }

  #findNames(record: LogRecord): void {
    this.#names.length = 0
    let hasEscapes = false
    for (let i = 0; i < record.attributes; i++) {
      const source = this.#sources.at(record.nameSource[i])
      const from = record.nameFrom[i] ?? 0
      const to = record.nameTo[i] ?? 0
      this.#isReplaced[i] = false
      this.#nameSource[i] = source
      this.#nameKind[i] = record.nameKind[i]
      this.#nameFrom[i] = from
      this.#nameTo[i] = to
      if (record.nameKind[i] === ESCAPED && hasBackslash(source, from, to)) hasEscapes = true
      else this.#sketch[i] = sketch(source.bytes, from, to)
    }
    if (hasEscapes) this.#unescapeNames(record)
  }

  #unescapeNames(record: LogRecord): void {
    let length = 0
    for (let i = 0; i < record.attributes; i++) {
      length += (record.nameTo[i] ?? 0) - (record.nameFrom[i] ?? 0)
    }
    this.#names.reserve(length)
    const unescaped = new ByteSource(this.#names.bytes)
    for (let i = 0; i < record.attributes; i++) {
      const from = record.nameFrom[i] ?? 0
      const to = record.nameTo[i] ?? 0
      const source = this.#nameOf(i)
      if (record.nameKind[i] !== ESCAPED || !hasBackslash(source, from, to)) continue
      this.#nameSource[i] = unescaped
      this.#nameKind[i] = PLAIN
      this.#nameFrom[i] = this.#names.length
      putUnescaped(this.#names, source, from, to)
      this.#nameTo[i] = this.#names.length
      this.#sketch[i] = sketch(unescaped.bytes, this.#nameFrom[i] ?? 0, this.#names.length)
    }
  }

  #replaceOfFew(count: number): void {
    const sketches = this.#sketch
    for (let i = 1; i < count; i++) {
      for (let k = 0; k < i; k++) {
        if (sketches[k] === sketches[i] && this.#sameName(k, i)) this.#isReplaced[k] = true
      }
    }
  }

  #sameName(a: number, b: number): boolean {
    const bytes = this.#nameOf(a).bytes
    const from = this.#nameFrom[b] ?? 0
    const to = this.#nameTo[b] ?? 0
    return this.#nameOf(b).bytes.compare(bytes, this.#nameFrom[a], this.#nameTo[a], from, to) === 0
  }

  #replaceOfMany(count: number): void {
    const last = new Map<string, number>()
    for (let i = 0; i < count; i++) {
      const name = this.#nameOf(i).bytes.toString('latin1', this.#nameFrom[i], this.#nameTo[i])
      const before = last.get(name)
      if (before !== undefined) this.#isReplaced[before] = true
      last.set(name, i)
    }
  }
}

function sketch(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from
  const first = bytes[from] ?? 0
  const middle = bytes[from + (length >> 1)] ?? 0
  const last = bytes[to - 1] ?? 0
  return ((length & 0x7f) << 24) | (first << 16) | (middle << 8) | last
}
