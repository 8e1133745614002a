import type { FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { LARGEST_WINDOW, type LineWindow, readWindow } from './line-window.ts'

const LOOK_EVERY_MS = 250

/**
 * What a log says from a place on, a window at a time, until nobody listens. The last thing is `anew` when the file
 * has become shorter: its target is made again, and what was read before is no part of it.
 * A window begins before the place when its first line had begun there and was not ended.
 */
export async function* followLog(
  file: FileHandle,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<LineWindow | 'anew', void> {
  let at = from
  while (!signal.aborted) {
    const { size } = await file.stat()
    if (size < at) {
      yield 'anew'
      return
    }
    if (size === at) {
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {}) // nobody listens any more
      continue
    }
    const window = await readWindow(file, { from: at, maxBytes: LARGEST_WINDOW })
    at = window.to
    yield window
  }
}
