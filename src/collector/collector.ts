import { join } from 'node:path'
import { FerryError } from '../core/errors.ts'
import { type FileLock, tryFileLock } from '../core/file-lock.ts'
import type { Logger } from '../core/logger.ts'
import type { KeyPolicy } from './acceptor.ts'
import { type ClaimedPort, claimPort } from './claim-port.ts'
import { type CounterSnapshot, sumCounters } from './counters.ts'
import { Delivery, type SegmentSink } from './delivery.ts'
import { metricsPage } from './metrics-page.ts'
import { RefusalLog } from './refusal-log.ts'
import { ReplayTable } from './replay-table.ts'
import { SequenceCounter } from './sequence-counter.ts'
import { SeenRequests } from './seen-requests.ts'
import { noteDeliveredUpTo, recoverSpool } from './spool.ts'
import { SpoolSpace } from './spool-space.ts'
import type { Page, WorkerState } from './worker-messages.ts'
import type { WorkerSettings } from './worker-options.ts'
import { WorkerThread } from './worker-thread.ts'

export interface CollectorOptions {
  /** The worker's file. */
  readonly workerFile: URL
  readonly workers: number
  readonly port: number
  readonly settings: WorkerSettings
  readonly keys: KeyPolicy
  readonly sink: SegmentSink
  readonly logger: Logger
  readonly now: () => number
}

/** Signed requests that are remembered, so that none is stored twice: 48 bytes each, when used. */
const REPLAY_SLOTS = 1_048_576
const REFUSALS_EVERY_MS = 60_000
/** How long a flush waits for the deliveries. */
const FLUSH_MS = 30_000
const JSON_TYPE = 'application/json'

/**
 * The collector: workers that take events and write them to segments, and the delivery of sealed
 * segments. One of it a spool.
 */
export class Collector {
  readonly port: number
  readonly #options: CollectorOptions
  readonly #workers: readonly WorkerThread[]
  readonly #delivery: Delivery
  readonly #space: SpoolSpace
  readonly #lock: FileLock
  readonly #claim: ClaimedPort
  readonly #failed: Promise<never>
  readonly #refusals: RefusalLog
  readonly #timer: NodeJS.Timeout

  private constructor(parts: CollectorParts) {
    this.port = parts.port
    this.#options = parts.options
    this.#workers = parts.workers
    this.#delivery = parts.delivery
    this.#space = parts.space
    this.#lock = parts.lock
    this.#claim = parts.claim
    this.#failed = parts.failed
    this.#refusals = new RefusalLog(parts.options.logger)
    this.#timer = setInterval(() => void this.#logRefusals(), REFUSALS_EVERY_MS)
  }

  /**
   * Recovers what the last run left, listens, and begins to deliver.
   * @throws FerryError BUSY (the port or the spool is another's), CONFIG_INVALID, DENIED, LOCAL_IO
   */
  static async start(options: CollectorOptions): Promise<Collector> {
    const { directory } = options.settings
    const lock = tryFileLock(join(directory, 'lock'))
    if (lock === undefined) {
      throw new FerryError('BUSY', `another collector uses \`${directory}\``, {
        hint: 'stop that one, or give this one a `spool` of its own',
      })
    }
    let claim: ClaimedPort | undefined
    try {
      claim = await claimPort(options.settings.host, options.port)
      return await startLocked(options, { lock, claim }, parts => new Collector(parts))
    } catch (error) {
      claim?.release()
      lock.release()
      throw error
    }
  }

  /** Rejects when a worker ends by itself. */
  get failed(): Promise<never> {
    return this.#failed
  }

