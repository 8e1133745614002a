import { setTimeout as sleep } from 'node:timers/promises'

/** Waits shorter than that are added up: a timer is not more exact. */
const LEAST_WAIT_MS = 20

/** Holds a reader back to so many rows a second. */
export class Pace {
  readonly #rowsPerSecond: number
  readonly #signal: AbortSignal
  #dueAt = performance.now()

  constructor(rowsPerSecond: number, signal: AbortSignal) {
    this.#rowsPerSecond = rowsPerSecond
    this.#signal = signal
  }

  /** Returns when so many rows more may have been read. What was not used is not made up for. */
  async took(rows: number): Promise<void> {
    const now = performance.now()
    this.#dueAt = Math.max(this.#dueAt, now) + (rows * 1_000) / this.#rowsPerSecond
    const wait = this.#dueAt - now
    if (wait >= LEAST_WAIT_MS) await sleep(wait, undefined, { signal: this.#signal })
  }
}
