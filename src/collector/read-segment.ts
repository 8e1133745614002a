import { open } from 'node:fs/promises'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import {
  FRAME_HEADER_BYTES,
  identitiesOf,
  identitiesStart,
  isFrameIntact,
  readFrameHeader,
} from './segment-frame.ts'

/** More than the largest group of rows that a worker writes at once. */
const MAX_FRAME_BYTES = 67_108_864
const BLOCK_BYTES = 524_288

export interface SegmentRows {
  readonly rows: Buffer
  readonly count: number
  /** Of the signed requests whose rows these are, packed (request-identities.ts). */
  readonly identities: Buffer
  /** Where the last of their frames ends in the file. */
  readonly end: number
}

/**
 * The frames of a segment file in order, as many at once as one read brings; `rows` of one frame or
 * of several are one text of rows all the same. Ends before the first frame that is not whole or not
 * what was written; whoever reads compares the last `end` with the size of the file.
 * @throws FerryError INPUT_MISSING, DENIED, LOCAL_IO
 */
export async function* readSegment(path: string): AsyncGenerator<SegmentRows> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw asLocalIoError(error, path)
  })
  try {
    let size = BLOCK_BYTES
    for (let at = 0; ; ) {
      const block = Buffer.allocUnsafeSlow(size) // whoever reads may keep the rows
      const { bytesRead } = await file.read(block, 0, size, at)
      const { rows, count, identities, used, nextSize } = joinFrames(block.subarray(0, bytesRead))
      at += used
      if (used > 0) yield { rows, count, identities, end: at }
      const isAtEnd = bytesRead < size || nextSize > MAX_FRAME_BYTES
      if (isAtEnd || (used === 0 && nextSize <= size)) return
      size = Math.max(BLOCK_BYTES, nextSize)
    }
  } catch (error) {
    throw asLocalIoError(error, path)
  } finally {
    await file.close()
  }
}

/**
 * Moves the rows of all whole frames together. `nextSize` is how large the frame is that is not
 * whole, as far as one can see.
 */
function joinFrames(block: Buffer): {
  rows: Buffer
  count: number
  identities: Buffer
  used: number
  nextSize: number
} {
  const identities: Buffer[] = []
  let used = 0
  let length = 0
  let count = 0
  let nextSize = 0
  for (;;) {
    const header = readFrameHeader(block.subarray(used))
    if (header === undefined) break
    const end = used + FRAME_HEADER_BYTES + header.bytes
    nextSize = end - used
    const frame = block.subarray(used, end)
    if (end > block.length || !isFrameIntact(frame)) break
    // A copy: the rows of the next frame may come to lie here.
    if (header.hasIdentities) identities.push(Buffer.from(identitiesOf(frame)))
    const rowsEnd = header.hasIdentities ? used + identitiesStart(frame) : end
    block.copyWithin(length, used + FRAME_HEADER_BYTES, rowsEnd)
    length += rowsEnd - used - FRAME_HEADER_BYTES
    count += header.rows
    used = end
    nextSize = 0
  }
  const rows = block.subarray(0, length)
  return { rows, count, identities: Buffer.concat(identities), used, nextSize }
}

/** A sealed segment must be whole. @throws FerryError DATA_INVALID */
export function assertWhole(path: string, end: number, size: number): void {
  if (end === size) return
  throw new FerryError('DATA_INVALID', `segment \`${path}\` is damaged behind byte ${end}`, {
    hint: 'check the disk (dmesg, smartctl); the file is kept as it is',
    details: { path, end, size },
  })
}
