import type { FileHandle } from 'node:fs/promises'

/** Bytes that are read at once, at most. */
export const LARGEST_WINDOW = 512 * 1024
/** A longer line is shown in pieces of this many bytes. */
const LONGEST_PIECE = 4_000
const MOST_LINES = 1_000
/** How far back the beginning of a line is looked for. */
const LOOK_BACK = 64 * 1024

/** A line of a log, or a piece of a very long one. */
export interface LogLine {
  /** Where it begins, in bytes: its name for ever, as logs only grow. */
  readonly at: number
  readonly text: string
  /** It goes on where the piece before it ended. */
  readonly isContinued: boolean
}

/** A part of a file, in whole lines. */
export interface LineWindow {
  readonly from: number
  /** Behind its last byte. */
  readonly to: number
  /** Of the file when it was read. */
  readonly size: number
  readonly lines: readonly LogLine[]
}

export interface WindowPlace {
  /** Where to begin; moved back to where that line begins. Negative: that many bytes from the end. */
  readonly from: number
  readonly maxBytes: number
  /** Lines that end here or before: what stands above a window is read down to it. */
  readonly to?: number | undefined
}

/** Reads a few lines out of a file of any size. What follows the last newline counts as a line. */
export async function readWindow(file: FileHandle, place: WindowPlace): Promise<LineWindow> {
  const { size } = await file.stat()
  const end = Math.min(place.to ?? size, size)
  const wanted = place.from < 0 ? Math.max(0, end + place.from) : Math.min(place.from, end)
  const from = await startOfLine(file, wanted)
  const bytes = await readBytes(file, from, Math.min(place.maxBytes + (wanted - from), end - from))
  const isWhole = from + bytes.length >= end
  const lastNewline = bytes.lastIndexOf(10)
  const used = isWhole || lastNewline === -1 ? bytes : bytes.subarray(0, lastNewline + 1)
  const isFromBelow = place.to !== undefined || place.from < 0
  const all = { from, to: from + used.length, size, lines: splitLines(used, from) }
  return all.lines.length <= MOST_LINES ? all : fewer(all, isFromBelow)
}

/** Of very short lines, those next to what the reader has already. */
function fewer(window: LineWindow, isFromBelow: boolean): LineWindow {
  const lines = isFromBelow ? window.lines.slice(-MOST_LINES) : window.lines.slice(0, MOST_LINES)
  if (isFromBelow) return { ...window, lines, from: lines[0]?.at ?? window.from }
  return { ...window, lines, to: window.lines[MOST_LINES]?.at ?? window.to }
}

/** The beginning of the line that a byte belongs to, or the byte itself when that is too far back. */
async function startOfLine(file: FileHandle, at: number): Promise<number> {
  if (at === 0) return 0
  const from = Math.max(0, at - LOOK_BACK)
  const before = await readBytes(file, from, at - from)
  const newline = before.lastIndexOf(10)
  if (newline !== -1) return from + newline + 1
  return from === 0 ? 0 : at
}

async function readBytes(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(0, length))
  let read = 0
  while (read < buffer.length) {
    const { bytesRead } = await file.read(buffer, read, buffer.length - read, from + read)
    if (bytesRead === 0) break // cut shorter meanwhile
    read += bytesRead
  }
  return buffer.subarray(0, read)
}

function splitLines(bytes: Buffer, offset: number): LogLine[] {
  const lines: LogLine[] = []
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start)
    const end = newline === -1 ? bytes.length : newline
    let isContinued = false
    do {
      const cut = end - start > LONGEST_PIECE ? startOfLetter(bytes, start + LONGEST_PIECE) : end
      lines.push({ at: offset + start, text: bytes.toString('utf8', start, cut), isContinued })
      isContinued = true
      start = cut
    } while (start < end)
    start = end + 1
  }
  return lines
}

/** No letter of UTF-8 is cut in two. */
function startOfLetter(bytes: Buffer, at: number): number {
  for (let start = at; start > at - 4; start -= 1) {
    if (((bytes[start] ?? 0) & 0xc0) !== 0x80) return start
  }
  return at
}
