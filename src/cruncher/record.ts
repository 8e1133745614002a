/**
 * One line of a log, or several that belong together, as fields. A record is filled, used and filled
 * again: nothing of it may be kept. Texts are not strings but places in bytes, so that what nobody asks
 * for is never copied; numbers, levels and times are numbers.
 */

/** The fields that are texts, in the order of the output; a field's number is its place here. */
export const TEXT_FIELDS = [
  'service',
  'host',
  'logger',
  'method',
  'path',
  'http_host',
  'client_ip',
  'user_id',
  'session',
  'request_id',
  'user_agent',
  'event',
  'message',
] as const
export type TextField = (typeof TEXT_FIELDS)[number]

const TEXT_FIELD_COUNT = TEXT_FIELDS.length

export const SERVICE = 0
/** The machine that wrote the line; the host that a request named is another field. */
export const HOST = 1
export const LOGGER = 2
export const METHOD = 3
export const PATH = 4
export const HTTP_HOST = 5
export const CLIENT_IP = 6
export const USER_ID = 7
export const SESSION = 8
export const REQUEST_ID = 9
export const USER_AGENT = 10
export const MESSAGE = 12

/** The fields that are numbers; absent as NaN. */
export const NUMBER_FIELDS = ['status', 'duration_ms', 'bytes'] as const
export type NumberField = (typeof NUMBER_FIELDS)[number]
export const STATUS = 0
export const DURATION_MS = 1
export const BYTES = 2

/** Levels by number; 0: not given. What syslog calls critical, alert and emergency is `fatal`. */
export const LEVELS = ['', 'trace', 'debug', 'info', 'notice', 'warn', 'error', 'fatal'] as const

/** What was not in the line and was found out from its neighbours, its file's name or its file's time. */
export const INFERRED_YEAR = 1
export const INFERRED_DATE = 2
export const INFERRED_ZONE = 4

/** How a value lies in its bytes. */
export const ABSENT = 0
/** Text as it is. It is UTF-8; a line that was not has been mended before it is parsed. */
export const PLAIN = 1
/** What stands between the quotes of a JSON string: valid, with escapes. */
export const ESCAPED = 2
/** A whole JSON value: a number, a boolean, null, an object, a list (of attributes only). */
export const JSON_VALUE = 3
export type ValueKind = typeof ABSENT | typeof PLAIN | typeof ESCAPED | typeof JSON_VALUE

/** Attributes beyond these are dropped from a record, and `droppedAttributes` counts them. */
const MAX_ATTRIBUTES = 1_024
const SCRATCH_BYTES = 4_096
const LINE_FEED = 0x0a
/** Attributes that formats name are the same again and again: their names are written once. */
const NAMES_BYTES = 8_192
const OWN_BUFFERS = 3

export class LogRecord {
  /** Its format's name; of a line within another (`syslog-rfc3164/nginx-error`) both. */
  format = ''
  /** Microseconds since 1970, UTC; NaN: not known. */
  timeUs = Number.NaN
  /** Of the time as it was written, in minutes east of UTC; NaN: it was not given. */
  offsetMinutes = Number.NaN
  /** The bits INFERRED_*. */
  inferred = 0
  level = 0
  /** By STATUS, DURATION_MS, BYTES. */
  readonly numbers = new Float64Array(NUMBER_FIELDS.length).fill(Number.NaN)
  /** Of the route that classifying found; -1: none. */
  route = -1
  /** Counted from 1; the first line of those it was made of. */
  lineNumber = 0
  /** Lines that it was made of; of a line that holds many records, the first has it. */
  lines = 1
  /** 1: before it came another record of the same line; else 0. */
  expanded = 0
  /** Of its first line in the unpacked file. */
  byteOffset = 0
  /** What has no field is kept as an attribute; false where nobody will ask. */
  keepsAttributes = true

  /** Texts by field: how and where. `source` is a number of `buffers`. */
  readonly kind = new Uint8Array(TEXT_FIELDS.length)
  readonly source = new Uint8Array(TEXT_FIELDS.length)
  readonly from = new Int32Array(TEXT_FIELDS.length)
  readonly to = new Int32Array(TEXT_FIELDS.length)

  /** What has no field: names and values, each with its place. */
  attributes = 0
  droppedAttributes = 0
  readonly nameKind = new Uint8Array(MAX_ATTRIBUTES)
  readonly nameSource = new Uint8Array(MAX_ATTRIBUTES)
  readonly nameFrom = new Int32Array(MAX_ATTRIBUTES)
  readonly nameTo = new Int32Array(MAX_ATTRIBUTES)
  readonly valueKind = new Uint8Array(MAX_ATTRIBUTES)
  readonly valueSource = new Uint8Array(MAX_ATTRIBUTES)
  readonly valueFrom = new Int32Array(MAX_ATTRIBUTES)
  readonly valueTo = new Int32Array(MAX_ATTRIBUTES)

