import { FerryError } from '../core/errors.ts'
import type { RowsQuery, SnapshotReader, SourceTable } from '../databases/source.ts'
import type { ManifestPart } from '../formats/manifest.ts'
import type { Pace } from './pace.ts'
import { PartWriter, type PartsShape } from './part-writer.ts'
import { RangeQueue } from './range-queue.ts'
import type { SourceAccess } from './source-access.ts'

/** How often a range is begun before the table is given up. */
const ATTEMPTS = 3

export interface RangesReading {
  readonly access: SourceAccess
  readonly query: RowsQuery
  /** Conditions; each row fulfils one of them. */
  readonly ranges: readonly string[]
  readonly shape: PartsShape
  /** A new one for each reader. */
  readonly pace: () => Pace | undefined
  /** Sweeps the parts whose names begin so. */
  readonly sweep: (prefix: string) => Promise<void>
  /** Of the whole reading: when it is aborted, nothing is tried again. */
  readonly signal: AbortSignal
  readonly onRetry: (range: number, error: FerryError) => void
}

/** Parts in the order of their ranges. */
export interface ReadParts {
  readonly parts: readonly ManifestPart[]
  readonly rows: number
}

export interface ReadTable extends ReadParts {
  /** The first reader can still be used. */
  readonly isFirstAlive: boolean
  /** Where it cannot, and the moment is not shared: another that has the moment, the caller's now. */
  readonly survivor: SnapshotReader | undefined
}

/**
 * Reads the ranges of a table with as many readers as may be open, into parts that are named by their
 * range. A range that breaks off is read again, and no other: by a new reader of the same moment, or,
 * where a moment is not shared, by one of the readers that still have it.
 * `first` is a reader that has described the table; it is disposed of by its owner.
 */
export async function readRanges(
  reading: RangesReading,
  first: SnapshotReader,
): Promise<ReadTable> {
  const { ranges, access } = reading
  const results: (ReadParts | undefined)[] = ranges.map(() => undefined)
  const queue = new RangeQueue(ranges.length)
  const count = Math.min(access.slots, ranges.length)
  let alive = count
  let isFirstAlive = true
  let survivor: SnapshotReader | undefined
  /** Whether another takes over what this worker's reader broke off with: it has none of the moment now. */
  const handOver = async (range: number, error: unknown, readers: OneReader): Promise<boolean> => {
    const isTooOften = queue.timesBegun(range) >= ATTEMPTS
    if (alive === 1 || isTooOften || isShared(reading) || !canPass(reading, error)) return false
    alive -= 1
    await startAgain(reading, range, error, readers)
    queue.giveBack(range)
    return true
  }
  const work = async (given: SnapshotReader | undefined): Promise<void> => {
    await using readers = new OneReader(reading, given)
    for (;;) {
      const at = await queue.take()
      if (at === undefined) break
      try {
        results[at] = await readRange(reading, at, readers)
        queue.isRead()
      } catch (error) {
        if (!(await handOver(at, error, readers))) throw error
        break
      }
    }
    if (given !== undefined) isFirstAlive = readers.hasGiven
    else if (!isFirstAlive && !isShared(reading)) survivor ??= readers.release()
  }
  const workers = Array.from({ length: count }, (_, at) =>
    work(at === 0 ? first : undefined).catch((error: unknown) => {
      queue.stop()
      throw error
    }),
  )
  const ended = await Promise.allSettled(workers)
  const failed = ended.find(one => one.status === 'rejected')
  if (failed !== undefined) {
    await survivor?.[Symbol.asyncDispose]()
    throw failed.reason
  }
  const all = results.flatMap(result => (result === undefined ? [] : [result]))
  return {
    parts: all.flatMap(({ parts }) => parts),
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    isFirstAlive,
    survivor,
  }
}

/** The name of a range's parts begins with it. */
export const rangePrefix = (range: number): string => `r${String(range).padStart(3, '0')}`

async function readRange(
  reading: RangesReading,
  range: number,
  readers: OneReader,
): Promise<ReadParts> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryRange(reading, range, await readers.take())
    } catch (error) {
      // Where the moment is not shared, a new reader has another one, and ranges must all be of one.
      const isOfOneMoment = isShared(reading) || reading.ranges.length === 1
      if (!isOfOneMoment || attempt >= ATTEMPTS || !canPass(reading, error)) throw error
      await startAgain(reading, range, error, readers)
    }
  }
}

const isShared = ({ access }: RangesReading): boolean => access.moment.snapshot !== null

/** Whether another try can help. @throws what ended the whole reading */
function canPass({ signal }: RangesReading, error: unknown): error is FerryError {
  signal.throwIfAborted()
  return (
    error instanceof FerryError &&
    error.retryable &&
    error.code !== 'SOURCE_CHANGED' &&
    error.details['timedOut'] !== true
  )
}

/** Tells it, ends the reader that broke, and takes away what there is of the range. */
async function startAgain(
  { onRetry, sweep }: RangesReading,
  range: number,
  error: FerryError,
  readers: OneReader,
): Promise<void> {
  onRetry(range, error)
  await readers.drop()
  await sweep(`${rangePrefix(range)}-`)
}

async function tryRange(
  { query, ranges, shape, pace: newPace }: RangesReading,
  range: number,
  reader: SnapshotReader,
): Promise<ReadParts> {
  const writer = new PartWriter(shape, rangePrefix(range))
  const pace = newPace()
  try {
    const where = [...query.where, ranges[range] ?? '']
    const stream = await reader.read({ ...query, where })
    for await (const piece of stream.pieces) {
      await writer.add(piece)
      if (pace !== undefined && piece.rows > 0) await pace.took(piece.rows)
    }
    const parts = await writer.finish()
    const rows = parts.reduce((sum, part) => sum + (part.rows ?? 0), 0)
    if (rows !== stream.rows()) {
      throw new FerryError(
        'TRANSIENT',
        `the source sent ${stream.rows()} rows, and ${rows} were written`,
      )
    }
    return { parts, rows }
  } catch (error) {
    await writer.giveUp()
    throw error
  }
}

/** A reader that is opened when it is wanted, and again when it broke. */
class OneReader implements AsyncDisposable {
  readonly #access: SourceAccess
  readonly #table: SourceTable
  #given: SnapshotReader | undefined
  #opened: SnapshotReader | undefined

  constructor({ access, query }: RangesReading, given: SnapshotReader | undefined) {
    this.#access = access
    this.#table = query.table
    this.#given = given
  }

  /** The reader that was given has not broken. */
  get hasGiven(): boolean {
    return this.#given !== undefined
  }

  async take(): Promise<SnapshotReader> {
    const found = this.#given ?? this.#opened
    if (found !== undefined) return found
    const reader = await this.#access.reader()
    this.#opened = reader
    await reader.describe(this.#table.relation) // it holds the table's shape, and may find it changed
    return reader
  }

  /** The reader that was opened, which is the caller's from now on. */
  release(): SnapshotReader | undefined {
    const opened = this.#opened
    this.#opened = undefined
    return opened
  }

  async drop(): Promise<void> {
    this.#given = undefined
    const opened = this.#opened
    this.#opened = undefined
    await opened?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drop()
  }
}
