import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Packing } from '../../../formats/compression.ts'

/** Numbers of the codecs in a file's footer. */
const UNCOMPRESSED = 0
const GZIP = 2
const ZSTD = 6
const DEFAULT_LEVEL = 1
/** What packing so few bytes costs is more than what it saves. */
const LEAST_BYTES = 1_024

/** How the pages of a column's chunk are packed: all of a chunk in one way. */
export interface PagePacking {
  readonly codec: number
  readonly pack: (page: Uint8Array) => Uint8Array
}

const NONE: PagePacking = { codec: UNCOMPRESSED, pack: page => page }

/** Chooses by how many bytes a chunk has. */
export type PagePacker = (bytes: number) => PagePacking

export function pagePacker(packing: Packing | undefined): PagePacker {
  if (packing === undefined) return () => NONE
  const level = packing.level ?? DEFAULT_LEVEL
  const whole: PagePacking =
    packing.compression === 'gzip'
      ? { codec: GZIP, pack: page => gzipSync(page, { level }) }
      : { codec: ZSTD, pack: page => packZstd(page, level) }
  return bytes => (bytes < LEAST_BYTES ? NONE : whole)
}

function packZstd(page: Uint8Array, level: number): Uint8Array {
  const params = { [constants.ZSTD_c_compressionLevel]: level }
  const chunkSize = Math.max(1_024, page.length >> 2)
  return zstdCompressSync(page, { params, chunkSize, pledgedSrcSize: page.length })
}
