/** A share of a budget; give it back with `release` or `using`. */
export interface ByteShare extends Disposable {
  /**
   * Memory of the share's size, with whatever was in it before; another's once the share is back.
   * Large pieces that come and go by the thousand cost more to get than to fill.
   */
  readonly buffer: Buffer
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
  /** Of shares that are back, all of one size; within what is free, so they cost no memory. */
  #spare: Buffer[] = []

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
    let buffer = this.#takeSpare(bytes)
    let isHeld = true
    const release = (): void => {
      if (!isHeld) return
      isHeld = false
      this.#free += wanted
      if (buffer !== undefined) this.#keepSpare(buffer)
      this.#serve()
    }
    return {
      get buffer() {
        return (buffer ??= Buffer.allocUnsafeSlow(bytes))
      },
      release,
      [Symbol.dispose]: release,
    }
  }

  #takeSpare(bytes: number): Buffer | undefined {
    const found = this.#spare[0]?.length === bytes ? this.#spare.pop() : undefined
    const size = this.#spare[0]?.length ?? 0
    if (this.#spare.length * size > this.#free) this.#spare.length = Math.floor(this.#free / size)
    return found
  }

  #keepSpare(buffer: Buffer): void {
    if (this.#spare[0]?.length !== buffer.length) this.#spare = []
    if ((this.#spare.length + 1) * buffer.length <= this.#free) this.#spare.push(buffer)
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
