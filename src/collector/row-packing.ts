import {
  constants,
  crc32,
  deflateRawSync,
  inflateRawSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { FerryError } from '../core/errors.ts'
import type { Compression } from '../formats/compression.ts'
import { Deflater } from './packing/deflater.ts'
import type { PackedRows } from './segment-frame.ts'

/** Packing is most of what a delivery costs; rows repeat so much that level 6 gains little (docs/performance.md). */
export const FASTEST_LEVEL = 1

/** What node:zlib takes at least. */
const LEAST_CHUNK_BYTES = 64

const DEFLATE = { level: FASTEST_LEVEL, finishFlush: constants.Z_SYNC_FLUSH }
const ZSTD = {
  params: {
    [constants.ZSTD_c_compressionLevel]: FASTEST_LEVEL,
    [constants.ZSTD_c_checksumFlag]: 1,
  },
}

/**
 * Packs rows so that packed pieces behind each other are one file: for gzip, blocks of deflate that end
 * on a byte and refer to nothing before them, of which none is the last (packed-file.ts puts the head
 * and the end around them); for zstd, whole frames.
 */
export function packRows(rows: Buffer, compression: Compression): PackedRows {
  const { length: bytes } = rows
  if (compression === 'zstd') {
    return { packed: zstdCompressSync(rows, ZSTD), compression, bytes, crc: 0 }
  }
  thread ??= { deflater: Deflater.create() }
  const { deflater } = thread
  const isSmall = deflater !== undefined && bytes <= deflater.maxBytes
  const packed = isSmall ? deflater.pack(rows) : deflateRawSync(rows, DEFLATE)
  return { packed, compression, bytes, crc: crc32(rows) }
}

/** Of this thread; made when the first rows are packed. Where the machine cannot, zlib does it. */
let thread: { readonly deflater: Deflater | undefined } | undefined

/** @throws FerryError DATA_INVALID */
export function unpackRows({ packed, compression, bytes }: PackedRows): Buffer {
  const limits = { maxOutputLength: bytes, chunkSize: bytes + LEAST_CHUNK_BYTES }
  try {
    return compression === 'zstd'
      ? zstdDecompressSync(packed, limits)
      : inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, ...limits })
  } catch (error) {
    throw new FerryError('DATA_INVALID', 'the packed rows of a segment cannot be unpacked', {
      cause: error,
    })
  }
}
