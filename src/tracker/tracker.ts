import type { Problem, Tracker, TrackerOptions, TrackerStatus, User } from './api.ts'
import { type Entry, type Queue, QueueFull, type Stored } from './queue.ts'
import { bodyOf, fitting, MAX_BODY_BYTES, Sender } from './sender.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 300_000
/** Longest pause that a collector can ask for; timers cannot wait longer than 24 days either. */
const LONGEST_RETRY_AFTER_MS = 86_400_000
/** How often somebody looks for what others left in the queue. */
const WAKE_MS = 60_000
/** Events of this page that its end sends once more, where they are not acknowledged by then. */
const MAX_HELD = 200

/** What a browser and Node do each in their own way. */
export interface Platform {
  readonly queue: Queue
  readonly about: Entry['c']
  readonly contentType: string
  /** Runs `work` while nobody else who shares the queue sends. */
  exclusive<T>(work: () => Promise<T>): Promise<T>
  /** Keeps a timer from keeping the process alive. */
  release(timer: unknown): void
  /** Sends a body without waiting; undefined where processes just end. */
  readonly beacon: ((url: string, body: string) => boolean) | undefined
}

export class EventTracker implements Tracker {
  readonly #options: TrackerOptions
  readonly #platform: Platform
  readonly #queue: Queue
  readonly #sender: Sender
  readonly #batchSize: number
  readonly #about: Entry['c']
  readonly #timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
  readonly #wake: ReturnType<typeof setInterval>
  #user: User | undefined
  /** How many events go in one request: fewer, until what is refused is found. */
  #limit: number
  #failures = 0
  #isPausing = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #draining: Promise<boolean> | undefined
  #lastAdd: Promise<unknown> = Promise.resolve()
  #fresh = 0
  #isClosed = false
  #acknowledged = 0
  #dropped = 0
  #held: Stored[] = []
  #inFlight: readonly Stored[] = []

  constructor(options: TrackerOptions, platform: Platform) {
    this.#options = options
    this.#platform = platform
    this.#queue = platform.queue
    this.#sender = new Sender(options, platform.contentType)
    this.#batchSize = this.#limit = options.batchSize ?? 50
    const { productVersion, env = 'PRODUCTION', about } = options
    this.#about = { ...platform.about, ...about, productVersion, env }
    this.#wake = setInterval(() => this.#sendSoon(0), WAKE_MS)
    platform.release(this.#wake)
    this.#schedule(this.#batchAgeMs)
  }

  get #batchAgeMs(): number {
    return this.#options.batchAgeMs ?? 5_000
  }

  track(event: string, parameters?: Readonly<Record<string, unknown>>) {
    const tracked = this.#track(event, parameters)
    this.#lastAdd = tracked
    return tracked
  }

