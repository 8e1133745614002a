import type { Account } from './account.ts'
import type { Detector } from './detector.ts'
import type { LineTaker } from './input/whole-lines.ts'
import { LineJoiner, type LineSink, UNKNOWN } from './join-lines.ts'
import type { LogRecord } from './record.ts'
import { SERVICE } from './record.ts'
import type { LineMemory } from './scan/scanner.ts'

/** What is done with each record of a file, in this order. */
export interface Steps {
  /** Fills in what times lack. */
  readonly inferTime: (record: LogRecord) => void
  /** Finds the route. */
  readonly classify: ((record: LogRecord) => void) | undefined
  /** Why a record is not wanted; nothing: it is. */
  readonly refuse: ((record: LogRecord) => string | undefined) | undefined
  readonly redact: ((record: LogRecord) => void) | undefined
  /** Where wanted records go: aggregates and output. */
  readonly sinks: readonly ((record: LogRecord) => void)[]
}

/** A line that is kept apart. */
export interface Rejection {
  /** Counted from 1. */
  readonly line: number
  readonly byteOffset: number
  readonly bytes: number
  readonly reason: string
  /** Its first bytes, or all of them. */
  readonly text: Buffer
}

export interface FileCruncherOptions {
  readonly detector: Detector
  readonly steps: Steps
  readonly account: Account
  readonly reject: (rejection: Rejection) => void
  /** Of the detector's scanner; without, lines are read where they are. */
  readonly memory?: LineMemory | undefined
}

/** A line that no format was looked for in. */
const UNTOLD = { format: UNKNOWN, source: UNKNOWN, lines: 1 }

/** Takes the lines of one file through all steps and counts what becomes of them. */
export class FileCruncher implements LineTaker, LineSink {
  readonly #options: FileCruncherOptions
  readonly #joiner: LineJoiner
  readonly #services = new ServiceNames()
  #offset = 0

  constructor(options: FileCruncherOptions) {
    this.#options = options
    this.#joiner = new LineJoiner(options.detector, this)
  }

  passedOver(bytes: number): void {
    this.#joiner.passOver(bytes)
    this.#offset += bytes
  }

  lines(bytes: Buffer, from: number, to: number): void {
    const { memory } = this.#options
    const at = memory === undefined ? -1 : memory.put(bytes, from, to)
    if (memory === undefined || at < 0) this.#joiner.take(bytes, from, to)
    else this.#joiner.take(memory.bytes, at, at + to - from)
    this.#offset += to - from
  }

  tooLong(start: Buffer, bytes: number): void {
    this.#joiner.skip(bytes)
    this.#refuse(start, bytes, 'too_long')
  }

  rest(bytes: Buffer): void {
    this.lines(bytes, 0, bytes.length)
  }

  /** The last line of a file that ended too soon: who wrote it had not finished. */
  cutOff(bytes: Buffer): void {
    this.#joiner.skip(bytes.length)
    this.#refuse(bytes, bytes.length, 'cut_off')
  }

  end(): void {
    this.#joiner.end()
  }

  record(record: LogRecord, bytes: number): void {
    const { steps, account } = this.#options
    steps.inferTime(record)
    steps.classify?.(record)
    const { format, lines, expanded } = record
    const reason = steps.refuse?.(record)
    if (reason !== undefined) {
      const source = this.#services.sourceOf(record)
      account.filtered({ format, source, reason, lines, bytes, expanded })
      return
    }
    account.out(format, lines, bytes, expanded)
    steps.redact?.(record)
    account.source(this.#services.sourceOf(record), record.timeUs)
    for (const sink of steps.sinks) sink(record)
  }

  blank(bytes: number): void {
    this.#options.account.filtered({ ...UNTOLD, reason: 'blank', bytes })
  }

  header(format: string, bytes: number): void {
    this.#options.account.filtered({ format, source: format, reason: 'header', lines: 1, bytes })
  }

  #refuse(text: Buffer, bytes: number, reason: string): void {
    const byteOffset = this.#offset
    this.#offset += bytes
    this.#options.account.rejected({ ...UNTOLD, reason, bytes })
    this.#options.reject({ line: this.#joiner.lineNumber, byteOffset, bytes, reason, text })
  }
}

const SLOTS = 1_024
const MAX_NAME_BYTES = 64

interface Source {
  readonly format: string
  readonly service: Buffer
  readonly name: string
}

/** `FORMAT:SERVICE` of records, made once for each pair that is met. */
class ServiceNames {
  readonly #slots: (Source | undefined)[] = Array.from({ length: SLOTS })

  sourceOf(record: LogRecord): string {
    const from = record.from[SERVICE] ?? 0
    const isGiven = record.kind[SERVICE] !== 0
    const to = isGiven ? Math.min(record.to[SERVICE] ?? 0, from + MAX_NAME_BYTES) : from
    const bytes = record.buffers[record.source[SERVICE] ?? 0]
    let hash = record.format.length
    for (let at = from; at < to; at++) hash = Math.imul(hash, 31) + (bytes?.[at] ?? 0)
    const slot = hash & (SLOTS - 1)
    const found = this.#slots[slot]
    if (found !== undefined && found.format === record.format) {
      const { service } = found
      let at = 0
      while (at < service.length && service[at] === bytes?.[from + at]) at++
      if (at === service.length && at === to - from) return found.name
    }
    const service = Buffer.from(bytes?.subarray(from, to) ?? [])
    const name = isGiven ? `${record.format}:${service.toString('utf8')}` : record.format
    this.#slots[slot] = { format: record.format, service, name }
    return name
  }
}
