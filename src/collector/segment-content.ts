import { stat } from 'node:fs/promises'
import { asLocalIoError } from '../core/errors.ts'
import { compress, type Compression } from '../formats/compression.ts'
import { eventToJson } from './event-json.ts'
import { parquetEvents } from './event-parquet.ts'
import { parseRows } from './parse-rows.ts'
import { assertWhole, readBlocks, readSegment } from './read-segment.ts'
import { RequestIdentities } from './request-identities.ts'
import { FASTEST_LEVEL, packRows, unpackRows } from './row-packing.ts'
import { packedFile } from './packed-file.ts'
import type { PackedRows } from './segment-frame.ts'

/** How delivered files are written. */
export type EventFormat = 'csv' | 'jsonl' | 'parquet'

/** What a reader of a segment's content learns on the way. */
export class ContentCount {
  rows = 0
  readonly identities = new RequestIdentities()
}

/**
 * The rows of a sealed segment, frames at a time; `count` grows as they pass.
 * @throws FerryError DATA_INVALID (the segment is not whole)
 */
export async function* segmentRows(path: string, count: ContentCount): AsyncGenerator<Buffer> {
  const size = await sizeOf(path)
  let end = 0
  for await (const frame of readSegment(path)) {
    end = frame.end
    count.rows += frame.count
    count.identities.addPacked(frame.identities)
    yield frame.rows
  }
  assertWhole(path, end, size)
}

/**
 * A sealed segment as a compressed CSV file. What its worker has packed is passed on as it is.
 * @throws FerryError DATA_INVALID (the segment is not whole)
 */
export function segmentFile(
  path: string,
  compression: Compression,
  count: ContentCount,
): AsyncIterable<Uint8Array> {
  return packedFile(packedRows(path, compression, count), compression)
}

async function* packedRows(
  path: string,
  compression: Compression,
  count: ContentCount,
): AsyncGenerator<readonly PackedRows[]> {
  const size = await sizeOf(path)
  let end = 0
  for await (const block of readBlocks(path)) {
    end = block.end
    count.rows += block.count
    count.identities.addPacked(block.identities)
    yield block.pieces.map(({ content }) => {
      if (Buffer.isBuffer(content)) return packRows(content, compression)
      // Of a run before, whose ferry.yaml said otherwise.
      if (content.compression !== compression) return packRows(unpackRows(content), compression)
      return content
    })
  }
  assertWhole(path, end, size)
}

async function sizeOf(path: string): Promise<number> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw asLocalIoError(error, path)
  })
  return size
}

export interface FilePacking {
  readonly format: EventFormat
  readonly compression: Compression | undefined
}

/** Rows as a file of a format. `rows`: whole rows in each piece. @throws FerryError DATA_INVALID */
export function eventFile(
  rows: AsyncIterable<Buffer>,
  { format, compression }: FilePacking,
): AsyncIterable<Uint8Array> {
  if (format === 'parquet') return parquetEvents(rows, compression) // packed within
  const lines = format === 'csv' ? rows : jsonLines(rows)
  return compression === undefined ? lines : compress(lines, { compression, level: FASTEST_LEVEL })
}

/** Rows as lines of JSON, piece by piece. */
export async function* jsonLines(rows: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  for await (const piece of rows) {
    const lines: string[] = []
    for (const row of parseRows(piece)) lines.push(JSON.stringify(eventToJson(row)))
    if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`)
  }
}
