const TICK_MS = 100
/** A tick that comes later than this was late because the whole process stood still, or had no turn. */
const MOST_MS = 250

/**
 * Milliseconds in which this process could run: limits of time are of use on a machine that sleeps, or
 * whose processes are stopped for a while, only by such a clock.
 */
export class AwakeClock implements Disposable {
  #now = 0
  #at = performance.now()
  readonly #timer = setInterval(() => this.#goOn(), TICK_MS)

  get now(): number {
    this.#goOn()
    return this.#now
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #goOn(): void {
    const at = performance.now()
    this.#now += Math.min(at - this.#at, MOST_MS)
    this.#at = at
  }
}
