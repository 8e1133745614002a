import { FerryError } from '../../core/errors.ts'
import { decompress } from '../../formats/compression.ts'
import { ROW_END } from '../../formats/event-row.ts'
import { readObject } from '../../stores/read-object.ts'
import type { ObjectInfo, ObjectStore } from '../../stores/store.ts'
import { eventFromJson, eventToRow } from '../event-json.ts'
import { readParquetEvents } from '../event-parquet.ts'
import type { FilePacking } from '../segment-content.ts'
import { emptyFacts, type EventFacts, readFacts } from './event-facts.ts'
import { MAX_ROW_BYTES, RowLines } from './row-lines.ts'
import { RowScanner } from './row-scanner.ts'

/** What was not taken as an event, and where it lies. */
export interface RejectedLine {
  readonly object: string
  /** From 1 up; of a Parquet file, its row. */
  readonly line: number
  /** Where the line begins, in bytes of the unpacked object; null for Parquet. */
  readonly at: number | null
  readonly reason: string
}

export interface DayObject {
  readonly object: ObjectInfo
  readonly packing: FilePacking
}

export interface EventReader {
  /** Takes an event; what it is given is another's after the call. */
  event(facts: EventFacts, row: Buffer): Promise<void> | undefined
  rejected(line: RejectedLine): void
}

/**
 * Reads all events of an object. What is no event is told and passed over; an object that cannot be
 * unpacked to its end is told as one such line, behind those that could be read.
 */
export async function readDayObject(
  store: ObjectStore,
  { object, packing }: DayObject,
  reader: EventReader & { readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = reader
  const place: Place = { object: object.key, line: 0, at: packing.format === 'parquet' ? null : 0 }
  try {
    if (packing.format === 'parquet') {
      await readTexts(asRows(readParquetEvents(store, object, signal), place), reader, place)
      return
    }
    const body = readObject(store, object, { signal })
    const bytes = packing.compression === undefined ? body : decompress(body, packing.compression)
    if (packing.format === 'csv') await readRows(bytes, reader, place)
    else await readTexts(jsonRows(bytes, place), reader, place)
  } catch (error) {
    if (!(error instanceof FerryError) || error.code !== 'DATA_INVALID') throw error
    const { line, at } = place
    reader.rejected({ object: object.key, line: line + 1, at, reason: error.message })
  }
}

/** Where reading is: the last line that was read. */
interface Place {
  readonly object: string
  line: number
  at: number | null
}

async function readRows(
  source: AsyncIterable<Uint8Array>,
  reader: EventReader,
  place: Place,
): Promise<void> {
  const scanner = new RowScanner()
  const facts = emptyFacts()
  const { object } = place
  const lines = new RowLines(scanner)
  const take = async (isAtEnd: boolean): Promise<void> => {
    for (let row = lines.next(isAtEnd); row !== undefined; row = lines.next(isAtEnd)) {
      place.line = row.line
      place.at = row.at
      const wrong = row.broken ?? readFacts(row.bytes, scanner, facts)
      if (wrong === undefined) {
        const waiting = reader.event(facts, row.bytes.subarray(row.start, row.end))
        if (waiting !== undefined) await waiting
      } else reader.rejected({ object, line: row.line, at: row.at, reason: wrong })
    }
  }
  for await (const piece of source) {
    lines.push(piece)
    await take(false)
  }
  await take(true)
}

/** Rows one by one; undefined for one that is no event. */
async function readTexts(
  rows: AsyncIterable<Buffer | undefined>,
  reader: EventReader,
  place: Place,
): Promise<void> {
  const scanner = new RowScanner()
  const facts = emptyFacts()
  for await (const row of rows) {
    const { object, line, at } = place
    let wrong: string | undefined = 'it is no event in JSON'
    if (row !== undefined) {
      const isRow = scanner.scan(row, 0, row.length) === 'row' && scanner.next === row.length
      wrong = isRow ? readFacts(row, scanner, facts) : 'it is no row of events'
    }
    if (row === undefined || wrong !== undefined) {
      reader.rejected({ object, line, at, reason: wrong ?? '' })
      continue
    }
    const waiting = reader.event(facts, row)
    if (waiting !== undefined) await waiting
  }
}

async function* asRows(
  events: ReturnType<typeof readParquetEvents>,
  place: Place,
): AsyncGenerator<Buffer> {
  for await (const event of events) {
    place.line++
    yield eventToRow(event)
  }
}

/**
 * The rows of lines of JSON. An empty line is none. @throws FerryError DATA_INVALID (a line that has
 * no end: what is behind it cannot be told apart)
 */
async function* jsonRows(
  source: AsyncIterable<Uint8Array>,
  place: Place,
): AsyncGenerator<Buffer | undefined> {
  let rest: Buffer = Buffer.alloc(0)
  let at = 0
  for await (const piece of source) {
    if (rest.length > MAX_ROW_BYTES) {
      place.at = at
      throw new FerryError('DATA_INVALID', `a line is longer than ${MAX_ROW_BYTES} bytes`)
    }
    const bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece])
    let start = 0
    for (let end = bytes.indexOf(ROW_END); end !== -1; end = bytes.indexOf(ROW_END, start)) {
      place.line++
      place.at = at + start
      if (end > start) yield jsonRow(bytes.toString('utf8', start, end))
      start = end + 1
    }
    rest = bytes.subarray(start)
    at += start
  }
  if (rest.length === 0) return
  place.line++
  place.at = at
  yield jsonRow(rest.toString('utf8'))
}

function jsonRow(text: string): Buffer | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined // told as a line that is no event
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const event = eventFromJson(parsed)
  return event === undefined ? undefined : eventToRow(event)
}
