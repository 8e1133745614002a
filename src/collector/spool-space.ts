/**
 * How much the segments on disk may take, shared by the workers and the delivery: each has a slot
 * of its own that only it writes, in KiB.
 */
export class SpoolSpace {
  readonly shared: SharedArrayBuffer
  readonly #slots: Int32Array
  readonly #maxKiB: number

  constructor(shared: SharedArrayBuffer, maxBytes: number) {
    this.shared = shared
    this.#slots = new Int32Array(shared)
    this.#maxKiB = Math.floor(maxBytes / 1_024)
  }

  /** `slots`: one a worker, and slot 0 for what is sealed. */
  static create(slots: number, maxBytes: number): SpoolSpace {
    return new SpoolSpace(new SharedArrayBuffer(4 * slots), maxBytes)
  }

  set(slot: number, bytes: number): void {
    Atomics.store(this.#slots, slot, Math.ceil(bytes / 1_024))
  }

  get isFull(): boolean {
    let used = 0
    for (let i = 0; i < this.#slots.length; i++) used += Atomics.load(this.#slots, i)
    return used >= this.#maxKiB
  }
}
