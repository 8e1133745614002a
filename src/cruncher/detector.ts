import { GENERIC, LIKELY, type LogFormat, SURE, type Sureness } from './format.ts'
import { Line } from './line.ts'
import type { MemberFormat } from './members/member-format.ts'
import type { MemberLines } from './members/member-lines.ts'
import { type OneRecordLines, oneRecordLines, withinLine } from './one-record-lines.ts'
import { ABSENT, ESCAPED, LogRecord, MESSAGE, PLAIN } from './record.ts'
import type { Scanner } from './scan/scanner.ts'
import { beginsAsSyslog } from './syslog-beginning.ts'

/** As many lines as may lie in one another: syslog in Docker's JSON, and JSON in that. */
const MAX_DEPTH = 3
const OPEN_OBJECT = 0x7b
const BACKSLASH = 0x5c
/** What the names of its formats begin with. */
const SYSLOG = 'syslog'

export type AnyFormat = LogFormat | MemberFormat

/** What may claim a line: one format, or all that read names and values in one way. */
interface Claimant {
  readonly sureness: Sureness
  readonly format?: LogFormat
  /** Of these the formats that are at least so sure. */
  readonly lines?: MemberLines
}

/** What is asked of the format of every line: formats are objects of many shapes, which V8 looks up slowly. */
interface Traits {
  readonly name: string
  readonly isMultiline: boolean
  readonly isEnvelope: boolean
  /** Its message may be a line of syslog, and is a text if it is not. */
  readonly mayHoldSyslog: boolean
  /** Its records take several lines with fields in each. */
  readonly block: LogFormat | undefined
  /** Where its lines hold many records. */
  readonly records: readonly string[] | undefined
}

export interface DetectorOptions {
  /** In the order in which they are asked; of two that claim a line the surer one has it, then the first. */
  readonly formats: readonly LogFormat[]
  /** Lines that are JSON objects. */
  readonly json: MemberLines
  /** Lines of `name=value`. */
  readonly pairs: MemberLines
  readonly keepsAttributes?: boolean
  /** The one that `json` and `pairs` have. */
  readonly scanner?: Scanner | undefined
}

/**
 * Finds the format of each line and fills a record from it. Cheap signals first: the line's first byte
 * chooses who is asked, and of these first the one that claimed the last line of such a beginning, if it
 * is one that is sure. A Detector belongs to one stream of lines.
 */
export class Detector {
  readonly #byFirst: readonly (readonly Claimant[])[]
  readonly #last: (Claimant | undefined)[] = Array.from({ length: 256 })
  readonly #line: Line
  readonly #free: LogRecord[] = []
  readonly #traits = new Map<AnyFormat, Traits>()
  readonly #json: MemberLines
  readonly #keepsAttributes: boolean
  /** Of the line that was claimed last: whether lines that nobody claims may belong to it. */
  isMultiline = false
  /** Its format, if its records take several lines with fields in each. */
  blockFormat: LogFormat | undefined
  /** It again as a line for each of its records, if it holds several; what was detected then does not count. */
  records: OneRecordLines | undefined
  /** What lines should be given to it in the memory of. */
  readonly scanner: Scanner | undefined

