import {
  ABSENT,
  CLIENT_IP,
  ESCAPED,
  LEVELS,
  type LogRecord,
  MESSAGE,
  PATH,
  SERVICE,
} from '../record.ts'
import { ATTRIBUTE_BYTES, AttributeObject } from './attribute-object.ts'
import { ByteSink, ByteSource, Literal } from './byte-sink.ts'
import type { CsvFields } from './csv-field.ts'
import { INFERRED_COMBINATIONS, inferredText } from './inferred.ts'
import { hasBackslash, putUnescaped } from './json-escape.ts'
import { JSON_GROWTH } from './json-text.ts'
import { NumberFields } from './number-fields.ts'
import { MOST_NUMBER_BYTES, putNumber } from './number-text.ts'
import { RecordSources, textBytes } from './record-sources.ts'
import type { RowEncoder, RowTexts } from './row-encoder.ts'
import { TIME_BYTES, TimeText } from './time-text.ts'

const NEWLINE = 0x0a
const FIRST_SCRATCH_BYTES = 16_384
/** Separators, quotes, a time, the numbers, a level, what was inferred. */
const FIXED_BYTES = 150 + TIME_BYTES + 5 * MOST_NUMBER_BYTES

/**
 * Records as CSV in the manner of RFC 4180, with any separator and `\n` behind each row; what is absent
 * is empty and without quotes.
 */
export class CsvRows implements RowEncoder {
  readonly #sources = new RecordSources()
  readonly #numbers = new NumberFields()
  readonly #attributes = new AttributeObject(this.#sources)
  readonly #time = new TimeText()
  readonly #texts: RowTexts
  readonly #fields: CsvFields
  readonly #sourceFile: Literal
  readonly #levels: readonly Literal[]
  readonly #inferred: readonly Literal[]
  readonly #formats = new Map<string, Literal>()
  readonly #routes: Literal[] = []
  #scratch = new ByteSink(FIRST_SCRATCH_BYTES)
  #scratchSource = new ByteSource(this.#scratch.bytes)

  constructor(texts: RowTexts, fields: CsvFields) {
    this.#texts = texts
    this.#fields = fields
    this.#sourceFile = fields.literal(texts.sourceFile)
    this.#levels = LEVELS.map(level => fields.literal(level))
    this.#inferred = Array.from({ length: INFERRED_COMBINATIONS }, (_, bits) =>
      fields.literal(inferredText(bits)),
    )
  }

  mostBytes(record: LogRecord): number {
    // Attributes are written as JSON first, whose bytes may all be quotes that are doubled.
    const attributes = ATTRIBUTE_BYTES * record.attributes
    return (
      FIXED_BYTES +
      2 * (JSON_GROWTH * textBytes(record) + attributes) +
      this.#sourceFile.length +
      this.#formatOf(record.format).length +
      (record.route < 0 ? 0 : this.#routeOf(record.route).length)
    )
  }

  put(sink: ByteSink, record: LogRecord): void {
    const { separator } = this.#fields
    this.#sources.load(record)
    this.#numbers.load(record)
    const { timeUs, utcOffset, status, durationMs, bytes } = this.#numbers
    if (!Number.isNaN(timeUs)) this.#time.put(sink, timeUs)
    sink.putByte(separator)
    this.#putNumber(sink, utcOffset)
    this.#inferred[record.inferred]?.put(sink)
    sink.putByte(separator)
    this.#levels[record.level]?.put(sink)
    sink.putByte(separator)
    for (let field = SERVICE; field <= PATH; field++) this.#putField(sink, record, field)
    if (record.route >= 0) this.#routeOf(record.route).put(sink)
    sink.putByte(separator)
    this.#putNumber(sink, status)
    this.#putNumber(sink, durationMs)
    this.#putNumber(sink, bytes)
    for (let field = CLIENT_IP; field <= MESSAGE; field++) this.#putField(sink, record, field)
    if (record.attributes > 0) this.#putAttributes(sink, record)
    sink.putByte(separator)
    this.#formatOf(record.format).put(sink)
    sink.putByte(separator)
    this.#sourceFile.put(sink)
    sink.putByte(separator)
    putNumber(sink, record.lineNumber)
    sink.putByte(NEWLINE)
  }

  #putNumber(sink: ByteSink, value: number): void {
    if (!Number.isNaN(value)) putNumber(sink, value)
    sink.putByte(this.#fields.separator)
  }

  #putField(sink: ByteSink, record: LogRecord, field: number): void {
    const kind = record.kind[field]
    if (kind !== ABSENT) {
      const source = this.#sources.at(record.source[field])
      const from = record.from[field] ?? 0
      const to = record.to[field] ?? 0
      if (kind === ESCAPED && hasBackslash(source, from, to)) {
        this.#clearScratch(to - from)
        putUnescaped(this.#scratch, source, from, to)
        this.#fields.put(sink, this.#scratchSource, 0, this.#scratch.length)
      } else {
        this.#fields.put(sink, source, from, to)
      }
    }
    sink.putByte(this.#fields.separator)
  }

  #putAttributes(sink: ByteSink, record: LogRecord): void {
    this.#clearScratch(JSON_GROWTH * textBytes(record) + ATTRIBUTE_BYTES * record.attributes + 2)
    this.#attributes.put(this.#scratch, record)
    this.#fields.put(sink, this.#scratchSource, 0, this.#scratch.length)
  }

  #clearScratch(size: number): void {
    this.#scratch.length = 0
    if (size <= this.#scratch.room) return
    this.#scratch = new ByteSink(size)
    this.#scratchSource = new ByteSource(this.#scratch.bytes)
  }

  #formatOf(format: string): Literal {
    let known = this.#formats.get(format)
    if (known === undefined) {
      known = this.#fields.literal(format)
      this.#formats.set(format, known)
    }
    return known
  }

  #routeOf(route: number): Literal {
    let known = this.#routes[route]
    if (known === undefined) {
      known = this.#fields.literal(this.#texts.routeName(route))
      this.#routes[route] = known
    }
    return known
  }
}
