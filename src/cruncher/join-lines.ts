import { isUtf8 } from 'node:buffer'
import type { Detector } from './detector.ts'
import type { LogFormat } from './format.ts'
import type { HeaderState } from './headers/header-format.ts'
import { TextMeasure } from './input/text-measure.ts'
import { Line } from './line.ts'
import type { OneRecordLines } from './one-record-lines.ts'
import { HEADER_FORMATS } from './registry.ts'
import { type LogRecord, MESSAGE, PLAIN } from './record.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const TAB = 0x09
const NUMBER_SIGN = 0x23

/** Behind it, a line that nobody claims is no header. */
const MAX_HEADER_LINE = 20

/** A trace beyond this is cut from its record: the lines behind are records of their own. */
const MAX_JOINED_BYTES = 1_048_576

/** What no format claims; it is kept as it stands, as the message. */
export const UNKNOWN = 'unknown'
/** Attribute of a line that was not UTF-8: its bytes that were none are U+FFFD. */
export const INVALID_UTF8 = 'invalid_utf8'

/** Lines of a record whose fields are in several of them. */
interface Block {
  readonly format: LogFormat
  readonly lines: Buffer[]
}

export interface LineSink {
  /** A record that is whole; it is filled anew when the call is over. `bytes`: of its lines, with their ends. */
  record(record: LogRecord, bytes: number): void
  /** A line with nothing in it but blanks. */
  blank(bytes: number): void
  /** A line that says what the lines behind it are. */
  header(format: string, bytes: number): void
}

/**
 * Makes records of the lines of one file: detects each, and joins those that belong to the one before.
 * Unclaimed lines belong to a record whose format has several lines; to an unknown one, if they are
 * indented.
 */
export class LineJoiner {
  readonly #detector: Detector
  readonly #sink: LineSink
  #pending: LogRecord | undefined
  #pendingBytes = 0
  #isMultiline = false
  #block: Block | undefined
  #lineNumber = 0
  #offset = 0
  /** The line was not UTF-8. */
  #isMended = false
  readonly #probe = new Line()
  #header: HeaderState | undefined

  readonly #measure: TextMeasure

  constructor(detector: Detector, sink: LineSink, measure = new TextMeasure()) {
    this.#measure = measure
    this.#detector = detector
    this.#sink = sink
  }

  /** Lines read so far. */
  get lineNumber(): number {
    return this.#lineNumber
  }

  /** Bytes of the file that were read so far. */
  get offset(): number {
    return this.#offset
  }

