import { setTimeout as sleep } from 'node:timers/promises'

/** Lets one request begin in each interval; those that come early wait their turn. */
export class Pace {
  readonly #intervalMs: number
  #nextAtMs = 0

  /** 0: as fast as they come. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  async turn(signal: AbortSignal): Promise<void> {
    if (this.#intervalMs === 0) return
    const now = performance.now()
    const at = Math.max(now, this.#nextAtMs)
    this.#nextAtMs = at + this.#intervalMs
    if (at > now) await sleep(at - now, undefined, { signal })
  }
}
