import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { FerryError } from '../core/errors.ts'
import type { Compression } from '../formats/compression.ts'
import { EVENT_COLUMNS, type EventColumn } from '../formats/event-row.ts'
import { readRange } from '../stores/read-range.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'
import { eventOf, type EventTexts } from './event-json.ts'
import { parseRows } from './parse-rows.ts'

/** What a group of rows holds at most: by them, memory is bounded on both sides. */
const GROUP_ROWS = 4_096
const GROUP_BYTES = 2_097_152
const FASTEST_LEVEL = 1

const CODECS = { gzip: 'GZIP', zstd: 'ZSTD' } as const
const PACK = {
  GZIP: (bytes: Uint8Array) => gzipSync(bytes, { level: FASTEST_LEVEL }),
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
}
const UNPACK = {
  GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
}

type ColumnKind = 'integer' | 'timestamp' | 'text'

function kindOf(column: EventColumn): ColumnKind {
  if (column === 'nr' || column === 'sequence') return 'integer'
  return column === 'at' || column === 'received_at' ? 'timestamp' : 'text'
}

/**
 * The types of the columns: `nr` and `sequence` are 64-bit integers, `at` and `received_at` timestamps
 * in milliseconds, in UTC and without a zone, as in the other formats; the rest is text. What was not
 * given is NULL.
 */
const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: EVENT_COLUMNS.length },
  ...EVENT_COLUMNS.map(name => elementOf(name)),
]

function elementOf(name: EventColumn): SchemaElement {
  switch (kindOf(name)) {
    case 'integer':
      return { name, type: 'INT64', repetition_type: 'OPTIONAL' }
    case 'timestamp':
      return {
        name,
        type: 'INT64',
        repetition_type: 'OPTIONAL',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' },
      }
    default:
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }
  }
}

/**
 * Rows of events as a Parquet file, a group of rows after the other; the same rows make the same
 * bytes, however they come cut. `rows`: whole rows in each piece. @throws FerryError DATA_INVALID
 */
export async function* parquetEvents(
  rows: AsyncIterable<Buffer>,
  compression: Compression | undefined,
): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter()
  const file = new ParquetWriter({
    writer,
    schema: SCHEMA,
    codec: compression === undefined ? 'UNCOMPRESSED' : CODECS[compression],
    compressors: PACK,
    createdBy: 'ferry',
  })
  let columns = emptyColumns()
  let count = 0
  let bytes = 0
  const taken = (): Uint8Array => {
    const piece = Buffer.from(writer.getBytes())
    writer.index = 0
    return piece
  }
  const writeGroup = async (): Promise<Uint8Array> => {
    const columnData = EVENT_COLUMNS.map((name, at) => ({ name, data: columns[at] ?? [] }))
    await file.write({ columnData, rowGroupSize: count })
    columns = emptyColumns()
    count = 0
    bytes = 0
    return taken()
  }
  for await (const piece of rows) {
    for (const row of parseRows(piece)) {
      for (const [at, name] of EVENT_COLUMNS.entries()) {
        const text = row[name]
        bytes += text.length
        columns[at]?.push(valueOf(name, text))
      }
      count++
      if (count >= GROUP_ROWS || bytes >= GROUP_BYTES) yield await writeGroup()
    }
  }
  if (count > 0) yield await writeGroup()
  await file.finish()
  yield taken()
}

type Value = string | bigint | null

const emptyColumns = (): Value[][] => EVENT_COLUMNS.map(() => [])

function valueOf(column: EventColumn, text: string): Value {
  if (text === '') return null
  switch (kindOf(column)) {
    case 'integer':
      return BigInt(text)
    case 'timestamp':
      return BigInt(Date.parse(`${text.replace(' ', 'T')}Z`))
    default:
      return text
  }
}

/** The events of a Parquet file in a store, a group of rows at a time. @throws FerryError DATA_INVALID */
export async function* readParquetEvents(
  store: ObjectStore,
  object: ObjectInfo,
  signal: AbortSignal,
): AsyncGenerator<EventTexts> {
  const file = {
    byteLength: object.size,
    async slice(start: number, end = object.size): Promise<ArrayBuffer> {
      const range = { offset: start, length: end - start }
      const { bytes } = await readRange(store, { range, object, signal })
      return new Uint8Array(bytes).buffer
    },
  }
  const metadata = await readable(() => parquetMetadataAsync(file))
  let at = 0
  for (const group of metadata.row_groups) {
    const end = at + Number(group.num_rows)
    const rows = await readable(() =>
      parquetReadObjects({
        file,
        metadata,
        rowStart: at,
        rowEnd: end,
        compressors: UNPACK,
        columns: [...EVENT_COLUMNS],
      }),
    )
    for (const row of rows) yield eventOf(column => textOf(column, row[column]))
    at = end
  }
}

async function readable<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof FerryError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new FerryError('DATA_INVALID', `it is no Parquet file of events, or damaged: ${why}`, {
      cause: error,
    })
  }
}

function textOf(column: EventColumn, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) {
    const text = value.toISOString().replace('T', ' ')
    return text.slice(0, column === 'at' ? 19 : 23)
  }
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'number') return `${value}`
  throw new FerryError('DATA_INVALID', `its column \`${column}\` is of a type that events have not`)
}
