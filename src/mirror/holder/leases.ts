import { FerryError } from '../../core/errors.ts'
import type { TakenMoment } from '../take-moment.ts'

export interface Lease {
  readonly slots: number
  readonly taken: TakenMoment | undefined
}

export interface LeaseOptions {
  readonly connections: number
  /** Undefined where each reader has a moment of its own: then only connections are counted. */
  readonly take: (() => Promise<TakenMoment>) | undefined
  readonly maxAgeMs: number
  /** By a clock that never jumps. */
  readonly now: () => number
}

/** What somebody asks for. */
export interface LeaseWish {
  /** What is to be read: `shop.users`. Read at a moment once, it is read at a later one. */
  readonly what: string
  readonly wanted: number
  /** Not at this moment, nor before it. */
  readonly after?: string | undefined
}

interface Held {
  readonly taken: TakenMoment
  /** What has been read of it. */
  readonly read: Set<string>
  readonly since: number
  leases: number
}

interface Waiting {
  readonly wish: LeaseWish
  readonly granted: (lease: Lease) => void
  readonly failed: (error: unknown) => void
  isGone: boolean
}

/**
 * Gives leave to read: to each in its turn, as many connections as are free and wanted, and the present
 * moment. A moment that is too old, or cannot see a table any more, is followed by another, and ends
 * with its last lease. Connections that hold moments are counted, too.
 */
export class Leases {
  readonly #options: LeaseOptions
  readonly #queue: Waiting[] = []
  readonly #held = new Set<Held>()
  #present: Held | undefined
  #used = 0
  #isServing = false
  #hasChanged = false
  #leases = 0

  constructor(options: LeaseOptions) {
    this.#options = options
  }

  /** Nobody has a lease, and nobody waits for one. */
  get isIdle(): boolean {
    return this.#leases === 0 && this.#queue.length === 0
  }

  /**
   * Waits for a turn; `signal` ends the waiting. What was granted is given back by `release`, which
   * is told whether all was read.
   */
  async take(
    wish: LeaseWish,
    signal: AbortSignal,
  ): Promise<Lease & { release: (isRead: boolean) => void }> {
    const lease = await new Promise<Lease>((granted, failed) => {
      const waiting: Waiting = { wish, granted, failed, isGone: false }
      this.#queue.push(waiting)
      signal.addEventListener(
        'abort',
        () => {
          waiting.isGone = true
          failed(signal.reason)
          void this.#serve()
        },
        { once: true },
      )
      void this.#serve()
    })
    const held = [...this.#held].find(one => one.taken === lease.taken)
    let isHeld = true
    const release = (isRead: boolean): void => {
      if (!isHeld) return
      isHeld = false
      if (isRead) held?.read.add(wish.what)
      this.#used -= lease.slots
      this.#leases -= 1
      if (held !== undefined) held.leases -= 1
      void this.#serve()
    }
    return { ...lease, release }
  }

  /** Ends all moments; who reads one goes on, but nobody can join it. */
  async close(): Promise<void> {
    for (const { failed } of this.#queue.splice(0)) failed(new FerryError('TRANSIENT', 'it ends'))
    this.#present = undefined
    for (const held of this.#held) await this.#end(held)
  }

  /** Grants what can be granted. What changes while it does so is looked at before it ends. */
  async #serve(): Promise<void> {
    this.#hasChanged = true
    if (this.#isServing) return
    this.#isServing = true
    try {
      while (this.#hasChanged) {
        this.#hasChanged = false
        const first = this.#next()
        if (first === undefined) return
        await this.#endOld(first.wish)
        if (await this.#tryGrant(first)) this.#hasChanged = true
      }
    } finally {
      this.#isServing = false
    }
  }

  /** The first who waits; who has gone is forgotten. */
  #next(): Waiting | undefined {
    while (this.#queue[0]?.isGone === true) this.#queue.shift()
    return this.#queue[0]
  }

  /** Whether the first one has what it waits for; else somebody has to give something back. */
  async #tryGrant(first: Waiting): Promise<boolean> {
    if (first.isGone) return true
    const { connections, take, now } = this.#options
    const isNew = take !== undefined && this.#present === undefined
    const free = connections - this.#used - this.#held.size - (isNew ? 1 : 0)
    if (free < 1) return false
    if (isNew) {
      try {
        this.#present = { taken: await take(), since: now(), leases: 0, read: new Set() }
        this.#held.add(this.#present)
      } catch (error) {
        this.#queue.splice(this.#queue.indexOf(first), 1)
        first.failed(error)
        return true
      }
      if (first.isGone) return true
    }
    this.#queue.splice(this.#queue.indexOf(first), 1)
    const slots = Math.min(first.wish.wanted, free)
    this.#used += slots
    this.#leases += 1
    if (this.#present !== undefined) this.#present.leases += 1
    first.granted({ slots, taken: this.#present?.taken })
    return true
  }

  async #endOld({ what, after }: LeaseWish): Promise<void> {
    const { now, maxAgeMs } = this.#options
    const present = this.#present
    if (present !== undefined) {
      const isSeen = after !== undefined && present.taken.moment.takenAt <= after
      if (isSeen || present.read.has(what) || now() - present.since > maxAgeMs)
        this.#present = undefined
    }
    for (const held of this.#held) {
      if (held !== this.#present && held.leases === 0) await this.#end(held)
    }
  }

  async #end(held: Held): Promise<void> {
    this.#held.delete(held)
    // A connection that is lost already has ended its snapshot.
    await Promise.allSettled([held.taken.snapshot[Symbol.asyncDispose]()])
  }
}