  /** 0: what is parsed; 1: texts that were made (`scratch`); 2: names that come again; from 3: lines taken out of others. */
  readonly buffers: Buffer[] = [
    Buffer.alloc(0),
    Buffer.allocUnsafe(SCRATCH_BYTES),
    Buffer.allocUnsafe(NAMES_BYTES),
  ]
  /** The number of the buffer that is parsed now: where slices lie. */
  current = 0
  #scratchLength = 0
  /** Where names are in their buffer: from, and to. */
  readonly #names = new Map<string, readonly [from: number, to: number]>()
  #namesLength = 0
  #filling = false
  #ownTimeUs = Number.NaN
  #ownOffset = Number.NaN
  #ownInferred = 0
  #ownLevel = 0
  readonly #ownNumbers = new Float64Array(NUMBER_FIELDS.length)

  /** As new, for a line in `bytes`. */
  reset(bytes: Buffer): void {
    this.format = ''
    this.timeUs = Number.NaN
    this.offsetMinutes = Number.NaN
    this.inferred = 0
    this.level = 0
    this.numbers[STATUS] = Number.NaN
    this.numbers[DURATION_MS] = Number.NaN
    this.numbers[BYTES] = Number.NaN
    this.route = -1
    this.lines = 1
    this.expanded = 0
    for (let field = 0; field < TEXT_FIELD_COUNT; field++) this.kind[field] = ABSENT
    this.attributes = 0
    this.droppedAttributes = 0
    this.buffers[0] = bytes
    if (this.buffers.length > OWN_BUFFERS) this.buffers.length = OWN_BUFFERS
    this.current = 0
    this.#scratchLength = 0
  }

  /** Whether it is still as `reset` left it. */
  isEmpty(): boolean {
    if (this.attributes > 0 || this.level !== 0 || !Number.isNaN(this.timeUs)) return false
    for (let field = 0; field < TEXT_FIELD_COUNT; field++) {
      if (this.kind[field] !== ABSENT) return false
    }
    const { numbers } = this
    return (
      Number.isNaN(numbers[STATUS]) &&
      Number.isNaN(numbers[DURATION_MS]) &&
      Number.isNaN(numbers[BYTES])
    )
  }

  /**
   * From here on only what is still absent is filled, from `bytes`: what an envelope says of the line
   * within it. Its message is that line, and its time counts only where the line's own lacks more.
   */
  beginFilling(bytes: Buffer): void {
    this.#filling = true
    this.#ownTimeUs = this.timeUs
    this.#ownOffset = this.offsetMinutes
    this.#ownInferred = this.inferred
    this.#ownLevel = this.level
    this.#ownNumbers.set(this.numbers)
    this.current = this.addBuffer(bytes)
  }

  /** What is there already stays. */
  get isFilling(): boolean {
    return this.#filling
  }

