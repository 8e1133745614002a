import type { Account } from './account.ts'
import type { Detector } from './detector.ts'
import type { TextMeasure } from './input/text-measure.ts'
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
  /** In the unpacked file. */
  readonly byteOffset: number
  readonly bytes: number
  readonly reason: string
  /** Its first bytes, or all of them, in UTF-8. */
  readonly text: Buffer
  readonly isCut: boolean
}

export interface FileCruncherOptions {
  readonly detector: Detector
  readonly steps: Steps
  readonly account: Account
  readonly reject: (rejection: Rejection) => void
  /** Of the detector's scanner; without, lines are read where they are. */
  readonly memory?: LineMemory | undefined
  /** Of the input's text. */
  readonly measure?: TextMeasure
}

/** A line that no format was looked for in. */
const UNTOLD = { format: UNKNOWN, source: UNKNOWN, lines: 1 }

/** Takes the lines of one file through all steps and counts what becomes of them. */
export class FileCruncher implements LineTaker, LineSink {
  readonly #options: FileCruncherOptions
  readonly #joiner: LineJoiner
  readonly #services = new ServiceNames()

  constructor(options: FileCruncherOptions) {
    this.#options = options
    this.#joiner = new LineJoiner(options.detector, this, options.measure)
  }

  passedOver(bytes: number): void {
    this.#joiner.passOver(bytes)
  }

  lines(bytes: Buffer, from: number, to: number): void {
    const { memory } = this.#options
    const at = memory === undefined ? -1 : memory.put(bytes, from, to)
    if (memory === undefined || at < 0) this.#joiner.take(bytes, from, to)
    else this.#joiner.take(memory.bytes, at, at + to - from)
  }

  tooLong(start: Buffer, bytes: number): void {
    this.#refuse(start, bytes, { reason: 'too_long', isCut: true })
  }

  rest(bytes: Buffer): void {
    this.lines(bytes, 0, bytes.length)
  }

  /** The last line of a file that ended too soon: who wrote it had not finished. */
  cutOff(text: Buffer): void {
    const { measure } = this.#options
    const bytes = measure?.of(text, 0, text.length) ?? text.length
    this.#refuse(text, bytes, { reason: 'cut_off', isCut: false })
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

  #refuse(text: Buffer, bytes: number, why: Pick<Rejection, 'reason' | 'isCut'>): void {
    const joiner = this.#joiner
    const { offset: byteOffset } = joiner
    joiner.skip(bytes)
    this.#options.account.rejected({ ...UNTOLD, reason: why.reason, bytes })
    this.#options.reject({ line: joiner.lineNumber, byteOffset, bytes, text, ...why })
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
