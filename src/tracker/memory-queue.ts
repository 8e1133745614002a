import { randomId } from './md5.ts'
import {
  type Batch,
  type Entry,
  type Identity,
  ofOneCollection,
  type Queue,
  QueueFull,
  stamp,
  type Stored,
} from './queue.ts'

/** Where there is no storage. Its client is a new one each time, as are its numbers. */
export class MemoryQueue implements Queue {
  readonly #identity: Identity
  readonly #maxWaiting: number
  readonly #events: Stored[] = []

  constructor(maxWaiting: number, deviceId = randomId()) {
    this.#maxWaiting = maxWaiting
    this.#identity = { deviceId, clientId: randomId(), numbers: {} }
  }

  async add(entry: Entry): Promise<Stored> {
    const stored = stamp(this.#identity, entry)
    if (this.#events.length >= this.#maxWaiting) throw new QueueFull(stored.p.nr)
    this.#events.push(stored)
    return stored
  }

  async peek(count: number): Promise<Batch> {
    const events = ofOneCollection(this.#events.slice(0, count))
    return { events, remove: async count => void this.#events.splice(0, count) }
  }

  async waiting(): Promise<number> {
    return this.#events.length
  }

  async isPersistent(): Promise<boolean> {
    return false
  }

  async close(): Promise<void> {}
}
