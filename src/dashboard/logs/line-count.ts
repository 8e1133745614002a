import type { FileHandle } from 'node:fs/promises'

const CHUNK_BYTES = 1 << 20
/** Counts that are kept. */
const MOST_KEPT = 20_000

/** Numbers of lines by file and size, counted once each. */
export class LineCounts {
  readonly #counts = new Map<string, number>()

  /** Undefined when it has not been counted at this stamp of the file. */
  known(key: string): number | undefined {
    return this.#counts.get(key)
  }

  async count(key: string, file: FileHandle): Promise<number> {
    const known = this.#counts.get(key)
    if (known !== undefined) return known
    const lines = await countLines(file, 0, Number.POSITIVE_INFINITY)
    this.#counts.set(key, lines)
    for (const first of this.#counts.keys()) {
      if (this.#counts.size <= MOST_KEPT) break
      this.#counts.delete(first)
    }
    return lines
  }
}

/** How many newlines stand in a part of a file. */
export async function countLines(file: FileHandle, from: number, to: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let lines = 0
  for (let offset = from; offset < to; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, to - offset), offset)
    if (bytesRead === 0) return lines
    for (
      let at = buffer.indexOf(10);
      at !== -1 && at < bytesRead;
      at = buffer.indexOf(10, at + 1)
    ) {
      lines += 1
    }
    offset += bytesRead
  }
  return lines
}
