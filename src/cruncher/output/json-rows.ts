import {
  ABSENT,
  CLIENT_IP,
  ESCAPED,
  LEVELS,
  type LogRecord,
  MESSAGE,
  PATH,
  SERVICE,
  TEXT_FIELDS,
} from '../record.ts'
import { ATTRIBUTE_BYTES, AttributeObject } from './attribute-object.ts'
import { type ByteSink, Literal } from './byte-sink.ts'
import { inferredText, INFERRED_COMBINATIONS } from './inferred.ts'
import { JSON_GROWTH, putEscapedAsJson, putPlainAsJson } from './json-text.ts'
import { NumberFields } from './number-fields.ts'
import { MOST_NUMBER_BYTES, putNumber } from './number-text.ts'
import { RecordSources, textBytes } from './record-sources.ts'
import type { RowEncoder, RowTexts } from './row-encoder.ts'
import { TIME_BYTES, TimeText } from './time-text.ts'

const QUOTE = 0x22
const COMMA = 0x2c

const key = (name: string): Literal => new Literal(`"${name}":`)
const textKey = (name: string): Literal => new Literal(`"${name}":"`)
const END_OF_TEXT = new Literal('",')
const END_OF_ROW = new Literal('}\n')

const TIME = textKey('time')
const UTC_OFFSET = key('utc_offset')
const STATUS_KEY = key('status')
const DURATION_KEY = key('duration_ms')
const BYTES_KEY = key('bytes')
const ATTRIBUTES_KEY = key('attributes')
const LINE_KEY = key('source_line')
const FIELD_KEYS = TEXT_FIELDS.map(name => textKey(name))
const LEVEL_MEMBERS = LEVELS.map(level => new Literal(`"level":"${level}",`))
const INFERRED_MEMBERS = Array.from(
  { length: INFERRED_COMBINATIONS },
  (_, bits) => new Literal(`"inferred":"${inferredText(bits)}",`),
)

/** All keys, a time and the numbers. */
const FIXED_BYTES = 400 + TIME_BYTES + 5 * MOST_NUMBER_BYTES

/** Records as JSON lines: an object a line, with the keys in the order of the columns and without those that are absent. */
export class JsonRows implements RowEncoder {
  readonly #sources = new RecordSources()
  readonly #numbers = new NumberFields()
  readonly #attributes = new AttributeObject(this.#sources)
  readonly #time = new TimeText()
  readonly #texts: RowTexts
  readonly #sourceFile: Literal
  readonly #formats = new Map<string, Literal>()
  readonly #routes: Literal[] = []
  #format = ''
  #formatMember = new Literal('')

  constructor(texts: RowTexts) {
    this.#texts = texts
    this.#sourceFile = member('source_file', texts.sourceFile)
  }

  mostBytes(record: LogRecord): number {
    return (
      FIXED_BYTES +
      JSON_GROWTH * textBytes(record) +
      ATTRIBUTE_BYTES * record.attributes +
      this.#sourceFile.length +
      this.#memberOfFormat(record.format).length +
      (record.route < 0 ? 0 : this.#memberOfRoute(record.route).length)
    )
  }

  put(sink: ByteSink, record: LogRecord): void {
    this.#sources.load(record)
    this.#numbers.load(record)
    sink.putByte(0x7b)
    this.#putTimes(sink, record)
    for (let field = SERVICE; field <= PATH; field++) this.#putField(sink, record, field)
    if (record.route >= 0) this.#memberOfRoute(record.route).put(sink)
    const { status, durationMs, bytes } = this.#numbers
    putMember(sink, STATUS_KEY, status)
    putMember(sink, DURATION_KEY, durationMs)
    putMember(sink, BYTES_KEY, bytes)
    for (let field = CLIENT_IP; field <= MESSAGE; field++) this.#putField(sink, record, field)
    if (record.attributes > 0) {
      ATTRIBUTES_KEY.put(sink)
      this.#attributes.put(sink, record)
      sink.putByte(COMMA)
    }
    this.#memberOfFormat(record.format).put(sink)
    this.#sourceFile.put(sink)
    LINE_KEY.put(sink)
    putNumber(sink, record.lineNumber)
    END_OF_ROW.put(sink)
  }

  #putTimes(sink: ByteSink, record: LogRecord): void {
    const { timeUs, utcOffset } = this.#numbers
    if (!Number.isNaN(timeUs)) {
      TIME.put(sink)
      this.#time.put(sink, timeUs)
      END_OF_TEXT.put(sink)
    }
    putMember(sink, UTC_OFFSET, utcOffset)
    if (record.inferred !== 0) INFERRED_MEMBERS[record.inferred]?.put(sink)
    if (record.level !== 0) LEVEL_MEMBERS[record.level]?.put(sink)
  }

  #putField(sink: ByteSink, record: LogRecord, field: number): void {
    const kind = record.kind[field]
    if (kind === ABSENT) return
    FIELD_KEYS[field]?.put(sink)
    const source = this.#sources.at(record.source[field])
    const from = record.from[field] ?? 0
    const to = record.to[field] ?? 0
    if (kind === ESCAPED) putEscapedAsJson(sink, source, from, to)
    else putPlainAsJson(sink, source, from, to)
    sink.putByte(QUOTE)
    sink.putByte(COMMA)
  }

  #memberOfFormat(format: string): Literal {
    if (format === this.#format) return this.#formatMember
    let known = this.#formats.get(format)
    if (known === undefined) {
      known = member('format', format)
      this.#formats.set(format, known)
    }
    this.#format = format
    this.#formatMember = known
    return known
  }

  #memberOfRoute(route: number): Literal {
    let known = this.#routes[route]
    if (known === undefined) {
      known = member('route', this.#texts.routeName(route))
      this.#routes[route] = known
    }
    return known
  }
}

/** A whole member of the object, with a comma; nothing of an empty text. */
function member(name: string, text: string): Literal {
  return new Literal(text === '' ? '' : `"${name}":${JSON.stringify(text)},`)
}

function putMember(sink: ByteSink, name: Literal, value: number): void {
  if (Number.isNaN(value)) return
  name.put(sink)
  putNumber(sink, value)
  sink.putByte(COMMA)
}
