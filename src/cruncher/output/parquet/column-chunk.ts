import type { ByteSink } from '../byte-sink.ts'
import type { OutputColumn } from '../columns.ts'
import type { PagePacking } from './page-packer.ts'
import { physicalType } from './schema.ts'
import { THRIFT_KIND, ThriftWriter } from './thrift-writer.ts'

export const PLAIN = 0
const RLE = 3
export const RLE_DICTIONARY = 8
const DATA_PAGE = 0
const DICTIONARY_PAGE = 2

/** One column of a group of rows, encoded and not yet packed. */
export interface ColumnChunk {
  readonly column: OutputColumn
  readonly rows: number
  readonly nulls: number
  /** Texts by their numbers, each once, when the data are such numbers. */
  readonly dictionary: { readonly entries: number; readonly bytes: Uint8Array } | undefined
  /** Levels and values. */
  readonly data: Uint8Array
  /** The least and the greatest value, PLAIN, of numbers. */
  readonly bounds: { readonly least: Uint8Array; readonly greatest: Uint8Array } | undefined
}

/** What a chunk takes. */
export interface ChunkSize {
  readonly unpacked: number
  readonly packed: number
}

/**
 * Puts the pages of a chunk into `file` and what a reader must know of it into `footer`, as an element of a
 * list. `position`: where in the file the first byte of `file` will be.
 */
export function putChunk(
  chunk: ColumnChunk,
  { codec, pack }: PagePacking,
  to: { readonly file: ByteSink; readonly footer: ThriftWriter; readonly position: number },
): ChunkSize {
  const { file, footer, position } = to
  const began = file.length
  let unpacked = 0
  if (chunk.dictionary !== undefined) {
    unpacked += putPage(file, chunk.dictionary.bytes, pack, {
      type: DICTIONARY_PAGE,
      values: chunk.dictionary.entries,
      encoding: PLAIN,
    })
  }
  const dataBegan = file.length
  unpacked += putPage(file, chunk.data, pack, {
    type: DATA_PAGE,
    values: chunk.rows,
    encoding: chunk.dictionary === undefined ? PLAIN : RLE_DICTIONARY,
  })
  const size = { unpacked, packed: file.length - began }
  footer.beginElement()
  footer.int64(2, 0)
  footer.begin(3)
  putTypeAndEncodings(footer, chunk)
  footer.int32(4, codec)
  footer.int64(5, chunk.rows)
  footer.int64(6, size.unpacked)
  footer.int64(7, size.packed)
  footer.int64(9, position + dataBegan)
  if (chunk.dictionary !== undefined) footer.int64(11, position + began)
  putStatistics(footer, chunk)
  footer.end()
  footer.end()
  return size
}

interface Page {
  readonly type: typeof DATA_PAGE | typeof DICTIONARY_PAGE
  readonly values: number
  readonly encoding: number
}

/** The page, packed, behind its header. Says how long it is unpacked, the header included. */
function putPage(
  file: ByteSink,
  bytes: Uint8Array,
  pack: PagePacking['pack'],
  { type, values, encoding }: Page,
): number {
  const packed = pack(bytes)
  const began = file.length
  const header = new ThriftWriter(file)
  header.beginElement()
  header.int32(1, type)
  header.int32(2, bytes.length)
  header.int32(3, packed.length)
  header.begin(type === DATA_PAGE ? 5 : 7)
  header.int32(1, values)
  header.int32(2, encoding)
  if (type === DATA_PAGE) {
    header.int32(3, RLE) // of the levels that say what is absent
    header.int32(4, RLE)
  }
  header.end()
  header.end()
  const headerLength = file.length - began
  file.reserve(packed.length)
  file.putBytes(packed)
  return headerLength + bytes.length
}

function putTypeAndEncodings(footer: ThriftWriter, { column, dictionary }: ColumnChunk): void {
  footer.int32(1, physicalType(column))
  const encodings = dictionary === undefined ? [PLAIN, RLE] : [PLAIN, RLE, RLE_DICTIONARY]
  footer.list(2, THRIFT_KIND.i32, encodings.length)
  for (const encoding of encodings) footer.number(encoding)
  footer.list(3, THRIFT_KIND.binary, 1)
  footer.bytes(Buffer.from(column.name))
}

function putStatistics(footer: ThriftWriter, { nulls, bounds }: ColumnChunk): void {
  footer.begin(12)
  footer.int64(3, nulls)
  if (bounds !== undefined) {
    footer.binary(5, bounds.greatest)
    footer.binary(6, bounds.least)
  }
  footer.end()
}