  /** Takes whole lines; the last may lack its end. The bytes must not change before the next call. */
  take(bytes: Buffer, from: number, to: number): void {
    const isValid = isUtf8(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to))
    const { scanner } = this.#detector
    const quick = scanner?.bytes === bytes ? scanner : undefined
    const { isUtf16 } = this.#measure
    let at = from
    while (at < to) {
      let end = quick === undefined ? bytes.indexOf(LINE_FEED, at) : quick.lineEnd(at, to)
      if (end < 0 || end > to) end = to
      const next = end < to ? end + 1 : to
      const last = end > at && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
      this.#lineNumber++
      const length = isUtf16 ? this.#measure.of(bytes, at, next) : next - at
      if (isValid || isUtf8(bytes.subarray(at, last))) this.#line(bytes, at, last, length)
      else this.#mended(bytes, at, last, length)
      at = next
    }
  }

  /** Hands over what waits for lines that might belong to it. */
  end(): void {
    const pending = this.#block === undefined ? this.#pending : this.#wholeBlock(this.#block)
    this.#block = undefined
    if (pending === undefined) return
    this.#pending = undefined
    this.#sink.record(pending, this.#pendingBytes)
    this.#detector.release(pending)
  }

  /** Bytes that are of no line, before the first. */
  passOver(bytes: number): void {
    this.#offset += bytes
  }

  /** Counts a line that was not taken, so that those behind it have their numbers and places. */
  skip(bytes: number): void {
    this.end()
    this.#lineNumber++
    this.#offset += bytes
  }

  #mended(bytes: Buffer, from: number, to: number, length: number): void {
    const mended = Buffer.from(bytes.toString('utf8', from, to))
    this.#isMended = true
    this.#line(mended, 0, mended.length, length)
    this.#isMended = false
  }

  #line(bytes: Buffer, from: number, to: number, length: number): void {
    const offset = this.#offset
    this.#offset += length
    if (from === to || isBlank(bytes, from, to)) {
      this.end()
      this.#sink.blank(length)
      return
    }
    if (this.#block !== undefined && this.#goesOn(this.#block, bytes, from, to)) {
      this.#block.lines.push(Buffer.from(bytes.subarray(from, to)))
      if (this.#pending !== undefined) this.#pending.lines++
      this.#pendingBytes += length
      return
    }
    if (this.#isHeader(bytes, from, to, length)) return
    const record = this.#announced(bytes, from, to) ?? this.#detector.detect(bytes, from, to)
    if (record !== undefined) {
      this.end()
      const { records } = this.#detector
      if (records !== undefined) {
        this.#detector.release(record)
        this.#expand(records, offset, length)
        return
      }
      this.#pend(record, this.#detector.isMultiline, offset, length)
      const format = this.#detector.blockFormat
      if (format !== undefined) {
        this.#block = { format, lines: [Buffer.from(bytes.subarray(from, to))] }
      }
      return
    }
    const pending = this.#pending
    if (pending !== undefined && this.#belongs(bytes, from)) {
      if (this.#block !== undefined) {
        // What belongs to no field of its block ends the block, not the record.
        this.#pending = this.#wholeBlock(this.#block) ?? pending
        this.#block = undefined
        join(this.#pending, bytes, from, to)
        this.#pending.lines++
        this.#pendingBytes += length
        return
      }
      join(pending, bytes, from, to)
      pending.lines++
      this.#pendingBytes += length
      return
    }
    if (this.#isHeader(bytes, from, to, length, true)) return
    this.end()
    this.#pend(this.#unknown(bytes, from, to), false, offset, length)
  }

  #unknown(bytes: Buffer, from: number, to: number): LogRecord {
    const unknown = this.#detector.take(bytes)
    unknown.format = UNKNOWN
    unknown.setSlice(MESSAGE, from, to)
    return unknown
  }

  /** Takes a line as its records; the line and its bytes are the first one's. */
  #expand(records: OneRecordLines, offset: number, length: number): void {
    let expanded = 0
    for (const line of records.lines()) {
      this.end()
      const found = this.#detector.detect(line, 0, line.length)
      const record = found ?? this.#unknown(line, 0, line.length)
      const isMultiline = found !== undefined && this.#detector.isMultiline
      this.#pend(record, isMultiline, offset, expanded === 0 ? length : 0)
      record.expanded = expanded
      record.lines = 1 - expanded
      expanded = 1
    }
  }

  /**
   * Whether the line tells what is behind it; then it is no record. Lines with a `#` are asked first;
   * others only where nobody claims them, near the beginning.
   */
  #isHeader(bytes: Buffer, from: number, to: number, length: number, isUnclaimed = false): boolean {
    if (isUnclaimed ? this.#lineNumber > MAX_HEADER_LINE : bytes[from] !== NUMBER_SIGN) return false
    this.#probe.set(bytes, from, to)
    for (const format of HEADER_FORMATS) {
      const state = format.header(this.#probe, this.#header)
      if (state === undefined) continue
      this.end()
      this.#header = state
      this.#sink.header(state.name, length)
      return true
    }
    return false
  }

  /** The line as a record, if a header announced such. */
  #announced(bytes: Buffer, from: number, to: number): LogRecord | undefined {
    if (this.#header === undefined) return undefined
    const record = this.#detector.take(bytes)
    this.#probe.set(bytes, from, to)
    if (this.#header.claim(this.#probe, record)) {
      record.format = this.#header.name
      this.#detector.isMultiline = false
      this.#detector.blockFormat = undefined
      this.#detector.records = undefined
      return record
    }
    this.#detector.release(record)
    return undefined
  }

  #goesOn({ format, lines }: Block, bytes: Buffer, from: number, to: number): boolean {
    if (this.#pendingBytes > MAX_JOINED_BYTES) return false
    this.#probe.set(bytes, from, to)
    return format.goesOn?.(this.#probe, lines) === true
  }

  /** The pending record again, from all its lines; as it was, where its format has none for them. */
  #wholeBlock({ format, lines }: Block): LogRecord | undefined {
    const first = this.#pending
    if (first === undefined || lines.length === 1) return first
    const whole = this.#detector.detectBlock(format, joined(lines))
    if (whole === undefined) {
      for (const line of lines.slice(1)) join(first, line, 0, line.length)
      return first
    }
    whole.lineNumber = first.lineNumber
    whole.byteOffset = first.byteOffset
    whole.lines = first.lines
    whole.expanded = first.expanded
    this.#detector.release(first)
    return whole
  }

  #pend(record: LogRecord, isMultiline: boolean, offset: number, length: number): void {
    record.lineNumber = this.#lineNumber
    record.byteOffset = offset
    if (this.#isMended) record.addValue(INVALID_UTF8, true)
    this.#pending = record
    this.#pendingBytes = length
    this.#isMultiline = isMultiline
  }

  #belongs(bytes: Buffer, from: number): boolean {
    if (this.#pendingBytes > MAX_JOINED_BYTES) return false
    if (this.#isMultiline) return true
    const isIndented = bytes[from] === SPACE || bytes[from] === TAB
    return isIndented && this.#pending?.format === UNKNOWN
  }
}

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== SPACE && bytes[at] !== TAB) return false
  }
  return true
}

/** Lines with line feeds between them. */
function joined(lines: readonly Buffer[]): Buffer {
  const feed = Buffer.from([LINE_FEED])
  return Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [feed, line])))
}

/** Adds a line to the message; where the message ends the line before, the bytes between are both's. */
function join(record: LogRecord, bytes: Buffer, from: number, to: number): void {
  const end = record.to[MESSAGE] ?? 0
  const isSame = record.buffers[record.source[MESSAGE] ?? 0] === bytes
  const isPlain = record.kind[MESSAGE] === PLAIN
  if (isSame && isPlain && from > end && from - end <= 2) {
    record.to[MESSAGE] = to
    return
  }
  record.appendLine(MESSAGE, bytes, from, to)
}
