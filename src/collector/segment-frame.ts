import { crc32 } from 'node:zlib'
import type { Compression } from '../formats/compression.ts'
import { IDENTITY_BYTES } from './request-identities.ts'

/**
 * A segment is a file of frames, each what one sync brought to the disk:
 *
 *     4 bytes     `FRY1`: rows only; `FRY2`: identities of requests are behind the rows; `FRYG`, `FRYZ`:
 *                 the same with the rows packed (row-packing.ts) for gzip, or for zstd
 *     4 bytes     length of all that is behind this header, in bytes
 *     4 bytes     number of rows
 *     4 bytes     CRC-32 of the 12 bytes before and of all that is behind this header
 *     16 bytes    of packed rows: their length before, their CRC-32 before (0 for zstd), and the number
 *                 of the last one, in two halves
 *     rows        as in formats/event-row.ts
 *     identities  not in `FRY1`: of the signed requests whose rows these are (request-identities.ts)
 *     4 bytes     not in `FRY1`: number of identities
 *
 * Numbers are unsigned and little-endian. A frame that is not whole was never acknowledged. That rows
 * and identities have one checksum keeps them together: were a torn write to leave rows without their
 * identity, their sender, who heard nothing and comes again, would have them stored twice.
 */
export const FRAME_HEADER_BYTES = 16
const PACKED_HEADER_BYTES = 16
const COUNT_BYTES = 4
const ROWS_ONLY = 0x31595246
const WITH_IDENTITIES = 0x32595246
const PACKED: Readonly<Record<Compression, number>> = { gzip: 0x47595246, zstd: 0x5a595246 }
const HALF = 2 ** 32

/** Rows as they lie in a frame, and what they were. */
export interface PackedRows {
  readonly packed: Buffer
  readonly compression: Compression
  /** Before they were packed. */
  readonly bytes: number
  /** Of the rows before they were packed; 0 where the packing has a checksum of its own. */
  readonly crc: number
}

/** What a frame that holds these identities has behind its rows. */
export function identityTail(packed: Buffer): Buffer {
  return Buffer.concat([packed, identityCount(packed)])
}

/** The last bytes of a frame that holds these identities. */
export function identityCount(packed: Buffer): Buffer {
  const count = Buffer.allocUnsafe(COUNT_BYTES)
  count.writeUInt32LE(packed.length / IDENTITY_BYTES)
  return count
}

/**
 * Writes the header of a frame into the first bytes of the buffer that holds its rows and, with
 * `hasIdentities`, their tail.
 */
export function sealFrame(frame: Buffer, rows: number, hasIdentities: boolean): void {
  seal(frame, rows, hasIdentities ? WITH_IDENTITIES : ROWS_ONLY)
}

/** A frame of packed rows. `identities`: packed ones, of the requests whose rows these are. */
export function packedFrame(
  rows: PackedRows,
  { count, lastSequence, identities }: PackedFrameParts,
): Buffer {
  const head = Buffer.allocUnsafe(FRAME_HEADER_BYTES + PACKED_HEADER_BYTES)
  head.writeUInt32LE(rows.bytes, FRAME_HEADER_BYTES)
  head.writeUInt32LE(rows.crc, FRAME_HEADER_BYTES + 4)
  head.writeUInt32LE(lastSequence % HALF, FRAME_HEADER_BYTES + 8)
  head.writeUInt32LE(Math.floor(lastSequence / HALF), FRAME_HEADER_BYTES + 12)
  const frame = Buffer.concat([head, rows.packed, identities, identityCount(identities)])
  seal(frame, count, PACKED[rows.compression])
  return frame
}

export interface PackedFrameParts {
  /** Of rows. */
  readonly count: number
  readonly lastSequence: number
  readonly identities: Buffer
}

function seal(frame: Buffer, rows: number, magic: number): void {
  frame.writeUInt32LE(magic, 0)
  frame.writeUInt32LE(frame.length - FRAME_HEADER_BYTES, 4)
  frame.writeUInt32LE(rows, 8)
  frame.writeUInt32LE(checksum(frame), 12)
}

export interface FrameHeader {
  /** Of what is behind the header. */
  readonly bytes: number
  readonly rows: number
  readonly hasIdentities: boolean
  /** How the rows are packed, if they are. */
  readonly compression: Compression | undefined
}

/** The header at the start of the bytes, or undefined where there is none. */
export function readFrameHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER_BYTES) return undefined
  const magic = bytes.readUInt32LE(0)
  const compression = magic === PACKED.gzip ? 'gzip' : magic === PACKED.zstd ? 'zstd' : undefined
  if (magic !== ROWS_ONLY && magic !== WITH_IDENTITIES && compression === undefined)
    return undefined
  return {
    bytes: bytes.readUInt32LE(4),
    rows: bytes.readUInt32LE(8),
    hasIdentities: magic !== ROWS_ONLY,
    compression,
  }
}

/** Whether a whole frame is what was written. */
export function isFrameIntact(frame: Buffer): boolean {
  return frame.readUInt32LE(12) === checksum(frame)
}

/** Of an intact frame with identities: where they begin, which is where its rows end. */
export function identitiesStart(frame: Buffer): number {
  const count = frame.readUInt32LE(frame.length - COUNT_BYTES)
  return frame.length - COUNT_BYTES - count * IDENTITY_BYTES
}

/** The identities of such a frame, packed. */
export function identitiesOf(frame: Buffer): Buffer {
  return frame.subarray(identitiesStart(frame), frame.length - COUNT_BYTES)
}

/** Of an intact frame of packed rows: these, and the number of the last one. */
export function packedRowsOf(
  frame: Buffer,
  compression: Compression,
): { readonly rows: PackedRows; readonly lastSequence: number } {
  const at = FRAME_HEADER_BYTES
  return {
    rows: {
      packed: frame.subarray(at + PACKED_HEADER_BYTES, identitiesStart(frame)),
      compression,
      bytes: frame.readUInt32LE(at),
      crc: frame.readUInt32LE(at + 4),
    },
    lastSequence: frame.readUInt32LE(at + 8) + frame.readUInt32LE(at + 12) * HALF,
  }
}

function checksum(frame: Buffer): number {
  return crc32(frame.subarray(FRAME_HEADER_BYTES), crc32(frame.subarray(0, 12)))
}
