import { FerryError } from '../../core/errors.ts'
import type { ObjectStore } from '../../stores/store.ts'
import { writeObject } from '../../stores/write-object.ts'
import { eventFile, type FilePacking } from '../segment-content.ts'
import { packingOfName } from './day-object.ts'
import { EventSorter } from './event-sorter.ts'
import type { GapListener } from './gap-listing.ts'
import { type DayObject, readDayObject, type RejectedLine } from './read-day.ts'
import { type EventsReport, MAX_REJECTED } from './report.ts'
import { SessionTally } from './session-tally.ts'

/** Rows that are handed on at once. */
const PIECE_BYTES = 262_144

export interface VerifyOptions {
  readonly store: ObjectStore
  /** As the report tells it. */
  readonly url: string
  readonly prefix: string
  /** Keys under the prefix that are of the day. */
  readonly isWanted: (key: string) => boolean
  /** How `output.url` would spell an object of the store. */
  readonly urlOf: (key: string) => string
  readonly date: string | null
  readonly lateAfterMs: number
  /** Lines that may be rejected; with more, no day's file is published. */
  readonly maxRejected: number
  /** Where what does not fit into memory goes. */
  readonly temporaryDirectory: string
  /** The day's file. */
  readonly output: DayFile | undefined
  /** Hears of all gaps; the report has those of the worst sessions. */
  readonly gaps: GapListener | undefined
  readonly signal: AbortSignal
}

export interface DayFile {
  readonly store: ObjectStore
  readonly key: string
  readonly url: string
  readonly packing: FilePacking
}

/**
 * Reads a day's events, tells what is the matter with them, and writes them once each, in the order of
 * session and nr. Memory does not grow with the day.
 * @throws FerryError INPUT_MISSING (no file of events), LOCAL_IO (the temporary folder)
 */
export async function verifyEvents(options: VerifyOptions): Promise<EventsReport> {
  const { store, signal, output } = options
  const sorter = await EventSorter.open(options.temporaryDirectory)
  try {
    const tally = new SessionTally(options.lateAfterMs, options.gaps)
    const rejected: RejectedLine[] = []
    const counts = { objects: 0, others: 0 }
    const reader = {
      signal,
      event: sorter.add.bind(sorter),
      rejected(line: RejectedLine): void {
        tally.totals.in++
        tally.totals.rejected++
        if (rejected.length < MAX_REJECTED) rejected.push(line)
      },
    }
    for await (const object of dayObjects(options, counts)) {
      signal.throwIfAborted()
      await readDayObject(store, object, reader)
    }
    const rows = keptRows(sorter, tally, options)
    const isPublished = tally.totals.rejected <= options.maxRejected
    const written =
      output !== undefined && isPublished ? await writeDay(output, rows, signal) : null
    if (written === null) for await (const _ of rows) continue
    return {
      kind: 'events',
      url: options.url,
      date: options.date,
      late_after_ms: options.lateAfterMs,
      objects: counts.objects,
      other_objects: counts.others,
      totals: tally.totals,
      found: tally.found,
      sessions: tally.sessions,
      last_received_at: isoOf(tally.lastReceivedAtMs),
      worst_sessions: tally.worst,
      rejected,
      output:
        written === null
          ? null
          : { url: output?.url ?? '', rows: tally.totals.out, bytes: written },
    }
  } finally {
    await sorter.close()
  }
}

/** The day's files, in the order of their names; `counts` grows as they pass. */
async function* dayObjects(
  options: VerifyOptions,
  counts: { objects: number; others: number },
): AsyncGenerator<DayObject> {
  const { store, prefix, isWanted, urlOf, output, signal } = options
  for await (const page of store.list({ prefix, signal })) {
    for (const entry of page) {
      if (entry.kind === 'failure') throw entry.error
      if (entry.kind === 'prefix' || !isWanted(entry.object.key)) continue
      if (urlOf(entry.object.key) === output?.url) continue
      const packing = packingOfName(entry.object.key)
      if (packing === undefined) counts.others++
      else {
        counts.objects++
        yield { object: entry.object, packing }
      }
    }
  }
  if (counts.objects > 0) return
  throw new FerryError('INPUT_MISSING', `no file of events at \`${options.url}\``, {
    hint: 'their names end in .csv, .jsonl or .parquet, with .gz or .zst behind; see it with ferry ls',
  })
}

/** What stays of the day, in its order, while the tally counts. */
async function* keptRows(
  sorter: EventSorter,
  tally: SessionTally,
  { gaps, signal }: VerifyOptions,
): AsyncGenerator<Buffer> {
  let piece: Buffer[] = []
  let bytes = 0
  for await (const events of sorter.sorted()) {
    signal.throwIfAborted()
    tally.totals.in += events.length
    for (const event of events) {
      if (!tally.pass(event)) continue
      piece.push(event.row)
      bytes += event.row.length
    }
    await gaps?.flush()
    if (bytes < PIECE_BYTES) continue
    yield Buffer.concat(piece)
    piece = []
    bytes = 0
  }
  tally.end()
  if (bytes > 0) yield Buffer.concat(piece)
}

async function writeDay(
  { store, key, packing }: DayFile,
  rows: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<number> {
  const info = await writeObject(store, key, eventFile(rows, packing), { signal })
  return info.size
}

const isoOf = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString()
