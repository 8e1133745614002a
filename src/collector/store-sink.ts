import { createHash } from 'node:crypto'
import { FerryError } from '../core/errors.ts'
import {
  COMPRESSED_SUFFIX,
  compress,
  type Compression,
  decompress,
} from '../formats/compression.ts'
import { readObject } from '../stores/read-object.ts'
import type { ObjectStore } from '../stores/store.ts'
import { writeObject } from '../stores/write-object.ts'
import type { DeliveredSegment, SealedSegment, SegmentSink } from './delivery.ts'
import { fillPath } from './partition.ts'
import { parseRows } from './parse-rows.ts'
import { readSegment } from './read-segment.ts'
import { type ContentCount, type EventFormat, segmentContent } from './segment-content.ts'

/** Packing is most of what a delivery costs; rows repeat so much that level 6 gains little (docs/performance.md). */
const FASTEST_LEVEL = 1

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
    const count: ContentCount = { rows: 0 }
    const content = segmentContent(segment.path, format, count)
    const bytes =
      compression === undefined ? content : compress(content, { compression, level: FASTEST_LEVEL })
    try {
      const info = await writeObject(store, key, bytes, {
        signal,
        condition: 'absent',
        ...(store.capabilities.metadata ? { contentType: CONTENT_TYPE[format] } : {}),
      })
      return { rows: count.rows, bytes: info.size }
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
    const suffix = compression === undefined ? '' : COMPRESSED_SUFFIX[compression]
    return `${fillPath(prefix, arrivedAt.getTime())}${name}${suffix}`
  }

  /** The object that is there already must hold what the segment does. */
  async #verify(
    key: string,
    segment: SealedSegment,
    signal: AbortSignal,
  ): Promise<DeliveredSegment> {
    const { store, format, compression } = this.#options
    const count: ContentCount = { rows: 0 }
    const ours = await digest(segmentContent(segment.path, format, count))
    const info = await store.stat(key, { signal })
    const body = readObject(store, info, { signal })
    const theirs = await digest(compression === undefined ? body : decompress(body, compression))
    if (ours === theirs) return { rows: count.rows, bytes: info.size }
    throw new FerryError('DATA_INVALID', `\`${key}\` is in the store already, with other content`, {
      hint: 'move that object away; the segment is kept and sent by the next start',
    })
  }
}

const CONTENT_TYPE: Readonly<Record<EventFormat, string>> = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
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
