/** Microseconds a millisecond: numbers begin at the clock's microseconds, so that they only grow. */
const PER_MS = 1_000

/**
 * The collector's serial number of events, shared by its workers. A start begins at the clock's
 * microseconds, and no collector takes a million events a second for as long as it runs, so that a
 * restart goes on above what was given out, without a file that must be synced for each event.
 */
export class SequenceCounter {
  readonly shared: SharedArrayBuffer
  readonly #next: BigInt64Array

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared
    this.#next = new BigInt64Array(shared)
  }

  /** `last` is the highest number that is known to be given out, by a clock that was ahead, say. */
  static start(nowMs: number, last: number): SequenceCounter {
    const counter = new SequenceCounter(new SharedArrayBuffer(8))
    counter.#next[0] = BigInt(Math.max(nowMs * PER_MS, last + 1))
    return counter
  }

  /** Takes `count` numbers; returns the first. */
  take(count: number): number {
    return Number(Atomics.add(this.#next, 0, BigInt(count)))
  }

  /** The highest number that was given out. */
  get last(): number {
    return Number(Atomics.load(this.#next, 0)) - 1
  }
}
