import type { FileHandle } from 'node:fs/promises'

const CHUNK_BYTES = 4 << 20

/**
 * Where the part of a command begins in its target's log: the byte of its heading, or undefined. The
 * part is most often near the end, so the search goes backwards.
 */
export async function placeOfCommand(file: FileHandle, id: string): Promise<number | undefined> {
  const mark = Buffer.from(` id=${id}\n`)
  const { size } = await file.stat()
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES + mark.length + 512)
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const from = Math.max(0, end - CHUNK_BYTES)
    const length = Math.min(size - from, buffer.length)
    const { bytesRead } = await file.read(buffer, 0, length, from)
    const found = buffer.subarray(0, bytesRead).lastIndexOf(mark)
    if (found === -1) continue
    const heading = buffer.lastIndexOf('\n#> ', found)
    return heading === -1 ? from : from + heading + 1
  }
  return undefined
}
