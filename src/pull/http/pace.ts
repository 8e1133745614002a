import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../../core/errors.ts'
import { tryFileLock } from '../../core/file-lock.ts'

/** Lets requests begin one after the other. */
export interface Pace {
  /** Returns when the next request may begin. @throws the signal's reason */
  turn(signal: AbortSignal): Promise<void>
}

/** As fast as they come. */
export const NO_PACE: Pace = { turn: async () => {} }

/** Others have the file for as long as it takes to read and write thirty bytes. */
const LOOK_AGAIN_MS = 5
const LOCKED_AT_MOST_MS = 30_000
const WIDTH = 15

/**
 * Lets one request begin in each interval, of all processes that keep the pace of one file: the tables
 * of a source are pulled by processes of their own. The file holds when the next may begin, and when
 * that was written. Who takes a turn moves it on by an interval, under a lock that ends with its
 * process: one that is killed has at most used up turns that it did not need.
 */
export function sharedPace(path: string, intervalMs: number): Pace {
  return {
    async turn(signal) {
      const at = await takeTurn(path, intervalMs, signal)
      const wait = at - Date.now()
      if (wait > 0) await sleep(wait, undefined, { signal })
    },
  }
}

async function takeTurn(path: string, intervalMs: number, signal: AbortSignal): Promise<number> {
  const deadline = performance.now() + LOCKED_AT_MOST_MS
  for (;;) {
    signal.throwIfAborted()
    const lock = tryFileLock(`${path}.lock`)
    if (lock !== undefined) {
      using _ = lock
      const now = Date.now()
      const at = Math.max(now, nextTurn(path, now))
      const fields = [now, Math.ceil(at + intervalMs)]
      writeFileSync(path, `${fields.map(field => String(field).padStart(WIDTH)).join('')}\n`)
      return at
    }
    if (performance.now() > deadline) {
      throw new FerryError('BUSY', `somebody has held \`${path}.lock\` for half a minute`)
    }
    await sleep(LOOK_AGAIN_MS, undefined, { signal })
  }
}

/** 0 where nothing is there, or nothing that can be true: the clock was set back since. */
function nextTurn(path: string, now: number): number {
  let text = ''
  try {
    text = readFileSync(path, 'latin1')
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isAbsent) throw error
  }
  const [, written = '', next = ''] = /^ *(\d+) +(\d+)\n$/.exec(text) ?? []
  return Number(written) > now ? 0 : Number(next)
}
