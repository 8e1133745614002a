import { crc32 } from 'node:zlib'

/**
 * A file of partial results, and of what was put out of memory:
 *
 *     head      a line of JSON: what it is, its version, the reduction's name and hash
 *     block     length (4 bytes), checksum (4), entries; and again
 *     trailer   records, filtered, groups, entries (8 each, as float64), the last block's checksum (4),
 *               the checksum of head and trailer (4)
 *
 * Numbers are little-endian. A checksum is the CRC-32 of all bytes of heads and blocks before and up
 * to it, so that no block can be missing, twice or in another place. An entry:
 *
 *     how many bytes of the key are those of the entry before    varint
 *     how many follow, times two; plus one: it is a group         varint
 *     these bytes
 *     of a group its slots, as float64; of a part its value       8 bytes each, or varint
 *
 * A block ends with the entry that makes it BLOCK_BYTES or more. So the bytes are decided by the
 * records alone, whatever went through memory, files put out of it and earlier partial results.
 */
export const BLOCK_BYTES = 65_536
export const BLOCK_HEAD_BYTES = 8
export const TRAILER_BYTES = 40

/** What a partial result was made of. */
export interface PartialCounts {
  /** Records that came, those that were filtered included. */
  readonly records: number
  readonly filtered: number
}

export interface PartialTotals extends PartialCounts {
  readonly groups: number
  /** Groups, and parts of them. */
  readonly entries: number
}

/** @param chain the checksum of the last block, or of the head where there is none */
export function encodeTrailer(totals: PartialTotals, chain: number, headCrc: number): Buffer {
  const trailer = Buffer.alloc(TRAILER_BYTES)
  trailer.writeDoubleLE(totals.records, 0)
  trailer.writeDoubleLE(totals.filtered, 8)
  trailer.writeDoubleLE(totals.groups, 16)
  trailer.writeDoubleLE(totals.entries, 24)
  trailer.writeUInt32LE(chain, 32)
  trailer.writeUInt32LE(crc32(trailer.subarray(0, 36), headCrc), 36)
  return trailer
}

/** Undefined where the bytes are no trailer of a file with that head. */
export function decodeTrailer(
  trailer: Buffer,
  headCrc: number,
): { readonly totals: PartialTotals; readonly chain: number } | undefined {
  if (crc32(trailer.subarray(0, 36), headCrc) !== trailer.readUInt32LE(36)) return undefined
  const totals = {
    records: trailer.readDoubleLE(0),
    filtered: trailer.readDoubleLE(8),
    groups: trailer.readDoubleLE(16),
    entries: trailer.readDoubleLE(24),
  }
  return { totals, chain: trailer.readUInt32LE(32) }
}

export function viewOf(block: Buffer): DataView {
  return new DataView(block.buffer, block.byteOffset, block.length)
}
