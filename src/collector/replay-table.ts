import { liveIdentities, type RequestIdentity } from './request-identities.ts'

/** Slots that a hash may be in; the oldest gives way when all are taken. */
const BUCKET_SLOTS = 8
/** Words of a slot: the hash's two halves, when it expires in seconds, its state. */
const SLOT_WORDS = 4
const HIGH = 0
const LOW = 1
const EXPIRES = 2
const STATE = 3

/** A word for each bucket's lock in front of its slots, and three to fill the line. */
const BUCKET_WORDS = 4 + BUCKET_SLOTS * SLOT_WORDS

const EMPTY = 0
const PENDING = 1
const STORED = 2

/** `new`: go on. `pending`: the first is not on disk yet. `stored`: it is. */
export type ClaimOutcome = 'new' | 'pending' | 'stored'

/**
 * Signed requests of the last minutes, so that one sent again (by a client that lost its answer, or
 * by somebody who listened) is not stored again. Shared by all workers; a bucket is locked while it
 * is looked at, for some tens of nanoseconds. When more come in the window than fit, the oldest are
 * forgotten: what slips through is still found by session and serial number.
 */
export class ReplayTable {
  readonly shared: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #buckets: number

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared
    this.#words = new Int32Array(shared)
    this.#buckets = Math.floor(this.#words.length / BUCKET_WORDS)
  }

  /** Memory is taken by the system page by page as it is used. */
  static create(slots: number): ReplayTable {
    const buckets = Math.ceil(slots / BUCKET_SLOTS)
    return new ReplayTable(new SharedArrayBuffer(buckets * BUCKET_WORDS * 4))
  }

  /** Notes a request until it expires. */
  claim({ high, low, expiresS }: RequestIdentity, nowS: number): ClaimOutcome {
    const bucket = this.#lock(high, low)
    const words = this.#words
    let free = -1
    let oldest = -1
    for (let i = 0; i < BUCKET_SLOTS; i++) {
      const slot = bucket + 4 + i * SLOT_WORDS
      const state = words[slot + STATE] ?? EMPTY
      const expires = words[slot + EXPIRES] ?? 0
      if (state === EMPTY || expires < nowS) {
        if (free < 0) free = slot
      } else if (words[slot + HIGH] === high && words[slot + LOW] === low) {
        this.#unlock(bucket)
        return state === PENDING ? 'pending' : 'stored'
      } else if (oldest < 0 || expires < (words[oldest + EXPIRES] ?? 0)) {
        oldest = slot
      }
    }
    const slot = free >= 0 ? free : oldest
    words[slot + HIGH] = high
    words[slot + LOW] = low
    words[slot + EXPIRES] = expiresS
    words[slot + STATE] = PENDING
    this.#unlock(bucket)
    return 'new'
  }

  /** The request is on disk, or (`isStored` false) was not taken and may come again. */
  settle({ high, low }: RequestIdentity, isStored: boolean): void {
    const bucket = this.#lock(high, low)
    const words = this.#words
    for (let i = 0; i < BUCKET_SLOTS; i++) {
      const slot = bucket + 4 + i * SLOT_WORDS
      if (words[slot + HIGH] !== high || words[slot + LOW] !== low) continue
      words[slot + STATE] = isStored ? STORED : EMPTY
    }
    this.#unlock(bucket)
  }

  /** Notes requests, packed, that an earlier run has brought to the disk. */
  restore(packed: Buffer, nowS: number): void {
    for (const identity of liveIdentities(packed, nowS)) {
      if (this.claim(identity, nowS) === 'new') this.settle(identity, true)
    }
  }

  #lock(high: number, low: number): number {
    const bucket = ((high ^ low) >>> 0) % this.#buckets
    const at = bucket * BUCKET_WORDS
    while (Atomics.compareExchange(this.#words, at, 0, 1) !== 0) {
      // held for less than it would take to sleep
    }
    return at
  }

  #unlock(bucket: number): void {
    Atomics.store(this.#words, bucket, 0)
  }
}