  async #track(event: string, given: Parameters<Tracker['track']>[1]): Promise<number | undefined> {
    if (this.#isClosed) return this.#drop(event, undefined, 'closed')
    const at = Math.floor(Date.now() / 1_000)
    const parameters = listOf(given)
    const p = { at, event, timezone: this.#timezone, ...this.#user, parameters }
    let stored: Stored | undefined
    try {
      stored = await this.#queue.add({ c: this.#about, p })
    } catch (error) {
      if (error instanceof QueueFull) return this.#drop(event, error.nr, 'full')
      return this.#drop(event, undefined, `not kept: ${String(error)}`)
    }
    if (stored !== undefined && this.#platform.beacon !== undefined) {
      this.#held.push(stored)
      this.#held.splice(0, this.#held.length - MAX_HELD)
    }
    if (++this.#fresh >= this.#batchSize) this.#sendSoon(0)
    else this.#sendSoon(this.#batchAgeMs)
    return stored?.p.nr
  }

  setUser(user: User | undefined): void {
    this.#user = user
  }

  async flush(): Promise<boolean> {
    await this.#lastAdd
    await this.#draining
    return this.#drain()
  }

  async status(): Promise<TrackerStatus> {
    return {
      waiting: await this.#queue.waiting(),
      acknowledged: this.#acknowledged,
      dropped: this.#dropped,
      isPersistent: await this.#queue.isPersistent(),
    }
  }

  async close(timeoutMs = 5_000): Promise<boolean> {
    if (this.#isClosed) return false
    this.#isClosed = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<boolean>(resolve => {
      timer = setTimeout(() => resolve(false), timeoutMs)
    })
    const isDone = await Promise.race([this.flush(), timeout])
    clearTimeout(timer)
    clearTimeout(this.#timer)
    clearInterval(this.#wake)
    await this.#queue.close()
    return isDone
  }

  /** Sends now: the network is back, or the page may be about to end. */
  sendNow(): void {
    void this.#drain()
  }

  /**
   * The page ends. What it tracked and was not acknowledged goes without waiting for an answer, and
   * stays in the queue: it may arrive twice, with the same session and number.
   */
  endPage(): void {
    const { beacon } = this.#platform
    // A beacon has no headers of one's own, so that it cannot be signed.
    if (beacon === undefined || this.#sender.isSigning) return this.sendNow()
    for (let left = without(this.#held, this.#inFlight); left.length > 0; ) {
      const first = JSON.stringify(left[0]?.c)
      const batch = fitting(left.filter(one => JSON.stringify(one.c) === first))
      const body = bodyOf(batch)
      if (body.length > MAX_BODY_BYTES || !beacon(this.#sender.url, body)) return
      left = without(left, batch)
    }
  }

  #sendSoon(afterMs: number): void {
    if (this.#isPausing) return
    if (afterMs === 0) void this.#drain()
    else this.#schedule(afterMs)
  }

  #schedule(afterMs: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.#drain(), afterMs)
    this.#platform.release(this.#timer)
  }

  /** Sends all that waits, unless that is being done. Never rejects. */
  #drain(): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isPausing = false
    this.#fresh = 0
    this.#draining ??= this.#platform
      .exclusive(() => this.#sendAll())
      .catch((error: unknown) => this.#pause(`the queue: ${String(error)}`, 0))
      .finally(() => {
        this.#draining = undefined
      })
    return this.#draining
  }

  async #sendAll(): Promise<boolean> {
    for (;;) {
      const batch = await this.#queue.peek(this.#limit)
      if (batch.events.length === 0) {
        this.#held = []
        return true
      }
      const events = fitting(batch.events)
      this.#inFlight = events
      const outcome = await this.#sender.send(events)
      this.#inFlight = []
      if (outcome.kind === 'later') return this.#pause(outcome.reason, outcome.retryAfterMs)
      if (outcome.kind === 'taken') {
        this.#failures = 0
        this.#acknowledged += events.length
        this.#limit = Math.min(this.#batchSize, this.#limit * 2)
      } else if (events.length > 1) {
        this.#limit = events.length >> 1
        continue
      } else {
        const [{ p } = { p: { event: '', nr: 0 } }] = events
        this.#drop(p.event, p.nr, outcome.reason)
      }
      await batch.remove(events.length)
      this.#held = without(this.#held, events)
    }
  }

  /** Full jitter would try at once, now and then; half of the pause is certain. */
  #pause(reason: string, retryAfterMs: number): false {
    const backoffMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++)
    const afterMs = Math.max(
      backoffMs * (0.5 + Math.random() / 2),
      Math.min(LONGEST_RETRY_AFTER_MS, retryAfterMs) * (1 + Math.random() / 10),
    )
    if (this.#isClosed) return false
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isPausing = true
    this.#schedule(afterMs)
    this.#tell({ kind: 'retry', reason, afterMs: Math.round(afterMs) })
    return false
  }

  #drop(event: string, nr: number | undefined, reason: string): undefined {
    this.#dropped++
    this.#tell({ kind: 'dropped', event, nr, reason })
    return undefined
  }

  /** What the application throws there is its own matter, and not thrown into our work. */
  #tell(problem: Problem): void {
    queueMicrotask(() => this.#options.onProblem?.(problem))
  }
}

function without(events: readonly Stored[], gone: readonly Stored[]): Stored[] {
  const keyOf = ({ c, p }: Stored): string => c.session + p.nr
  const keys = new Set(gone.map(keyOf))
  return events.filter(one => !keys.has(keyOf(one)))
}

function listOf(parameters: Readonly<Record<string, unknown>> = {}): unknown[] {
  return Object.entries(parameters)
    .filter(([, value]) => (value ?? undefined) !== undefined)
    .map(([name, value]) => ({ name, value: textOf(value) }))
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value) // a cycle, a BigInt
  }
}
