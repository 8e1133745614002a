import { crc32 } from 'node:zlib'

/**
 * A segment is a file of frames, each the rows of one sync:
 *
 *     4 bytes  `FRY1`
 *     4 bytes  length of the rows in bytes
 *     4 bytes  number of rows
 *     4 bytes  CRC-32 of the 12 bytes before and of the rows
 *     rows     as in formats/event-row.ts
 *
 * Numbers are unsigned and little-endian. A frame that is not whole was never acknowledged.
 */
export const FRAME_HEADER_BYTES = 16
const MAGIC = 0x31595246

/** Writes the header of a frame into the first bytes of the buffer that holds its rows. */
export function sealFrame(frame: Buffer, rows: number): void {
  frame.writeUInt32LE(MAGIC, 0)
  frame.writeUInt32LE(frame.length - FRAME_HEADER_BYTES, 4)
  frame.writeUInt32LE(rows, 8)
  frame.writeUInt32LE(checksum(frame), 12)
}

export interface FrameHeader {
  /** Of the rows. */
  readonly bytes: number
  readonly rows: number
}

/** The header at the start of the bytes, or undefined where there is none. */
export function readFrameHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return undefined
  return { bytes: bytes.readUInt32LE(4), rows: bytes.readUInt32LE(8) }
}

/** Whether a whole frame is what was written. */
export function isFrameIntact(frame: Buffer): boolean {
  return frame.readUInt32LE(12) === checksum(frame)
}

function checksum(frame: Buffer): number {
  return crc32(frame.subarray(FRAME_HEADER_BYTES), crc32(frame.subarray(0, 12)))
}
