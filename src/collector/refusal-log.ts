import type { Logger } from '../core/logger.ts'
import type { CounterSnapshot } from './counters.ts'

/** One line for each kind of refusal since the last time, not for each request. */
export class RefusalLog {
  readonly #logger: Logger
  #rejected: Readonly<Record<string, number>> = {}
  #busy: Readonly<Record<string, number>> = {}

  constructor(logger: Logger) {
    this.#logger = logger
  }

  tell({ rejected, busy }: CounterSnapshot): void {
    this.#tellNew('events refused', rejected, this.#rejected)
    this.#tellNew('requests turned away', busy, this.#busy)
    this.#rejected = rejected
    this.#busy = busy
  }

  #tellNew(
    what: string,
    now: Readonly<Record<string, number>>,
    before: Readonly<Record<string, number>>,
  ): void {
    for (const [reason, count] of Object.entries(now)) {
      const more = count - (before[reason] ?? 0)
      if (more > 0) this.#logger.warn(`${what} in the last minute: reason=${reason} count=${more}`)
    }
  }
}
