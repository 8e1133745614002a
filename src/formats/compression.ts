import { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import {
  constants,
  createGunzip,
  createGzip,
  createZstdCompress,
  createZstdDecompress,
} from 'node:zlib'
import { FerryError } from '../core/errors.ts'

export type Compression = 'gzip' | 'zstd'

/** What the names of compressed files end in. */
export const COMPRESSED_SUFFIX: Readonly<Record<Compression, string>> = {
  gzip: '.gz',
  zstd: '.zst',
}

/** How hard it may be tried, from 1: the higher, the smaller and the slower. */
export const MOST_LEVEL: Readonly<Record<Compression, number>> = { gzip: 9, zstd: 19 }
const DEFAULT_LEVEL: Readonly<Record<Compression, number>> = { gzip: 6, zstd: 3 }

export interface Packing {
  readonly compression: Compression
  readonly level?: number | undefined
}

/** The bytes, compressed. An error of the source is thrown to the reader. */
export function compress(
  source: AsyncIterable<Uint8Array>,
  { compression, level = DEFAULT_LEVEL[compression] }: Packing,
): AsyncIterable<Uint8Array> {
  if (compression === 'gzip') return through(source, createGzip({ level }))
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_checksumFlag]: 1, // who unpacks it finds out what a disk did to it
  }
  return through(source, createZstdCompress({ params }))
}

/**
 * The bytes, unpacked, of any number of members or frames, in pieces of up to `pieceBytes` (64 KiB
 * unless given). Who reads gets all that could be unpacked, then the error.
 * @throws FerryError DATA_INVALID (they are not compressed so, or cut off)
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  pieceBytes?: number,
): AsyncGenerator<Uint8Array> {
  const options = pieceBytes === undefined ? {} : { chunkSize: pieceBytes }
  const unpacker = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  try {
    yield* through(source, unpacker)
  } catch (error) {
    if (!isZlibError(error)) throw error
    throw new FerryError('DATA_INVALID', `it is no ${compression} file, or damaged`, {
      cause: error,
    })
  }
}

function through(
  source: AsyncIterable<Uint8Array>,
  transform: NodeJS.ReadWriteStream & AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  // Its reader gets the error: pipeline destroys both sides with it.
  pipeline(Readable.from(source, { objectMode: false }), transform, () => {})
  return transform
}

function isZlibError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return typeof error.code === 'string' && /^(Z_|ZSTD_|ERR_ZLIB)/.test(error.code)
}