  constructor({ formats, json, pairs, keepsAttributes = true, scanner }: DetectorOptions) {
    this.#json = json
    this.#line = new Line(scanner)
    this.scanner = scanner
    this.#keepsAttributes = keepsAttributes
    const ofSureness = (sureness: Sureness): Claimant[] =>
      formats.filter(format => format.sureness === sureness).map(format => ({ sureness, format }))
    const claimants: Claimant[] = [
      // What does not begin with `name=` is no pair: to ask costs next to nothing.
      { sureness: SURE, lines: pairs },
      ...ofSureness(SURE),
      ...ofSureness(LIKELY),
      { sureness: GENERIC, lines: pairs },
      ...ofSureness(GENERIC),
    ]
    this.#byFirst = Array.from({ length: 256 }, (_, byte) =>
      claimants.filter(({ format }) => mayStart(format?.starts, byte)),
    )
  }

  /** A record for the caller, who gives it back with `release`. */
  take(bytes: Buffer): LogRecord {
    const record = this.#free.pop() ?? new LogRecord()
    record.keepsAttributes = this.#keepsAttributes
    record.reset(bytes)
    return record
  }

  release(record: LogRecord): void {
    this.#free.push(record)
  }

  /** The line as a record, which the caller releases; nothing: no format claims it. */
  detect(bytes: Buffer, from: number, to: number): LogRecord | undefined {
    return this.#detect(bytes, from, to, 1)
  }

  /**
   * Every format that would claim the line, the one that has it first. Unlike `detect` it asks all, and
   * what lines came before does not matter.
   */
  candidates(bytes: Buffer, from: number, to: number): readonly AnyFormat[] {
    const found: AnyFormat[] = []
    const first = bytes[from] ?? 0
    if (first === OPEN_OBJECT) found.push(...this.#json.candidates(bytes, from, to))
    for (const claimant of this.#byFirst[first] ?? []) {
      const record = this.take(bytes)
      this.#line.set(bytes, from, to)
      const format = this.#ask(claimant, bytes, from, to, record)
      this.release(record)
      if (format !== undefined && !found.includes(format)) found.push(format)
    }
    return found
  }

  /** How many formats a line with this first byte is shown to, at most. */
  asked(first: number): number {
    return this.#byFirst[first]?.length ?? 0
  }

  /** All lines of a record at once, of which the first is known to be of the format. */
  detectBlock(format: LogFormat, bytes: Buffer): LogRecord | undefined {
    const record = this.take(bytes)
    this.#line.set(bytes, 0, bytes.length)
    if (format.claim(this.#line, record)) {
      record.format = format.name
      if (format.envelope !== true || record.kind[MESSAGE] === ABSENT) return record
      return this.#unwrap(bytes, 0, bytes.length, record, format, 1)
    }
    this.release(record)
    return undefined
  }

  #detect(bytes: Buffer, from: number, to: number, depth: number): LogRecord | undefined {
    const record = this.take(bytes)
    const format = this.#claim(bytes, from, to, record)
    if (format === undefined) {
      this.release(record)
      return undefined
    }
    const traits = this.#traits.get(format) ?? this.#traitsOf(format)
    this.isMultiline = traits.isMultiline
    this.blockFormat = depth === 1 ? traits.block : undefined
    record.format = traits.name
    this.records =
      traits.records === undefined ? undefined : oneRecordLines(bytes, { from, to }, traits.records)
    const isEnvelope = traits.isEnvelope || (traits.mayHoldSyslog && messageBeginsAsSyslog(record))
    if (!isEnvelope || depth === MAX_DEPTH || record.kind[MESSAGE] === ABSENT) return record
    return this.#unwrap(bytes, from, to, record, format, depth)
  }

  #traitsOf(format: AnyFormat): Traits {
    const traits = {
      name: format.name,
      isMultiline: format.multiline ?? false,
      isEnvelope: format.envelope === true,
      mayHoldSyslog: format.envelope === 'syslog',
      block: 'claim' in format && format.goesOn !== undefined ? format : undefined,
      records: 'records' in format ? format.records : undefined,
    }
    this.#traits.set(format, traits)
    return traits
  }

  /** The line within the line, if it is one, with what the envelope says filled in. */
  #unwrap(
    bytes: Buffer,
    from: number,
    to: number,
    record: LogRecord,
    format: AnyFormat,
    depth: number,
  ): LogRecord {
    const { records } = this
    const text = innerText(record)
    const inner = this.#inner(text, format, depth)
    this.blockFormat = undefined
    this.records = records ?? this.#around(this.records, record, bytes, from, to)
    if (inner === undefined) {
      this.isMultiline = format.multiline ?? false
      if (format.envelope === true) cutLineEnd(record)
      return record
    }
    inner.beginFilling(bytes)
    this.#line.set(bytes, from, to)
    if ('claim' in format) format.claim(this.#line, inner)
    else this.#json.claim(bytes, from, to, inner)
    inner.endFilling()
    inner.format = `${record.format}/${inner.format}`
    this.release(record)
    return inner
  }

  /** A message as a line; nothing: no format claims it, or not of those that it may be. */
  #inner({ bytes, from, to }: InnerText, format: AnyFormat, depth: number): LogRecord | undefined {
    const inner = this.#detect(bytes, from, to, depth + 1)
    if (inner === undefined || format.envelope === true || inner.format.startsWith(SYSLOG)) {
      return inner
    }
    this.release(inner)
    this.records = undefined
    return undefined
  }

  /** The lines of a message that holds many records, each with the line that the message was taken out of. */
  #around(
    inner: OneRecordLines | undefined,
    record: LogRecord,
    bytes: Buffer,
    from: number,
    to: number,
  ): OneRecordLines | undefined {
    if (inner === undefined || record.buffers[record.source[MESSAGE] ?? 0] !== bytes)
      return undefined
    const text = { from: record.from[MESSAGE] ?? 0, to: record.to[MESSAGE] ?? 0 }
    const kind = record.kind[MESSAGE] === ESCAPED ? ESCAPED : PLAIN
    return withinLine(inner, bytes, { from, to }, { ...text, kind })
  }

  #claim(bytes: Buffer, from: number, to: number, record: LogRecord): AnyFormat | undefined {
    const first = bytes[from] ?? 0
    if (first === OPEN_OBJECT) {
      const format = this.#json.claim(bytes, from, to, record)
      if (format !== undefined) return format
    }
    this.#line.set(bytes, from, to)
    const last = this.#last[first]
    if (last !== undefined) {
      const format = this.#ask(last, bytes, from, to, record)
      if (format !== undefined) return format
    }
    for (const claimant of this.#byFirst[first] ?? []) {
      if (claimant === last) continue
      const format = this.#ask(claimant, bytes, from, to, record)
      if (format === undefined) continue
      if (claimant.sureness === SURE) this.#last[first] = claimant
      return format
    }
    return undefined
  }

  #ask(
    { sureness, format, lines }: Claimant,
    bytes: Buffer,
    from: number,
    to: number,
    record: LogRecord,
  ): AnyFormat | undefined {
    if (lines !== undefined) return lines.claim(bytes, from, to, record, sureness)
    if (format?.claim(this.#line, record) === true) return format
    // What it had put into the record before it saw that it is not its line.
    if (!record.isEmpty()) record.reset(bytes)
    return undefined
  }
}

/** `starts` is made of single characters and ranges such as `0-9`; without, anything. */
function mayStart(starts: string | undefined, byte: number): boolean {
  if (starts === undefined) return true
  for (let at = 0; at < starts.length; at++) {
    const low = starts.charCodeAt(at)
    if (starts[at + 1] === '-' && at + 2 < starts.length) {
      if (byte >= low && byte <= starts.charCodeAt(at + 2)) return true
      at += 2
    } else if (low === byte) return true
  }
  return false
}

function messageBeginsAsSyslog(record: LogRecord): boolean {
  const bytes = record.buffers[record.source[MESSAGE] ?? 0]
  const isGiven = bytes !== undefined && record.kind[MESSAGE] !== ABSENT
  return isGiven && beginsAsSyslog(bytes, record.from[MESSAGE] ?? 0, record.to[MESSAGE] ?? 0)
}

/** What wrote the message kept the end of its line. */
function cutLineEnd(record: LogRecord): void {
  const bytes = record.buffers[record.source[MESSAGE] ?? 0]
  const from = record.from[MESSAGE] ?? 0
  let to = record.to[MESSAGE] ?? 0
  if (record.kind[MESSAGE] === ESCAPED) {
    // `\n`, and not the second half of `\\n`.
    while (isLineEndEscape(bytes, from, to)) to -= 2
  } else while (to > from && (bytes?.[to - 1] === 0x0a || bytes?.[to - 1] === 0x0d)) to--
  record.to[MESSAGE] = to
  if (to === from) record.kind[MESSAGE] = ABSENT
}

function isLineEndEscape(bytes: Uint8Array | undefined, from: number, to: number): boolean {
  const letter = bytes?.[to - 1]
  if (to - from < 2 || (letter !== 0x6e && letter !== 0x72)) return false
  let at = to - 2
  while (at >= from && bytes?.[at] === BACKSLASH) at--
  return (to - 2 - at) % 2 === 1
}

interface InnerText {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
}

/** The text of a message as bytes of its own right, without the line's end. */
function innerText(record: LogRecord): InnerText {
  const source = record.buffers[record.source[MESSAGE] ?? 0] ?? Buffer.alloc(0)
  let bytes = source
  let from = record.from[MESSAGE] ?? 0
  let to = record.to[MESSAGE] ?? 0
  if (record.kind[MESSAGE] === ESCAPED) {
    bytes = Buffer.from(record.text(MESSAGE) ?? '')
    from = 0
    to = bytes.length
  }
  while (to > from && (bytes[to - 1] === 0x0a || bytes[to - 1] === 0x0d)) to--
  return { bytes, from, to }
}