  async page(what: 'metrics' | 'health' | 'flush'): Promise<Page> {
    if (what === 'flush') return this.#flush()
    if (what === 'health') return this.#health(await this.#snapshots())
    const body = metricsPage(await this.counters(), this.#delivery.counters)
    return { status: 200, contentType: 'text/plain; version=0.0.4', body }
  }

  /** Of all workers, since they started. */
  async counters(): Promise<CounterSnapshot> {
    return sumCounters((await this.#snapshots()).map(one => one.counters))
  }

  async setKeys(keys: KeyPolicy): Promise<void> {
    await Promise.all(this.#workers.map(worker => worker.setKeys(keys)))
  }

  /**
   * Takes nothing more (503), writes what was taken, and delivers it, for `graceMs` at most; what is
   * not delivered by then stays on disk for the next start. Returns the counters.
   */
  async stop(graceMs: number): Promise<CounterSnapshot> {
    clearInterval(this.#timer)
    // One that failed, which `failed` told, has nothing to say; what the others took is delivered.
    const stopped = await Promise.allSettled(this.#workers.map(worker => worker.stop()))
    const isDrained = await this.#delivery.drain(AbortSignal.timeout(graceMs))
    await this.#delivery.close()
    await Promise.all(this.#workers.map(worker => worker.terminate()))
    this.#claim.release()
    this.#lock.release()
    if (!isDrained) {
      const { waitingSegments } = this.#delivery.counters
      this.#options.logger.warn(
        `${waitingSegments} segments are not delivered; the next start delivers them`,
      )
    }
    const states = stopped.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    return sumCounters(states.map(one => one.counters))
  }

  #snapshots(): Promise<readonly WorkerState[]> {
    return Promise.all(this.#workers.map(worker => worker.snapshot()))
  }

  #health(states: readonly WorkerState[]): Page {
    const failure = states.find(one => one.failure !== undefined)?.failure
    const reason = failure ?? (this.#space.isFull ? 'the spool is full (max_disk)' : undefined)
    const delivery = this.#delivery.failure
    const body =
      reason === undefined ? { status: 'ok', delivery } : { status: 'failing', reason, delivery }
    return {
      status: reason === undefined ? 200 : 503,
      contentType: JSON_TYPE,
      body: `${JSON.stringify(body)}\n`,
    }
  }

  async #flush(): Promise<Page> {
    await Promise.all(this.#workers.map(worker => worker.seal()))
    const isDrained = await this.#delivery.drain(AbortSignal.timeout(FLUSH_MS))
    const { waitingSegments, waitingBytes } = this.#delivery.counters
    const body = {
      delivered: isDrained,
      waiting_segments: waitingSegments,
      waiting_bytes: waitingBytes,
    }
    return {
      status: isDrained ? 200 : 202,
      contentType: JSON_TYPE,
      body: `${JSON.stringify(body)}\n`,
    }
  }

  async #logRefusals(): Promise<void> {
    const counters = await this.counters().catch(() => undefined) // `failed` tells why
    if (counters !== undefined) this.#refusals.tell(counters)
  }
}

interface CollectorParts {
  readonly options: CollectorOptions
  readonly port: number
  readonly workers: readonly WorkerThread[]
  readonly delivery: Delivery
  readonly space: SpoolSpace
  readonly lock: FileLock
  readonly claim: ClaimedPort
  readonly failed: Promise<never>
}

async function startLocked(
  options: CollectorOptions,
  { lock, claim }: Pick<CollectorParts, 'lock' | 'claim'>,
  make: (parts: CollectorParts) => Collector,
): Promise<Collector> {
  const { settings, sink, logger, now } = options
  const { directory } = settings
  const replays = ReplayTable.create(REPLAY_SLOTS)
  const restore = (packed: Buffer): void => replays.restore(packed, nowSeconds(now))
  const seen = await SeenRequests.open(directory, restore)
  const found = await recoverSpool(directory, logger, restore)
  const sequence = SequenceCounter.start(now(), found.lastSequence)
  const space = SpoolSpace.create(options.workers, settings.maxDiskBytes)
  const delivery = new Delivery({
    directory,
    sink,
    logger,
    onSize: bytes => space.setWaiting(bytes),
    beforeRemoval: async identities => {
      await seen.note(identities, nowSeconds(now))
      await noteDeliveredUpTo(directory, sequence.last)
    },
  })
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => {}) // whoever runs the collector awaits it
  let collector: Collector | undefined
  const workers: WorkerThread[] = []
  try {
    let { port } = options
    for (let number = 1; number <= options.workers; number++) {
      let handedOver = 0
      const worker = new WorkerThread(
        options.workerFile,
        {
          ...settings,
          number,
          port,
          keys: options.keys,
          sequence: sequence.shared,
          replays: replays.shared,
          space: space.shared,
        },
        {
          sealed: (name, bytes) => {
            try {
              delivery.add(name)
              handedOver += bytes
              space.setHandedOver(number, handedOver)
            } catch (error) {
              failure.reject(error)
            }
          },
          asked: async what =>
            (await collector?.page(what)) ?? { status: 503, contentType: JSON_TYPE, body: '{}' },
          failed: failure.reject,
        },
      )
      workers.push(worker)
      port = await worker.listening // the first finds the port, where none is given
    }
    for (const name of found.ready) delivery.add(name)
    collector = make({
      options,
      port,
      workers,
      delivery,
      space,
      lock,
      claim,
      failed: failure.promise,
    })
    return collector
  } catch (error) {
    await Promise.all(workers.map(worker => worker.terminate()))
    await delivery.close()
    throw error
  }
}

const nowSeconds = (now: () => number): number => Math.floor(now() / 1_000)
