import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../api.ts'
import { randomId } from '../md5.ts'
import {
  type Batch,
  type Entry,
  ofOneCollection,
  type Queue,
  QueueFull,
  stamp,
  type Stored,
} from '../queue.ts'
import { Lane } from './lane.ts'
import { isAlive } from './owner.ts'

/**
 * How often files of processes that are gone are looked for, and how long after the start at first:
 * processes that start together shall each find one to go on with.
 */
const ADOPT_MS = 5_000
const ADOPT_AGAIN_MS = 60_000

export interface FileQueueOptions {
  readonly directory: string
  readonly maxWaiting: number
  readonly deviceId: string | undefined
  readonly tell: (problem: Problem) => void
}

/** A folder with a file of waiting events for each process that tracks at the same time. */
export class FileQueue implements Queue {
  readonly #options: FileQueueOptions
  readonly #deviceId: string
  #own: Lane
  /** Of processes that are gone; each is released when it is empty. */
  readonly #adopted: Lane[] = []
  #isClosed = false
  #adoptAtMs = performance.now() + ADOPT_MS

  /** @throws what the file system says when the folder cannot be written to */
  constructor(options: FileQueueOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true })
    this.#deviceId = options.deviceId ?? readDeviceId(options.directory)
    this.#own = this.#open()
  }

  async add(entry: Entry): Promise<Stored> {
    const lane = this.#own
    const { clientId, numbers } = lane
    const stored = stamp({ deviceId: this.#deviceId, clientId, numbers }, entry)
    if (lane.waiting.length >= this.#options.maxWaiting) throw new QueueFull(stored.p.nr)
    lane.add(stored)
    await lane.sync()
    return stored
  }

  async peek(count: number): Promise<Batch> {
    if (this.#isClosed) return { events: [], remove: async () => {} }
    if (!this.#own.isOurs) this.#replace()
    this.#own.touch()
    if (this.#own.waiting.length === 0) this.#adopt()
    const lane = [this.#own, ...this.#adopted].find(one => one.waiting.length > 0) ?? this.#own
    const events = ofOneCollection(lane.waiting.slice(0, count))
    // What a power failure can still take must not be at the collector: its number would come again.
    await lane.sync()
    return { events, remove: async count => this.#remove(lane, count) }
  }

  async waiting(): Promise<number> {
    return [this.#own, ...this.#adopted].reduce((sum, lane) => sum + lane.waiting.length, 0)
  }

  async isPersistent(): Promise<boolean> {
    return true
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const lane of [this.#own, ...this.#adopted]) lane.release()
  }

  #remove(lane: Lane, count: number): void {
    lane.remove(count)
    const at = this.#adopted.indexOf(lane)
    if (lane.waiting.length > 0 || at < 0) return
    this.#adopted.splice(at, 1)
    lane.release()
  }

  /** The file of a process that is gone, or a new one. */
  #open(): Lane {
    for (const name of this.#leftBehind()) {
      const lane = this.#claim(name)
      if (lane?.isSound === true) return lane
      if (lane !== undefined) this.#adopted.push(lane)
    }
    return Lane.create(this.#options.directory, randomId())
  }

  #adopt(): void {
    if (performance.now() < this.#adoptAtMs) return
    this.#adoptAtMs = performance.now() + ADOPT_AGAIN_MS
    for (const name of this.#leftBehind()) {
      const lane = this.#claim(name)
      if (lane === undefined) continue
      if (lane.waiting.length > 0) this.#adopted.push(lane)
      else lane.release()
    }
  }

  /** Somebody removed our file, or took it: what it held is sent, further events go elsewhere. */
  #replace(): void {
    this.#adopted.push(this.#own)
    mkdirSync(this.#options.directory, { recursive: true })
    this.#own = this.#open()
  }

  #claim(name: string): Lane | undefined {
    const lane = Lane.claim(this.#options.directory, name)
    const lines = lane?.damaged ?? 0
    if (lines > 0) this.#options.tell({ kind: 'damaged', lines })
    return lane
  }

  *#leftBehind(): Iterable<string> {
    const { directory } = this.#options
    for (const name of readdirSync(directory).sort()) {
      const lane = Lane.parse(name)
      if (lane === undefined) continue
      const path = join(directory, name)
      const touchedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs
      if (touchedMs !== undefined && !isAlive(path, lane.owner, touchedMs)) yield name
    }
  }
}

/** The one of this folder, made when it is not there yet; of several who make it one succeeds. */
function readDeviceId(directory: string): string {
  const path = join(directory, 'device_id')
  const draft = `${path}.${randomId()}`
  writeFileSync(draft, randomId(), { flush: true })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (Object(error).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readFileSync(path, 'utf8').trim()
}
