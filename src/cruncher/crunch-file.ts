import { FerryError } from '../core/errors.ts'
import { Account, type FileAccount } from './account.ts'
import { FileCruncher, type Rejection, type Steps } from './file-cruncher.ts'
import type { Detector } from './detector.ts'
import { asUtf8 } from './input/as-utf8.ts'
import { TextMeasure, UTF16_MARK_BYTES } from './input/text-measure.ts'
import { unpack } from './input/unpack.ts'
import { type LineTaker, WholeLines } from './input/whole-lines.ts'

/** What takes records and can be slower than they come. */
export interface Backpressure {
  /** Resolves when there is room again. */
  ready(): Promise<void>
}

export interface CrunchFileOptions {
  /** As the file lies there, packed or not. */
  readonly source: AsyncIterable<Uint8Array>
  readonly detector: Detector
  readonly steps: Steps
  readonly outputs: readonly Backpressure[]
  readonly reject: (rejection: Rejection) => void
  readonly maxLineBytes: number
  /** Asked at the end: whether the file has been added to meanwhile, so that a last line without an end is none. */
  readonly hasGrown: () => Promise<boolean>
}

export interface CrunchedFile {
  readonly account: FileAccount
  /** Bytes at the end of a growing file that are no line yet. */
  readonly unfinishedBytes: number
  /** The file was cut off or damaged: what came before was taken. */
  readonly damage: string | undefined
}

/**
 * Reads one file to its end: lines, records, outputs. A file that is cut off gives all whole lines
 * before the break, and its account says so. @throws what the source and the outputs throw
 */
export async function crunchFile(options: CrunchFileOptions): Promise<CrunchedFile> {
  const { detector, steps, reject, outputs } = options
  const account = new Account()
  const measure = new TextMeasure()
  using memory = detector.scanner?.lease()
  const cruncher = new FileCruncher({ detector, steps, account, reject, memory, measure })
  const last = new LastLine(cruncher)
  const lines = new WholeLines(last, options.maxLineBytes, measure)
  let damage: string | undefined
  try {
    const text = asUtf8(unpack(options.source), () => {
      measure.isUtf16 = true
      cruncher.passedOver(UTF16_MARK_BYTES)
    })
    for await (const piece of text) {
      lines.push(piece)
      for (const output of outputs) await output.ready()
    }
  } catch (error) {
    if (!(error instanceof FerryError) || error.code !== 'DATA_INVALID') throw error
    damage = error.message
  }
  lines.end()
  let unfinishedBytes = 0
  if (last.bytes !== undefined) {
    if (damage !== undefined) cruncher.cutOff(last.bytes)
    else if (await options.hasGrown())
      unfinishedBytes = measure.of(last.bytes, 0, last.bytes.length)
    else cruncher.rest(last.bytes)
  }
  cruncher.end()
  return { account: account.toJSON(), unfinishedBytes, damage }
}

/** Holds a last line without an end back, until it is known what it is. */
class LastLine implements LineTaker {
  bytes: Buffer | undefined
  readonly #taker: LineTaker

  constructor(taker: LineTaker) {
    this.#taker = taker
  }

  passedOver(bytes: number): void {
    this.#taker.passedOver(bytes)
  }

  lines(bytes: Buffer, from: number, to: number): void {
    this.#taker.lines(bytes, from, to)
  }

  tooLong(start: Buffer, bytes: number): void {
    this.#taker.tooLong(start, bytes)
  }

  rest(bytes: Buffer): void {
    this.bytes = bytes
  }
}
