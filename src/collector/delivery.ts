import { statSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import type { RequestIdentities } from './request-identities.ts'
import { parseSegmentName } from './segment-name.ts'

/** Where segments go: a store, or a queue. Called again for the same segment until it succeeds. */
export interface SegmentSink {
  /** Resolves when what the segment holds is there, and was verified. */
  deliver(segment: SealedSegment, signal: AbortSignal): Promise<DeliveredSegment>
  close(): Promise<void>
}

export interface SealedSegment {
  readonly path: string
  readonly sequence: number
  readonly bytes: number
}

export interface DeliveredSegment {
  readonly rows: number
  /** Rows that the target will never take, and that were kept as dead letters. */
  readonly undeliverable?: number
  /** Of the signed requests whose rows it held. */
  readonly identities: RequestIdentities
  /** As stored. */
  readonly bytes: number
}

export interface DeliveryCounters {
  readonly deliveredRows: number
  readonly undeliverableRows: number
  readonly deliveredBytes: number
  readonly deliveredSegments: number
  readonly failures: number
  readonly waitingSegments: number
  readonly waitingBytes: number
}

const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000

export interface DeliveryOptions {
  readonly directory: string
  readonly sink: SegmentSink
  readonly logger: Logger
  /** Bytes of segments on disk, whenever they change. */
  readonly onSize: (bytes: number) => void
  /** Awaited between a segment's delivery and its removal; gets the identities that go with it. */
  readonly beforeRemoval: (identities: RequestIdentities) => Promise<void>
}

/**
 * Brings sealed segments to where they belong, the oldest first, and removes each when it has
 * arrived. While the store is away they stay on the disk.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  /** Names, oldest first, with their sizes. */
  readonly #waiting = new Map<string, number>()
  /** Segments that can never be delivered; kept as they are. */
  readonly #damaged = new Set<string>()
  #isRunning = false
  #rows = 0
  #undeliverable = 0
  #bytes = 0
  #segments = 0
  #failures = 0
  /** Why the last attempt failed. */
  failure: string | undefined
  readonly #stop = new AbortController()
  #idle = Promise.withResolvers<void>()

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#idle.resolve()
  }

  get counters(): DeliveryCounters {
    return {
      deliveredRows: this.#rows,
      undeliverableRows: this.#undeliverable,
      deliveredBytes: this.#bytes,
      deliveredSegments: this.#segments,
      failures: this.#failures,
      waitingSegments: this.#waiting.size,
      waitingBytes: this.#waitingBytes,
    }
  }

  /**
   * From now on the segment counts as waiting; a `drain` that follows waits for it too.
   * @throws FerryError LOCAL_IO, INPUT_MISSING
   */
  add(name: string): void {
    this.#waiting.set(name, this.#sizeOf(name))
    this.#options.onSize(this.#waitingBytes)
    if (this.#isRunning) return
    this.#isRunning = true
    this.#idle = Promise.withResolvers()
    void this.#run()
  }

  #sizeOf(name: string): number {
    const path = join(this.#options.directory, name)
    try {
      return statSync(path).size
    } catch (error) {
      throw asLocalIoError(error, path)
    }
  }

  /** Waits until everything is delivered, at most until the signal. */
  async drain(signal: AbortSignal): Promise<boolean> {
    const aborted = new Promise<boolean>(resolve => {
      signal.addEventListener('abort', () => resolve(false), { once: true })
    })
    return Promise.race([this.#idle.promise.then(() => true), aborted])
  }

  /** Ends what is under way; what was not delivered stays on disk for the next start. */
  async close(): Promise<void> {
    this.#stop.abort(new FerryError('TERMINATED', 'the collector stops'))
    await this.#idle.promise
    await this.#options.sink.close()
  }

  get #waitingBytes(): number {
    let bytes = 0
    for (const size of this.#waiting.values()) bytes += size
    return bytes
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    let pauseMs = FIRST_PAUSE_MS
    for (let name = this.#next(); name !== undefined && !signal.aborted; name = this.#next()) {
      try {
        await this.#deliver(name)
        pauseMs = FIRST_PAUSE_MS
      } catch (error) {
        if (signal.aborted) break
        this.#noteFailure(name, error)
        // A little of chance, so that collectors do not come back all at once.
        await sleep(pauseMs * (1 + Math.random()), undefined, { signal }).catch(() => {})
        pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)
      }
    }
    this.#isRunning = false
    this.#idle.resolve()
  }

  #next(): string | undefined {
    for (const name of this.#waiting.keys()) if (!this.#damaged.has(name)) return name
    return undefined
  }

  async #deliver(name: string): Promise<void> {
    const path = join(this.#options.directory, name)
    const sequence = parseSegmentName(name)?.sequence ?? 0
    const bytes = this.#waiting.get(name) ?? 0
    const delivered = await this.#options.sink.deliver({ path, sequence, bytes }, this.#stop.signal)
    await this.#options.beforeRemoval(delivered.identities)
    await unlink(path).catch((error: unknown) => {
      throw asLocalIoError(error, path)
    })
    this.#waiting.delete(name)
    this.#options.onSize(this.#waitingBytes)
    this.#rows += delivered.rows
    this.#undeliverable += delivered.undeliverable ?? 0
    this.#bytes += delivered.bytes
    this.#segments++
    if (this.failure !== undefined) {
      this.#options.logger.info(`deliveries go on; ${this.#waiting.size} segments wait`)
    }
    this.failure = undefined
  }

  #noteFailure(name: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof FerryError && error.code === 'DATA_INVALID') this.#damaged.add(name)
    if (message !== this.failure) {
      this.#options.logger.warn(`cannot deliver segment \`${name}\`: ${message}; it stays on disk`)
    }
    this.failure = message
    this.#failures++
  }
}
