import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Compression, Packing } from '../../formats/compression.ts'

/** Logs are written once and read soon: the fastest levels. */
const DEFAULT_LEVEL: Readonly<Record<Compression, number>> = { gzip: 1, zstd: 1 }
const LEAST_CHUNK_BYTES = 1_024

/** Packs blocks, each into a member or frame of its own: files of them are what any reader unpacks. */
export type PackBlock = (block: Uint8Array) => Uint8Array

/** Without compression the block itself. */
export function blockPacker(packing: Packing | undefined): PackBlock {
  if (packing === undefined) return block => block
  const level = packing.level ?? DEFAULT_LEVEL[packing.compression]
  if (packing.compression === 'gzip') {
    return block => gzipSync(block, { level, chunkSize: chunkSize(block) })
  }
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_checksumFlag]: 1,
  }
  return block => {
    const options = { params, chunkSize: chunkSize(block), pledgedSrcSize: block.length }
    return zstdCompressSync(block, options)
  }
}

/** Logs shrink to a fifth or less; so nearly all blocks take one piece. */
function chunkSize(block: Uint8Array): number {
  return Math.max(LEAST_CHUNK_BYTES, block.length >> 2)
}
