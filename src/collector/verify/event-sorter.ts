import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError } from '../../core/errors.ts'
import type { EventFacts } from './event-facts.ts'
import { putRecord, RECORD_HEAD_BYTES, type RunEvent, RunWriter } from './event-run.ts'
import { mergeRuns } from './merge-runs.ts'

/** Events that are sorted in memory at once, in bytes and in number. */
const ARENA_BYTES = 50_331_648
const ARENA_EVENTS = 262_144
/** Runs that are merged at once: each costs a block of memory. */
const MAX_RUNS = 32

/**
 * Sorts any number of events by session, nr and arrival in a bounded amount of memory: what does not
 * fit goes to a folder of its own under `parent`, as runs in order, which are merged at the end. The
 * folder takes what the rows take, unpacked, and is gone after `close`.
 */
export class EventSorter {
  readonly #directory: string
  #arena = Buffer.allocUnsafeSlow(ARENA_BYTES)
  readonly #keys = Array.from({ length: 6 }, () => new Float64Array(ARENA_EVENTS))
  readonly #starts = new Uint32Array(ARENA_EVENTS)
  #count = 0
  #filled = 0
  /** Files by level: those of one level are merged to one of the next. */
  readonly #levels: string[][] = []
  #files = 0

  private constructor(directory: string) {
    this.#directory = directory
  }

  /** @throws FerryError LOCAL_IO, DENIED, INPUT_MISSING (the parent) */
  static async open(parent: string): Promise<EventSorter> {
    try {
      return new EventSorter(await mkdtemp(join(parent, 'ferry-events-')))
    } catch (error) {
      throw asLocalIoError(error, parent)
    }
  }

  /** Takes a copy of the event; a promise where memory was full and must be written first. */
  add(facts: EventFacts, row: Buffer): Promise<void> | undefined {
    const size = RECORD_HEAD_BYTES + row.length
    const isFull = this.#filled + size > this.#arena.length || this.#count === ARENA_EVENTS
    if (!isFull) {
      this.#put(facts, row)
      return undefined
    }
    const kept = { ...facts } // the caller goes on to its next one in the same object
    const copy = Buffer.from(row)
    return this.#addBehind(kept, copy)
  }

  async #addBehind(facts: EventFacts, row: Buffer): Promise<void> {
    await this.#spill()
    const size = RECORD_HEAD_BYTES + row.length
    if (size > this.#arena.length) this.#arena = Buffer.allocUnsafeSlow(size)
    this.#put(facts, row)
  }

  /** All events in order. Nothing can be added any more. */
  async *sorted(): AsyncGenerator<readonly RunEvent[]> {
    if (this.#count > 0) await this.#spill()
    this.#arena = Buffer.alloc(0)
    while (this.#levels.flat().length > MAX_RUNS) {
      await this.#mergeLevel(this.#levels.findIndex(files => files.length > 1))
    }
    yield* mergeRuns(this.#levels.flat())
  }

  async close(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true })
  }

  #put(facts: EventFacts, row: Buffer): void {
    const at = this.#count++
    this.#starts[at] = this.#filled
    const { high, middle, low, nr, receivedAtMs, sequence } = facts
    for (const [key, value] of [high, middle, low, nr, receivedAtMs, sequence].entries()) {
      const column = this.#keys[key]
      if (column !== undefined) column[at] = value
    }
    this.#filled = putRecord(this.#arena, this.#filled, facts, row)
  }

  async #spill(): Promise<void> {
    const order = new Uint32Array(this.#count)
    for (let at = 0; at < order.length; at++) order[at] = at
    const keys = this.#keys
    order.sort((one, other) => {
      for (const column of keys) {
        const left = column[one] ?? 0
        const right = column[other] ?? 0
        if (left !== right) return left < right ? -1 : 1
      }
      return 0
    })
    await this.#writeRun(0, async writer => {
      for (const at of order) {
        const start = this.#starts[at] ?? 0
        const end = start + RECORD_HEAD_BYTES + this.#arena.readUInt32LE(start)
        const waiting = writer.add(this.#arena, start, end)
        if (waiting !== undefined) await waiting
      }
      this.#count = 0
      this.#filled = 0
    })
  }

  async #addRun(path: string, level: number): Promise<void> {
    const files = (this.#levels[level] ??= [])
    files.push(path)
    if (files.length === MAX_RUNS) await this.#mergeLevel(level)
  }

  async #mergeLevel(level: number): Promise<void> {
    const files = this.#levels[level] ?? []
    this.#levels[level] = []
    await this.#writeRun(level + 1, async writer => {
      for await (const events of mergeRuns(files)) {
        for (const { record } of events) await writer.add(record, 0, record.length)
      }
      for (const file of files) await rm(file)
    })
  }

  async #writeRun(level: number, fill: (writer: RunWriter) => Promise<void>): Promise<void> {
    const path = join(this.#directory, `run-${++this.#files}`)
    const writer = await RunWriter.open(path)
    try {
      await fill(writer)
    } finally {
      await writer.close()
    }
    await this.#addRun(path, level)
  }
}
