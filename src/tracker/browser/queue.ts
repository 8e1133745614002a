import { MemoryQueue } from '../memory-queue.ts'
import { randomId } from '../md5.ts'
import {
  type Batch,
  type Entry,
  type Identity,
  ofOneCollection,
  type Queue,
  QueueFull,
  stamp,
  type Stored,
} from '../queue.ts'
import { Journal, type Noted } from './journal.ts'

/** Some browsers, in private windows, neither open a database nor say that they do not. */
const OPEN_MS = 3_000
/** Tabs of which is known how far they came; those that ended earlier left nothing behind. */
const MAX_TABS = 100
const EVENTS = 'events'
const STATE = 'state'

/** The one record of the store `state`. */
interface State extends Identity {
  /** By tab, the serial of the last event that was taken over from it. */
  readonly tabs: Record<string, number>
}

export interface BrowserQueueOptions {
  readonly name: string
  readonly maxWaiting: number
  readonly deviceId: string | undefined
  /** Called when there is no storage. */
  readonly onMemory: (reason: string) => void
}

/**
 * A database that all tabs of a site share. An event and its number are written in one transaction,
 * so that tabs neither share nor skip one.
 */
export class BrowserQueue implements Queue {
  readonly #options: BrowserQueueOptions
  readonly #journal: Journal
  readonly #memory: MemoryQueue
  readonly #database: Promise<IDBDatabase | undefined>

  constructor(options: BrowserQueueOptions) {
    this.#options = options
    this.#journal = new Journal(options.name)
    this.#memory = new MemoryQueue(options.maxWaiting, options.deviceId)
    this.#database = open(options.name).catch((error: unknown) => {
      options.onMemory(String(error))
      return undefined
    })
  }

  async add(entry: Entry): Promise<Stored | undefined> {
    const noted = this.#journal.note(entry)
    try {
      const database = await this.#database
      return await (database === undefined ? this.#memory.add(entry) : this.#take(database, noted))
    } finally {
      this.#journal.forget(noted)
    }
  }

  async peek(count: number): Promise<Batch> {
    const database = await this.#database
    if (database === undefined) return this.#memory.peek(count)
    for (const noted of this.#journal.leftBehind()) {
      await this.#take(database, noted)
      this.#journal.forget(noted)
    }
    const store = database.transaction(EVENTS).objectStore(EVENTS)
    const keys = store.getAllKeys(null, count)
    // Only this file writes there.
    const events = ofOneCollection((await resultOf(store.getAll(null, count))) as Stored[])
    return {
      events,
      remove: async count => {
        const transaction = database.transaction(EVENTS, 'readwrite')
        for (const key of keys.result.slice(0, count)) transaction.objectStore(EVENTS).delete(key)
        await endOf(transaction)
      },
    }
  }

  async waiting(): Promise<number> {
    const database = await this.#database
    if (database === undefined) return this.#memory.waiting()
    return resultOf(database.transaction(EVENTS).objectStore(EVENTS).count())
  }

  async isPersistent(): Promise<boolean> {
    return (await this.#database) !== undefined
  }

  async close(): Promise<void> {
    ;(await this.#database)?.close()
  }

  /** Writes an event with its number, unless another tab has done so. */
  async #take(database: IDBDatabase, { tab, serial, entry }: Noted): Promise<Stored | undefined> {
    // `strict`: a number that was sent must not be given again after a power failure.
    const options = { durability: 'strict' } as const
    const transaction = database.transaction([EVENTS, STATE], 'readwrite', options)
    const events = transaction.objectStore(EVENTS)
    const states = transaction.objectStore(STATE)
    const counting = events.count()
    // Only this file writes there.
    const found = (await resultOf(states.get(STATE))) as State | undefined
    const { deviceId, ...state } = found ?? {
      deviceId: randomId(),
      clientId: randomId(),
      numbers: {},
      tabs: {},
    }
    const hasRoom = counting.result < this.#options.maxWaiting // asked first, so answered first
    let stored: Stored | undefined
    if ((state.tabs[tab] ?? 0) < serial) {
      stored = stamp({ ...state, deviceId: this.#options.deviceId ?? deviceId }, entry)
      delete state.tabs[tab]
      state.tabs[tab] = serial
      const [oldest = '', ...others] = Object.keys(state.tabs)
      if (others.length >= MAX_TABS) delete state.tabs[oldest]
      states.put({ ...state, deviceId }, STATE)
      if (hasRoom) events.add(stored)
    }
    await endOf(transaction)
    if (stored !== undefined && !hasRoom) throw new QueueFull(stored.p.nr)
    return stored
  }
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(EVENTS, { autoIncrement: true })
      request.result.createObjectStore(STATE)
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    setTimeout(() => reject(new Error('the database does not open')), OPEN_MS)
  })
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}
