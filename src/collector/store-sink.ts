import { createHash } from 'node:crypto'
import { FerryError } from '../core/errors.ts'
import { COMPRESSED_SUFFIX, type Compression, decompress } from '../formats/compression.ts'
import { readObject } from '../stores/read-object.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'
import { writeObject } from '../stores/write-object.ts'
import type { DeliveredSegment, SealedSegment, SegmentSink } from './delivery.ts'
import { eventToJson, type EventTexts } from './event-json.ts'
import { readParquetEvents } from './event-parquet.ts'
import { fillPath } from './partition.ts'
import { parseRows } from './parse-rows.ts'
import { readSegment } from './read-segment.ts'
import {
  ContentCount,
  type EventFormat,
  eventFile,
  jsonLines,
  segmentFile,
  segmentRows,
} from './segment-content.ts'

export interface StoreSinkOptions {
  readonly store: ObjectStore
  /** Of the folder, with `{date}` and the like in it; ends in a slash where it is not empty. */
  readonly prefix: string
  readonly format: EventFormat
  readonly compression: Compression | undefined
  /** In every name, so that collectors of one target never meet. */
  readonly collectorId: string
}

/**
 * Delivers each segment as one object whose name says the collector, the date and the number of the
 * segment's first event. It is written only where none is: one that was sent before, and whose answer
 * was lost, is compared with the segment instead.
 */
export class StoreSink implements SegmentSink {
  readonly #options: StoreSinkOptions

  constructor(options: StoreSinkOptions) {
    this.#options = options
  }

  async deliver(segment: SealedSegment, signal: AbortSignal): Promise<DeliveredSegment> {
    const { store, format, compression } = this.#options
    const key = this.#keyOf(segment, await firstArrival(segment.path))
    const count = new ContentCount()
    const bytes =
      format === 'csv' && compression !== undefined
        ? segmentFile(segment.path, compression, count)
        : eventFile(segmentRows(segment.path, count), { format, compression })
    try {
      const info = await writeObject(store, key, bytes, {
        signal,
        condition: 'absent',
        ...(store.capabilities.metadata ? { contentType: CONTENT_TYPE[format] } : {}),
      })
      return { rows: count.rows, identities: count.identities, bytes: info.size }
    } catch (error) {
      if (!(error instanceof FerryError) || error.code !== 'PRECONDITION_FAILED') throw error
      return await this.#verify(key, segment, signal)
    }
  }

  async close(): Promise<void> {
    await this.#options.store.close()
  }

  #keyOf({ sequence }: SealedSegment, arrivedAt: Date): string {
    const { prefix, format, compression, collectorId } = this.#options
    const date = arrivedAt.toISOString().slice(0, 10)
    const name = `${collectorId}-${date}-${String(sequence).padStart(16, '0')}.${format}`
    const isPackedWithin = format === 'parquet' || compression === undefined
    const suffix = isPackedWithin ? '' : COMPRESSED_SUFFIX[compression]
    return `${fillPath(prefix, arrivedAt.getTime())}${name}${suffix}`
  }

  /** The object that is there already must hold what the segment does. */
  async #verify(
    key: string,
    segment: SealedSegment,
    signal: AbortSignal,
  ): Promise<DeliveredSegment> {
    const { store, format } = this.#options
    const count = new ContentCount()
    const rows = segmentRows(segment.path, count)
    const ours = await digest(format === 'csv' ? rows : jsonLines(rows))
    const info = await store.stat(key, { signal })
    const theirs = await digest(this.#contentOf(info, signal))
    if (ours === theirs) {
      return { rows: count.rows, identities: count.identities, bytes: info.size }
    }
    throw new FerryError('DATA_INVALID', `\`${key}\` is in the store already, with other content`, {
      hint: 'move that object away; the segment is kept and sent by the next start',
    })
  }

  /**
   * What an object of ours holds, as it was before it was packed: by that, not by its bytes, which
   * another version of the packer may have made. Parquet is compared as lines of JSON.
   */
  #contentOf(info: ObjectInfo, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const { store, format, compression } = this.#options
    if (format === 'parquet') return asJsonLines(readParquetEvents(store, info, signal))
    const body = readObject(store, info, { signal })
    return compression === undefined ? body : decompress(body, compression)
  }
}

async function* asJsonLines(events: AsyncIterable<EventTexts>): AsyncGenerator<Uint8Array> {
  for await (const event of events) yield Buffer.from(`${JSON.stringify(eventToJson(event))}\n`)
}

const CONTENT_TYPE: Readonly<Record<EventFormat, string>> = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
}

async function digest(content: AsyncIterable<Uint8Array>): Promise<string> {
  const sum = createHash('sha256')
  for await (const bytes of content) sum.update(bytes)
  return sum.digest('hex')
}

/** When the segment's first event came: the same at each try, whatever the clock says. */
async function firstArrival(path: string): Promise<Date> {
  for await (const { rows } of readSegment(path)) {
    for (const row of parseRows(rows)) return new Date(`${row.received_at.replace(' ', 'T')}Z`)
  }
  throw new FerryError('DATA_INVALID', `segment \`${path}\` has no event`)
}
