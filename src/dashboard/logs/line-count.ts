import { closeSync, constants, openSync, readSync } from 'node:fs'
import { systemErrorCode } from '../../core/errors.ts'

/** Of files up to this size, lines are counted at once. */
export const LARGEST_SMALL = 64 * 1024
/** Counts that are kept. */
const MOST_KEPT = 20_000

/** Numbers of lines by file and size, counted once each. */
export class LineCounts {
  readonly #counts = new Map<string, number>()

  /** Undefined when it has not been counted at this stamp of the file. */
  known(key: string): number | undefined {
    return this.#counts.get(key)
  }

  keep(key: string, lines: number): void {
    this.#counts.set(key, lines)
    for (const first of this.#counts.keys()) {
      if (this.#counts.size <= MOST_KEPT) break
      this.#counts.delete(first)
    }
  }
}

const small = Buffer.alloc(LARGEST_SMALL)

/**
 * How many newlines stand in a small file. Without a thread and back, which takes ten times as long. Undefined for
 * what is no file that can be read.
 */
export function countLinesOfSmall(path: string): number | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const length = readSync(file, small, 0, LARGEST_SMALL, 0)
      let lines = 0
      for (let at = small.indexOf(10); at !== -1 && at < length; at = small.indexOf(10, at + 1)) {
        lines += 1
      }
      return lines
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    return undefined
  }
}
