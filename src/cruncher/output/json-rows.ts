import {
  ABSENT,
  CLIENT_IP,
  LEVELS,
  type LogRecord,
  MESSAGE,
  HTTP_HOST,
  SERVICE,
  TEXT_FIELDS,
} from '../record.ts'
import { AttributeObject } from './attribute-object.ts'
import { type ByteSink, Literal } from './byte-sink.ts'
import { inferredText, INFERRED_COMBINATIONS } from './inferred.ts'
import { putString, QUOTE_COMMA } from './json-text.ts'
import { NumberFields } from './number-fields.ts'
import { putNumber } from './number-text.ts'
import { RecordSources } from './record-sources.ts'
import type { RowEncoder, RowTexts } from './row-encoder.ts'
import { TimeText } from './time-text.ts'

const key = (name: string): Literal => new Literal(`"${name}":`)
const textKey = (name: string): Literal => new Literal(`"${name}":"`)
const START_OF_ROW = new Literal('{')
const COMMA = new Literal(',')
const END_OF_TEXT = new Literal('",')
const END_OF_ROW = new Literal('}\n')

const TIME = textKey('time')
const UTC_OFFSET = key('utc_offset')
const STATUS_KEY = key('status')
const DURATION_KEY = key('duration_ms')
const BYTES_KEY = key('bytes')
const ATTRIBUTES_KEY = key('attributes')
const FIELD_KEYS = TEXT_FIELDS.map(name => textKey(name))
const LEVEL_MEMBERS = LEVELS.map(level => new Literal(`"level":"${level}",`))
const INFERRED_MEMBERS = Array.from(
  { length: INFERRED_COMBINATIONS },
  (_, bits) => new Literal(`"inferred":"${inferredText(bits)}",`),
)

/** Records as JSON lines: an object a line, with the keys in the order of the columns and without those that are absent. */
export class JsonRows implements RowEncoder {
  readonly #sources = new RecordSources()
  readonly #numbers = new NumberFields()
  readonly #attributes = new AttributeObject(this.#sources)
  readonly #time = new TimeText()
  readonly #texts: RowTexts
  readonly #formats = new Map<string, Literal>()
  readonly #routes: Literal[] = []

  constructor(texts: RowTexts) {
    this.#texts = texts
  }

  put(sink: ByteSink, record: LogRecord): void {
    this.#sources.load(record)
    this.#numbers.load(record)
    START_OF_ROW.put(sink)
    this.#putTimes(sink, record)
    for (let field = SERVICE; field <= HTTP_HOST; field++) this.#putField(sink, record, field)
    if (record.route >= 0) this.#memberOfRoute(record.route).put(sink)
    const { status, durationMs, bytes } = this.#numbers
    putMember(sink, STATUS_KEY, status)
    putMember(sink, DURATION_KEY, durationMs)
    putMember(sink, BYTES_KEY, bytes)
    for (let field = CLIENT_IP; field <= MESSAGE; field++) this.#putField(sink, record, field)
    if (record.attributes > 0) {
      ATTRIBUTES_KEY.put(sink)
      this.#attributes.put(sink, record)
      COMMA.put(sink)
    }
    this.#endOfFormat(record.format).put(sink)
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
    const source = this.#sources.at(record.source[field])
    const from = record.from[field] ?? 0
    const to = record.to[field] ?? 0
    putString(sink, FIELD_KEYS[field] ?? START_OF_ROW, source, from, to, kind, QUOTE_COMMA)
  }

  /** What stands between the attributes and the line's number. */
  #endOfFormat(format: string): Literal {
    let known = this.#formats.get(format)
    if (known === undefined) {
      const file = member('source_file', this.#texts.sourceFile)
      known = new Literal(`${member('format', format)}${file}"source_line":`)
      this.#formats.set(format, known)
    }
    return known
  }

  #memberOfRoute(route: number): Literal {
    let known = this.#routes[route]
    if (known === undefined) {
      known = new Literal(member('route', this.#texts.routeName(route)))
      this.#routes[route] = known
    }
    return known
  }
}

/** A whole member of the object, with a comma; nothing of an empty text. */
function member(name: string, text: string): string {
  return text === '' ? '' : `"${name}":${JSON.stringify(text)},`
}

function putMember(sink: ByteSink, name: Literal, value: number): void {
  if (Number.isNaN(value)) return
  name.put(sink)
  putNumber(sink, value)
  COMMA.put(sink)
}
