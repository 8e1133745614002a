import {
  ABSENT,
  CLIENT_IP,
  ESCAPED,
  LEVELS,
  type LogRecord,
  MESSAGE,
  HTTP_HOST,
  SERVICE,
  TEXT_FIELDS,
} from '../../record.ts'
import { AttributeObject } from '../attribute-object.ts'
import { ByteSource } from '../byte-sink.ts'
import type { ColumnName } from '../columns.ts'
import { INFERRED_COMBINATIONS, inferredText } from '../inferred.ts'
import { hasBackslash, putUnescaped } from '../json-escape.ts'
import { NumberFields } from '../number-fields.ts'
import { RecordSources } from '../record-sources.ts'
import type { RowTexts } from '../row-encoder.ts'
import { Scratch } from '../scratch.ts'
import { TextColumn } from './text-column.ts'

const sourceOf = (text: string): ByteSource => new ByteSource(Buffer.from(text))
const LEVEL_TEXTS = LEVELS.map(sourceOf)
const INFERRED_TEXTS = Array.from({ length: INFERRED_COMBINATIONS }, (_, bits) =>
  sourceOf(inferredText(bits)),
)

/** The values of many records, column by column. */
export class RecordColumns {
  rows = 0
  readonly time: Float64Array
  readonly utcOffset: Float64Array
  readonly status: Float64Array
  readonly durationMs: Float64Array
  readonly bytes: Float64Array
  readonly sourceLine: Float64Array
  /** By field. */
  readonly fields: readonly TextColumn[]
  readonly inferred: TextColumn
  readonly level: TextColumn
  readonly route: TextColumn
  readonly attributes: TextColumn
  readonly format: TextColumn
  readonly sourceFile: TextColumn
  readonly #texts: RowTexts
  readonly #fileText: ByteSource
  readonly #sources = new RecordSources()
  readonly #numbers = new NumberFields()
  readonly #object = new AttributeObject(this.#sources)
  readonly #formats = new Map<string, number>()
  readonly #formatTexts: ByteSource[] = []
  readonly #routeTexts: ByteSource[] = []
  readonly #scratch = new Scratch()

  constructor(texts: RowTexts, mostRows: number) {
    const numbers = (): Float64Array => new Float64Array(mostRows)
    const column = (): TextColumn => new TextColumn(mostRows)
    this.#texts = texts
    this.#fileText = sourceOf(texts.sourceFile)
    this.time = numbers()
    this.utcOffset = numbers()
    this.status = numbers()
    this.durationMs = numbers()
    this.bytes = numbers()
    this.sourceLine = numbers()
    this.fields = TEXT_FIELDS.map(column)
    this.inferred = column()
    this.level = column()
    this.route = column()
    this.attributes = column()
    this.format = column()
    this.sourceFile = column()
  }

  /** By the names of the columns. */
  storage(): ReadonlyMap<ColumnName, TextColumn | Float64Array> {
    const { inferred, level, route, attributes, format } = this
    const storage = new Map<ColumnName, TextColumn | Float64Array>([
      ['time', this.time],
      ['utc_offset', this.utcOffset],
      ['status', this.status],
      ['duration_ms', this.durationMs],
      ['bytes', this.bytes],
      ['source_line', this.sourceLine],
      ['source_file', this.sourceFile],
      ['inferred', inferred],
      ['level', level],
      ['route', route],
      ['attributes', attributes],
      ['format', format],
    ])
    for (const [at, name] of TEXT_FIELDS.entries()) {
      const field = this.fields[at]
      if (field !== undefined) storage.set(name, field)
    }
    return storage
  }

  /** What the texts take in memory. */
  get textBytes(): number {
    let bytes = this.attributes.texts.length
    for (const field of this.fields) bytes += field.texts.length
    return bytes
  }

  clear(): void {
    this.rows = 0
    for (const field of this.fields) field.clear()
    const { inferred, level, route, attributes, format, sourceFile } = this
    for (const column of [inferred, level, route, attributes, format, sourceFile]) column.clear()
  }

  add(record: LogRecord): void {
    const row = this.rows++
    this.#sources.load(record)
    this.#addNumbers(record, row)
    for (let field = SERVICE; field <= HTTP_HOST; field++) this.#addField(record, field, row)
    for (let field = CLIENT_IP; field <= MESSAGE; field++) this.#addField(record, field, row)
    this.#addNumbered(record, row)
    if (record.attributes === 0) this.attributes.addAbsent(row)
    else this.#addAttributes(record, row)
  }

  #addNumbers(record: LogRecord, row: number): void {
    const numbers = this.#numbers
    numbers.load(record)
    this.time[row] = numbers.timeUs
    this.utcOffset[row] = numbers.utcOffset
    this.status[row] = numbers.status
    this.durationMs[row] = numbers.durationMs
    this.bytes[row] = numbers.bytes
    this.sourceLine[row] = record.lineNumber
  }

  #addNumbered({ inferred, level, route, format }: LogRecord, row: number): void {
    addNumbered(this.inferred, row, inferred, INFERRED_TEXTS[inferred])
    addNumbered(this.level, row, level, LEVEL_TEXTS[level])
    addNumbered(this.route, row, route, route < 0 ? undefined : this.#routeText(route))
    const number = this.#formats.get(format) ?? this.#numberFormat(format)
    addNumbered(this.format, row, number, this.#formatTexts[number])
    addNumbered(this.sourceFile, row, 0, this.#fileText)
  }

  #addField(record: LogRecord, field: number, row: number): void {
    const column = this.fields[field]
    if (column === undefined) return
    const kind = record.kind[field]
    if (kind === ABSENT) {
      column.addAbsent(row)
      return
    }
    const source = this.#sources.at(record.source[field])
    const from = record.from[field] ?? 0
    const to = record.to[field] ?? 0
    if (kind === ESCAPED && hasBackslash(source, from, to)) {
      const text = this.#scratch.clear()
      putUnescaped(text, source, from, to)
      column.add(row, this.#scratch.source, 0, text.length)
    } else {
      column.add(row, source, from, to)
    }
  }

  #addAttributes(record: LogRecord, row: number): void {
    const text = this.#scratch.clear()
    this.#object.put(text, record)
    this.attributes.add(row, this.#scratch.source, 0, text.length)
  }

  #numberFormat(format: string): number {
    const number = this.#formats.size
    this.#formats.set(format, number)
    this.#formatTexts.push(sourceOf(format))
    return number
  }

  #routeText(route: number): ByteSource {
    let text = this.#routeTexts[route]
    if (text === undefined) {
      text = sourceOf(this.#texts.routeName(route))
      this.#routeTexts[route] = text
    }
    return text
  }
}

function addNumbered(
  column: TextColumn,
  row: number,
  number: number,
  text: ByteSource | undefined,
): void {
  if (text === undefined || text.bytes.length === 0) column.addAbsent(row)
  else column.addNumbered(row, number, text)
}
