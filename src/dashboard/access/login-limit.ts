import { FerryError } from '../../core/errors.ts'

const FREE_TRIES = 5
const FORGOTTEN_AFTER_MS = 15 * 60_000
const MOST_KEPT = 10_000
/** scrypt takes 32 MB and a tenth of a second of a processor each. */
const AT_ONCE = 2
const MOST_WAITING = 50

interface Failures {
  count: number
  last: number
}

/** Makes guessing slow: by name and by address, and for all together. */
export class LoginLimit {
  readonly #failures = new Map<string, Failures>()
  readonly #now: () => number
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  /** Runs a check when its turn comes. @throws FerryError THROTTLED after too many wrong passwords */
  async check(keys: readonly string[], work: () => Promise<boolean>): Promise<boolean> {
    for (const key of keys) this.#refuse(key)
    if (this.#waiting.length >= MOST_WAITING) throw tooMany(1)
    if (this.#running >= AT_ONCE) await new Promise<void>(resolve => this.#waiting.push(resolve))
    this.#running += 1
    try {
      const isRight = await work()
      for (const key of keys) this.#note(key, isRight)
      return isRight
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }

  #refuse(key: string): void {
    const failures = this.#failures.get(key)
    if (failures === undefined || failures.count < FREE_TRIES) return
    const pause = Math.min(1_000 * 2 ** (failures.count - FREE_TRIES), FORGOTTEN_AFTER_MS)
    const left = failures.last + pause - this.#now()
    if (left > 0) throw tooMany(Math.ceil(left / 1_000))
  }

  #note(key: string, isRight: boolean): void {
    const before = this.#failures.get(key)
    this.#failures.delete(key)
    if (isRight) return
    const now = this.#now()
    const isOld = before === undefined || now - before.last > FORGOTTEN_AFTER_MS
    this.#failures.set(key, { count: isOld ? 1 : before.count + 1, last: now })
    for (const first of this.#failures.keys()) {
      if (this.#failures.size <= MOST_KEPT) break
      this.#failures.delete(first)
    }
  }
}

const tooMany = (seconds: number): FerryError =>
  new FerryError('THROTTLED', 'too many wrong passwords', { hint: `wait ${seconds} s` })
