import {
  ABSENT,
  CLIENT_IP,
  ESCAPED,
  LEVELS,
  type LogRecord,
  MESSAGE,
  HTTP_HOST,
  SERVICE,
} from '../record.ts'
import { AttributeObject } from './attribute-object.ts'
import { type ByteSink, Literal } from './byte-sink.ts'
import type { CsvFields } from './csv-field.ts'
import { INFERRED_COMBINATIONS, inferredText } from './inferred.ts'
import { hasBackslash, putUnescaped } from './json-escape.ts'
import { NumberFields } from './number-fields.ts'
import { putNumber } from './number-text.ts'
import { RecordSources } from './record-sources.ts'
import { Scratch } from './scratch.ts'
import type { RowEncoder, RowTexts } from './row-encoder.ts'
import { TimeText } from './time-text.ts'

const END_OF_ROW = new Literal('\n')
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
  readonly #scratch = new Scratch()

  constructor(texts: RowTexts, fields: CsvFields) {
    this.#texts = texts
    this.#fields = fields
    this.#sourceFile = fields.literal(texts.sourceFile)
    this.#levels = LEVELS.map(level => fields.literal(level))
    this.#inferred = Array.from({ length: INFERRED_COMBINATIONS }, (_, bits) =>
      fields.literal(inferredText(bits)),
    )
  }

  put(sink: ByteSink, record: LogRecord): void {
    const { separator } = this.#fields
    this.#sources.load(record)
    this.#numbers.load(record)
    const { timeUs, utcOffset, status, durationMs, bytes } = this.#numbers
    if (!Number.isNaN(timeUs)) this.#time.put(sink, timeUs)
    separator.put(sink)
    this.#putNumber(sink, utcOffset)
    this.#inferred[record.inferred]?.put(sink)
    separator.put(sink)
    this.#levels[record.level]?.put(sink)
    separator.put(sink)
    for (let field = SERVICE; field <= HTTP_HOST; field++) this.#putField(sink, record, field)
    if (record.route >= 0) this.#routeOf(record.route).put(sink)
    separator.put(sink)
    this.#putNumber(sink, status)
    this.#putNumber(sink, durationMs)
    this.#putNumber(sink, bytes)
    for (let field = CLIENT_IP; field <= MESSAGE; field++) this.#putField(sink, record, field)
    if (record.attributes > 0) this.#putAttributes(sink, record)
    separator.put(sink)
    this.#formatOf(record.format).put(sink)
    separator.put(sink)
    this.#sourceFile.put(sink)
    separator.put(sink)
    putNumber(sink, record.lineNumber)
    END_OF_ROW.put(sink)
  }

  #putNumber(sink: ByteSink, value: number): void {
    if (!Number.isNaN(value)) putNumber(sink, value)
    this.#fields.separator.put(sink)
  }

  #putField(sink: ByteSink, record: LogRecord, field: number): void {
    const kind = record.kind[field]
    if (kind !== ABSENT) {
      const source = this.#sources.at(record.source[field])
      const from = record.from[field] ?? 0
      const to = record.to[field] ?? 0
      if (kind === ESCAPED && hasBackslash(source, from, to)) {
        const text = this.#scratch.clear()
        putUnescaped(text, source, from, to)
        this.#fields.put(sink, this.#scratch.source, 0, text.length)
      } else {
        this.#fields.put(sink, source, from, to)
      }
    }
    this.#fields.separator.put(sink)
  }

  #putAttributes(sink: ByteSink, record: LogRecord): void {
    const text = this.#scratch.clear()
    this.#attributes.put(text, record)
    this.#fields.put(sink, this.#scratch.source, 0, text.length)
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