  endFilling(): void {
    this.#filling = false
    const isOwnGiven = !Number.isNaN(this.#ownTimeUs)
    if (isOwnGiven && lackOf(this.#ownInferred) <= lackOf(this.inferred)) {
      this.timeUs = this.#ownTimeUs
      this.offsetMinutes = this.#ownOffset
      this.inferred = this.#ownInferred
    }
    if (this.#ownLevel !== 0) this.level = this.#ownLevel
    for (const [field, own] of this.#ownNumbers.entries()) {
      if (!Number.isNaN(own)) this.numbers[field] = own
    }
  }

  /** Sets a text field to bytes of what is parsed; an empty text is no text. */
  setSlice(field: number, from: number, to: number, kind: ValueKind = PLAIN): void {
    if (from >= to || (this.#filling && this.#isFilled(field))) return
    this.kind[field] = kind
    this.source[field] = this.current
    this.from[field] = from
    this.to[field] = to
  }

  /** Sets a text field to a text that is not in the line as it stands; an empty text is no text. */
  setText(field: number, text: string): void {
    if (text === '' || (this.#filling && this.#isFilled(field))) return
    const from = this.#scratchLength
    this.#write(text)
    this.kind[field] = PLAIN
    this.source[field] = 1
    this.from[field] = from
    this.to[field] = this.#scratchLength
  }

  /** Adds a line to a text, behind a line feed. The text is copied once, however many lines are added. */
  appendLine(field: number, bytes: Uint8Array, from: number, to: number): void {
    const isLast = this.source[field] === 1 && this.to[field] === this.#scratchLength
    if (this.kind[field] !== PLAIN || !isLast) {
      const text = this.text(field)
      this.from[field] = this.#scratchLength
      if (text !== undefined) this.#write(text)
      this.kind[field] = PLAIN
      this.source[field] = 1
    }
    const scratch = this.#reserve(1 + to - from)
    if (this.#scratchLength > (this.from[field] ?? 0)) scratch[this.#scratchLength++] = LINE_FEED
    scratch.set(bytes.subarray(from, to), this.#scratchLength)
    this.#scratchLength += to - from
    this.to[field] = this.#scratchLength
  }

  /** Adds an attribute whose value is in what is parsed. */
  addSlice(name: string, from: number, to: number, kind: ValueKind = PLAIN): void {
    const at = this.#addName(name)
    if (at < 0) return
    this.valueKind[at] = kind
    this.valueSource[at] = this.current
    this.valueFrom[at] = from
    this.valueTo[at] = to
  }

  /** Adds an attribute whose name, too, is in what is parsed. */
  addNamedSlice(
    nameFrom: number,
    nameTo: number,
    nameKind: ValueKind,
    from: number,
    to: number,
    kind: ValueKind,
  ): void {
    if (!this.keepsAttributes) return
    const at = this.attributes
    if (at === MAX_ATTRIBUTES) {
      this.droppedAttributes++
      return
    }
    this.attributes++
    this.nameKind[at] = nameKind
    this.nameSource[at] = this.current
    this.nameFrom[at] = nameFrom
    this.nameTo[at] = nameTo
    this.valueKind[at] = kind
    this.valueSource[at] = this.current
    this.valueFrom[at] = from
    this.valueTo[at] = to
  }

  addText(name: string, text: string): void {
    this.#addMade(name, text, PLAIN)
  }

  /** Adds an attribute that is written without quotes: a number, a boolean, null. */
  addValue(name: string, value: number | boolean | null): void {
    this.#addMade(name, JSON.stringify(value), JSON_VALUE)
  }

  /** The text of a field, unescaped; for what is not on the hot path. */
  text(field: number): string | undefined {
    const kind = this.kind[field]
    if (kind === ABSENT) return undefined
    return this.#decode(kind, this.source[field], this.from[field], this.to[field])
  }

  attributeName(at: number): string {
    const { nameKind, nameSource, nameFrom, nameTo } = this
    return this.#decode(nameKind[at], nameSource[at], nameFrom[at], nameTo[at])
  }

  /** The text of an attribute's value; of one that is JSON, its JSON. */
  attributeText(at: number): string {
    const { valueKind, valueSource, valueFrom, valueTo } = this
    return this.#decode(valueKind[at], valueSource[at], valueFrom[at], valueTo[at])
  }

  /** The number of a new buffer, for a line that was taken out of another. */
  addBuffer(bytes: Buffer): number {
    return this.buffers.push(bytes) - 1
  }

  #isFilled(field: number): boolean {
    return field === MESSAGE || this.kind[field] !== ABSENT
  }

  #decode(
    kind: number | undefined,
    source: number | undefined,
    from: number | undefined,
    to: number | undefined,
  ): string {
    const text = this.buffers[source ?? 0]?.toString('utf8', from, to) ?? ''
    if (kind !== ESCAPED || !text.includes('\\')) return text
    const whole: unknown = JSON.parse(`"${text}"`)
    return String(whole)
  }

  #addMade(name: string, text: string, kind: ValueKind): void {
    const at = this.#addName(name)
    if (at < 0) return
    this.valueFrom[at] = this.#scratchLength
    this.#write(text)
    this.valueTo[at] = this.#scratchLength
    this.valueKind[at] = kind
    this.valueSource[at] = 1
  }

  #addName(name: string): number {
    if (!this.keepsAttributes) return -1
    const at = this.attributes
    if (at === MAX_ATTRIBUTES) {
      this.droppedAttributes++
      return -1
    }
    this.attributes++
    this.nameKind[at] = PLAIN
    const place = this.#names.get(name) ?? this.#keepName(name)
    if (place === undefined) {
      this.nameSource[at] = 1
      this.nameFrom[at] = this.#scratchLength
      this.#write(name)
      this.nameTo[at] = this.#scratchLength
    } else {
      this.nameSource[at] = 2
      this.nameFrom[at] = place[0]
      this.nameTo[at] = place[1]
    }
    return at
  }

  /** Nothing: there is no room for more. */
  #keepName(name: string): readonly [number, number] | undefined {
    const from = this.#namesLength
    if (from + name.length * 3 > NAMES_BYTES) return undefined
    const to = from + (this.buffers[2]?.write(name, from) ?? 0)
    this.#namesLength = to
    const place = [from, to] as const
    this.#names.set(name, place)
    return place
  }

  #write(text: string): void {
    const scratch = this.#reserve(text.length * 3)
    this.#scratchLength += scratch.write(text, this.#scratchLength)
  }

  /** The scratch with room for so many bytes more. */
  #reserve(bytes: number): Buffer {
    const needed = this.#scratchLength + bytes
    const scratch = this.buffers[1]
    if (scratch !== undefined && needed <= scratch.length) return scratch
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * (scratch?.length ?? 0)))
    scratch?.copy(larger, 0, 0, this.#scratchLength)
    this.buffers[1] = larger
    return larger
  }
}

/** How much a time lacks: a date is more than a year, and a year more than a zone. */
function lackOf(inferred: number): number {
  const date = (inferred & INFERRED_DATE) === 0 ? 0 : 4
  const year = (inferred & INFERRED_YEAR) === 0 ? 0 : 2
  return date + year + ((inferred & INFERRED_ZONE) === 0 ? 0 : 1)
}
