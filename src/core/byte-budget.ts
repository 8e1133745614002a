/** A share of a budget; give it back with `release` or `using`. */
export interface ByteShare extends Disposable {
  release(): void
}

interface Waiting {
  readonly bytes: number
  readonly start: () => void
}

/**
 * Bounds what many tasks hold in memory at once, in bytes; first come, first served. A share larger
 * than the whole budget is given alone, when all others are back.
 */
export class ByteBudget {
  readonly total: number
  #free: number
  readonly #queue: Waiting[] = []

  constructor(total: number) {
    this.total = total
    this.#free = total
  }

  /** Waits for its turn. An abort throws the signal's reason. */
  async acquire(bytes: number, signal: AbortSignal): Promise<ByteShare> {
    signal.throwIfAborted()
    const wanted = Math.min(bytes, this.total)
    if (this.#queue.length > 0 || this.#free < wanted) await this.#wait(wanted, signal)
    else this.#free -= wanted
    let isHeld = true
    const release = (): void => {
      if (!isHeld) return
      isHeld = false
      this.#free += wanted
      this.#serve()
    }
    return { release, [Symbol.dispose]: release }
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        reject(signal.reason as Error)
        this.#serve() // who stood behind may fit
      }
      const waiting: Waiting = {
        bytes,
        start: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      this.#queue.push(waiting)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  #serve(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (next.bytes > this.#free) return
      this.#queue.shift()
      this.#free -= next.bytes
      next.start()
    }
  }
}
