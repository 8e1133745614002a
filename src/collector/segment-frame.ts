import { crc32 } from 'node:zlib'
import { IDENTITY_BYTES } from './request-identities.ts'

/**
 * A segment is a file of frames, each what one sync brought to the disk:
 *
 *     4 bytes     `FRY1`, or `FRY2` where identities of requests are behind the rows
 *     4 bytes     length of all that is behind this header, in bytes
 *     4 bytes     number of rows
 *     4 bytes     CRC-32 of the 12 bytes before and of all that is behind this header
 *     rows        as in formats/event-row.ts
 *     identities  in `FRY2`: of the signed requests whose rows these are (request-identities.ts)
 *     4 bytes     in `FRY2`: number of identities
 *
 * Numbers are unsigned and little-endian. A frame that is not whole was never acknowledged. That rows
 * and identities have one checksum keeps them together: were a torn write to leave rows without their
 * identity, their sender, who heard nothing and comes again, would have them stored twice.
 */
export const FRAME_HEADER_BYTES = 16
const COUNT_BYTES = 4
const ROWS_ONLY = 0x31595246
const WITH_IDENTITIES = 0x32595246

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
  frame.writeUInt32LE(hasIdentities ? WITH_IDENTITIES : ROWS_ONLY, 0)
  frame.writeUInt32LE(frame.length - FRAME_HEADER_BYTES, 4)
  frame.writeUInt32LE(rows, 8)
  frame.writeUInt32LE(checksum(frame), 12)
}

export interface FrameHeader {
  /** Of what is behind the header. */
  readonly bytes: number
  readonly rows: number
  readonly hasIdentities: boolean
}

/** The header at the start of the bytes, or undefined where there is none. */
export function readFrameHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER_BYTES) return undefined
  const magic = bytes.readUInt32LE(0)
  if (magic !== ROWS_ONLY && magic !== WITH_IDENTITIES) return undefined
  return {
    bytes: bytes.readUInt32LE(4),
    rows: bytes.readUInt32LE(8),
    hasIdentities: magic === WITH_IDENTITIES,
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

function checksum(frame: Buffer): number {
  return crc32(frame.subarray(FRAME_HEADER_BYTES), crc32(frame.subarray(0, 12)))
}
