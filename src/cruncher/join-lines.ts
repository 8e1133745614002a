import { isUtf8 } from 'node:buffer'
import type { Detector } from './detector.ts'
import { ABSENT, type LogRecord, MESSAGE, PLAIN } from './record.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const TAB = 0x09

/** A trace beyond this is cut from its record: the lines behind are records of their own. */
const MAX_JOINED_BYTES = 1_048_576

/** What no format claims; it is kept as it stands, as the message. */
export const UNKNOWN = 'unknown'
/** Attribute of a line that was not UTF-8: its bytes that were none are U+FFFD. */
export const INVALID_UTF8 = 'invalid_utf8'

export interface LineSink {
  /** A record that is whole; it is filled anew when the call is over. `bytes`: of its lines, with their ends. */
  record(record: LogRecord, bytes: number): void
  /** A line with nothing in it but blanks. */
  blank(bytes: number): void
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
  #lineNumber = 0
  #offset = 0

  constructor(detector: Detector, sink: LineSink) {
    this.#detector = detector
    this.#sink = sink
  }

  /** Lines read so far. */
  get lineNumber(): number {
    return this.#lineNumber
  }

  /** Takes whole lines; the last may lack its end. The bytes must not change before the next call. */
  take(bytes: Buffer, from: number, to: number): void {
    const isValid = isUtf8(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to))
    let at = from
    while (at < to) {
      let end = bytes.indexOf(LINE_FEED, at)
      if (end < 0 || end > to) end = to
      const next = end < to ? end + 1 : to
      const last = end > at && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
      this.#lineNumber++
      if (isValid || isUtf8(bytes.subarray(at, last))) this.#line(bytes, at, last, next - at)
      else this.#mended(bytes, at, last, next - at)
      at = next
    }
  }

  /** Hands over what waits for lines that might belong to it. */
  end(): void {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    this.#sink.record(pending, this.#pendingBytes)
    this.#detector.release(pending)
  }

  /** Counts a line that was not taken, so that those behind it have their numbers and places. */
  skip(bytes: number): void {
    this.end()
    this.#lineNumber++
    this.#offset += bytes
  }

  #mended(bytes: Buffer, from: number, to: number, length: number): void {
    const mended = Buffer.from(bytes.toString('utf8', from, to))
    this.#line(mended, 0, mended.length, length)
    if (this.#pending?.lineNumber === this.#lineNumber) this.#pending.addValue(INVALID_UTF8, true)
  }

  #line(bytes: Buffer, from: number, to: number, length: number): void {
    const offset = this.#offset
    this.#offset += length
    if (from === to || isBlank(bytes, from, to)) {
      this.end()
      this.#sink.blank(length)
      return
    }
    const record = this.#detector.detect(bytes, from, to)
    if (record !== undefined) {
      this.end()
      this.#pend(record, this.#detector.isMultiline, offset, length)
      return
    }
    const pending = this.#pending
    if (pending !== undefined && this.#belongs(bytes, from)) {
      join(pending, bytes, from, to)
      pending.lines++
      this.#pendingBytes += length
      return
    }
    this.end()
    const unknown = this.#detector.take(bytes)
    unknown.format = UNKNOWN
    unknown.setSlice(MESSAGE, from, to)
    this.#pend(unknown, false, offset, length)
  }

  #pend(record: LogRecord, isMultiline: boolean, offset: number, length: number): void {
    record.lineNumber = this.#lineNumber
    record.byteOffset = offset
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

/** Adds a line to the message; where the message ends the line before, the bytes between are both's. */
function join(record: LogRecord, bytes: Buffer, from: number, to: number): void {
  const end = record.to[MESSAGE] ?? 0
  const isSame = record.buffers[record.source[MESSAGE] ?? 0] === bytes
  const isPlain = record.kind[MESSAGE] === PLAIN
  if (isSame && isPlain && from > end && from - end <= 2) {
    record.to[MESSAGE] = to
    return
  }
  const line = bytes.toString('utf8', from, to)
  const before = record.kind[MESSAGE] === ABSENT ? '' : `${record.text(MESSAGE)}\n`
  record.setText(MESSAGE, before + line)
}
