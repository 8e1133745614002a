/** How many counters a worker has. */
const EACH = 2

/**
 * How much the segments on disk may take, shared by the workers and the delivery, in KiB. Each counter has
 * one thread that writes it: what waits for delivery, and of each worker how much it has written in
 * all and how much of that has been counted among what waits. So a segment counts without a gap while
 * it is sealed and handed over, however long the disk takes for it. The sums may wrap around: only
 * differences are read.
 */
export class SpoolSpace {
  readonly shared: SharedArrayBuffer
  readonly #counters: Int32Array
  readonly #maxKiB: number

  constructor(shared: SharedArrayBuffer, maxBytes: number) {
    this.shared = shared
    this.#counters = new Int32Array(shared)
    this.#maxKiB = Math.floor(maxBytes / 1_024)
  }

  static create(workers: number, maxBytes: number): SpoolSpace {
    return new SpoolSpace(new SharedArrayBuffer(4 * (1 + EACH * workers)), maxBytes)
  }

  /** Bytes of sealed segments that wait for delivery. */
  setWaiting(bytes: number): void {
    this.#store(0, bytes)
  }

  /** Bytes that a worker, counted from 1, has written to segments since it started. */
  setWritten(worker: number, bytes: number): void {
    this.#store(1 + EACH * (worker - 1), bytes)
  }

  /** Bytes of those that are in segments which have been told to wait. */
  setHandedOver(worker: number, bytes: number): void {
    this.#store(2 + EACH * (worker - 1), bytes)
  }

  get isFull(): boolean {
    const counters = this.#counters
    let usedKiB = Atomics.load(counters, 0)
    for (let at = 1; at < counters.length; at += EACH) {
      usedKiB += (Atomics.load(counters, at) - Atomics.load(counters, at + 1)) | 0
    }
    return usedKiB >= this.#maxKiB
  }

  #store(counter: number, bytes: number): void {
    Atomics.store(this.#counters, counter, Math.ceil(bytes / 1_024))
  }
}
