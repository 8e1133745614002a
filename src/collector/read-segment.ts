import { open } from 'node:fs/promises'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import { FRAME_HEADER_BYTES, isFrameIntact, readFrameHeader } from './segment-frame.ts'

/** More than the largest group of rows that a worker writes at once. */
const MAX_FRAME_BYTES = 67_108_864

export interface SegmentRows {
  readonly rows: Buffer
  readonly count: number
  /** Where the frame ends in the file. */
  readonly end: number
}

/**
 * The frames of a segment file, one after the other, in the memory of one. Ends before the first
 * that is not whole or not what was written; whoever reads compares the last `end` with the size of
 * the file. @throws FerryError INPUT_MISSING, DENIED, LOCAL_IO
 */
export async function* readSegment(path: string): AsyncGenerator<SegmentRows> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw asLocalIoError(error, path)
  })
  try {
    const head = Buffer.alloc(FRAME_HEADER_BYTES)
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(head, 0, FRAME_HEADER_BYTES, at)
      const header = readFrameHeader(head.subarray(0, bytesRead))
      if (header === undefined || header.bytes > MAX_FRAME_BYTES) return
      const frame = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + header.bytes)
      const read = await file.read(frame, 0, frame.length, at)
      if (read.bytesRead < frame.length || !isFrameIntact(frame)) return
      at += frame.length
      yield { rows: frame.subarray(FRAME_HEADER_BYTES), count: header.rows, end: at }
    }
  } catch (error) {
    throw asLocalIoError(error, path)
  } finally {
    await file.close()
  }
}

/** A sealed segment must be whole. @throws FerryError DATA_INVALID */
export function assertWhole(path: string, end: number, size: number): void {
  if (end === size) return
  throw new FerryError('DATA_INVALID', `segment \`${path}\` is damaged behind byte ${end}`, {
    hint: 'check the disk (dmesg, smartctl); the file is kept as it is',
    details: { path, end, size },
  })
}
