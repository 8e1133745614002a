import { open } from 'node:fs/promises'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import { FIELD_SEPARATOR } from '../formats/event-row.ts'
import { unpackRows } from './row-packing.ts'
import {
  FRAME_HEADER_BYTES,
  identitiesOf,
  identitiesStart,
  isFrameIntact,
  type PackedRows,
  packedRowsOf,
  readFrameHeader,
} from './segment-frame.ts'

/** More than the largest group of rows that a worker writes at once. */
const MAX_FRAME_BYTES = 67_108_864
const BLOCK_BYTES = 524_288

/** Whole rows, as they are or packed. */
export interface SegmentPiece {
  readonly content: Buffer | PackedRows
  /** Of rows. */
  readonly count: number
}

/** Frames of a segment that were read at once. */
export interface SegmentBlock {
  /** As they follow each other; rows that are not packed are one piece, of however many frames. */
  readonly pieces: readonly SegmentPiece[]
  /** Of rows. */
  readonly count: number
  /** The number that the last row has. */
  readonly lastSequence: number
  /** Of the signed requests whose rows these are, packed (request-identities.ts). */
  readonly identities: Buffer
  /** Where the last of the frames ends in the file. */
  readonly end: number
}

export interface SegmentRows {
  readonly rows: Buffer
  readonly count: number
  readonly identities: Buffer
  readonly end: number
}

/**
 * The frames of a segment file in order, as many at once as one read brings. Ends before the first
 * frame that is not whole or not what was written; whoever reads compares the last `end` with the
 * size of the file.
 * @throws FerryError INPUT_MISSING, DENIED, LOCAL_IO
 */
export async function* readBlocks(path: string): AsyncGenerator<SegmentBlock> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw asLocalIoError(error, path)
  })
  try {
    let size = BLOCK_BYTES
    for (let at = 0; ; ) {
      const bytes = Buffer.allocUnsafeSlow(size) // whoever reads may keep the rows
      const { bytesRead } = await file.read(bytes, 0, size, at)
      const { used, nextSize, ...block } = readFrames(bytes.subarray(0, bytesRead))
      at += used
      if (used > 0) yield { ...block, end: at }
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
 * The rows of a segment, unpacked; each piece is whole rows. The identities of a block come with its
 * last piece.
 * @throws FerryError INPUT_MISSING, DENIED, LOCAL_IO, DATA_INVALID (what was packed cannot be unpacked)
 */
export async function* readSegment(path: string): AsyncGenerator<SegmentRows> {
  let before = 0
  for await (const { pieces, identities, end } of readBlocks(path)) {
    for (const piece of pieces.slice(0, -1)) {
      yield { rows: rowsOf(piece), count: piece.count, identities: NOTHING, end: before }
    }
    const last = pieces.at(-1) ?? NO_ROWS
    yield { rows: rowsOf(last), count: last.count, identities, end }
    before = end
  }
}

const NOTHING = Buffer.alloc(0)
const NO_ROWS: SegmentPiece = { content: NOTHING, count: 0 }

const rowsOf = ({ content }: SegmentPiece): Buffer =>
  Buffer.isBuffer(content) ? content : unpackRows(content)

/** `nextSize` is how large the frame is that is not whole, as far as one can see. */
function readFrames(block: Buffer): Omit<SegmentBlock, 'end'> & {
  readonly used: number
  readonly nextSize: number
} {
  const pieces: SegmentPiece[] = []
  const identities: Buffer[] = []
  let used = 0
  let count = 0
  let lastSequence = 0
  let nextSize = 0
  /** Rows that are not packed are moved together, here. */
  let start = 0
  let length = 0
  let textCount = 0
  const endText = (): void => {
    if (length === 0) return
    const content = block.subarray(start, start + length)
    lastSequence = lastSequenceIn(content)
    pieces.push({ content, count: textCount })
    length = 0
    textCount = 0
  }
  for (;;) {
    const header = readFrameHeader(block.subarray(used))
    if (header === undefined) break
    const end = used + FRAME_HEADER_BYTES + header.bytes
    nextSize = end - used
    const frame = block.subarray(used, end)
    if (end > block.length || !isFrameIntact(frame)) break
    // A copy: the rows of the next frame may come to lie here.
    if (header.hasIdentities) identities.push(Buffer.from(identitiesOf(frame)))
    if (header.compression === undefined) {
      const rowsEnd = header.hasIdentities ? used + identitiesStart(frame) : end
      if (length === 0) start = used
      block.copyWithin(start + length, used + FRAME_HEADER_BYTES, rowsEnd)
      length += rowsEnd - used - FRAME_HEADER_BYTES
      textCount += header.rows
    } else {
      endText()
      const packed = packedRowsOf(frame, header.compression)
      pieces.push({ content: packed.rows, count: header.rows })
      lastSequence = packed.lastSequence
    }
    count += header.rows
    used = end
    nextSize = 0
  }
  endText()
  return { pieces, count, lastSequence, identities: Buffer.concat(identities), used, nextSize }
}

/** The number in the last field of the last row. */
function lastSequenceIn(rows: Buffer): number {
  const at = rows.lastIndexOf(FIELD_SEPARATOR) + 1
  return Number(rows.toString('latin1', at, rows.length - 1))
}

/** A sealed segment must be whole. @throws FerryError DATA_INVALID */
export function assertWhole(path: string, end: number, size: number): void {
  if (end === size) return
  throw new FerryError('DATA_INVALID', `segment \`${path}\` is damaged behind byte ${end}`, {
    hint: 'check the disk (dmesg, smartctl); the file is kept as it is',
    details: { path, end, size },
  })
}
