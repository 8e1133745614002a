const SLICE_MS = 8

/**
 * For work of many small steps on the thread that all share: `next` now and then lets others have their
 * turn. Calls of the file system that are made at once cost a tenth of what a thread and the way back do,
 * but nobody else gets anything meanwhile.
 */
export class Turns {
  #until = performance.now() + SLICE_MS

  /** Others have waited long enough. */
  get isOver(): boolean {
    return performance.now() >= this.#until
  }

  async next(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    this.#until = performance.now() + SLICE_MS
  }
}
