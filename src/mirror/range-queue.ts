/** The ranges that are still to be read, for several workers; one that broke off comes back. */
export class RangeQueue {
  readonly #waiting: number[]
  readonly #begun = new Map<number, number>()
  #unread: number
  #wake: (() => void)[] = []

  constructor(count: number) {
    this.#waiting = Array.from({ length: count }, (_, at) => at)
    this.#unread = count
  }

  /** The next range; waits while others may still give one back. Undefined: all are read, or it was stopped. */
  async take(): Promise<number | undefined> {
    for (;;) {
      const range = this.#waiting.shift()
      if (range !== undefined) {
        this.#begun.set(range, this.timesBegun(range) + 1)
        return range
      }
      if (this.#unread === 0) return undefined
      await new Promise<void>(resolve => this.#wake.push(resolve))
    }
  }

  timesBegun(range: number): number {
    return this.#begun.get(range) ?? 0
  }

  isRead(): void {
    this.#unread -= 1
    if (this.#unread === 0) this.#wakeAll()
  }

  giveBack(range: number): void {
    this.#waiting.push(range)
    this.#wakeAll()
  }

  /** Nobody gets any more. */
  stop(): void {
    this.#waiting.length = 0
    this.#unread = 0
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}
