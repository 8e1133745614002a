import { createHash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { ByteBudget, type ByteShare } from '../core/byte-budget.ts'
import { FerryError } from '../core/errors.ts'
import { DEFAULT_RETRY, FinalError, retry } from '../core/retry.ts'
import { type Checksums, combineCrc32c, crc32cHex } from '../formats/checksum.ts'
import { type OrderedTurns, orderedTurns } from './ordered-turns.ts'
import { DEFAULT_PART_BYTES, partBytesFor } from './part-size.ts'
import { RangeReading, readRange } from './read-range.ts'
import type { ObjectInfo, ObjectStore, Part, PartReceipt, PutOptions, UploadRef } from './store.ts'
import { assertEqual, type Counted, withChecksums } from './verify.ts'

export interface TransferSource {
  readonly store: ObjectStore
  /** As a listing or `stat` tells it. */
  readonly object: ObjectInfo
}

export interface TransferTarget {
  readonly store: ObjectStore
  readonly key: string
}

export interface TransferOptions extends PutOptions {
  /** Parts under way at once. */
  readonly parallel?: number | undefined
  readonly partBytes?: number | undefined
  /** Shared by all transfers that run beside each other. */
  readonly budget?: ByteBudget | undefined
  /** Called as bytes arrive at the target; negative when they must be sent again. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  /** Content type, encoding and metadata of the source go with it, where the options have none. */
  readonly keepProperties?: boolean | undefined
  /** Called with what was read, before it is seen at the target; a throw keeps it back. */
  readonly beforeComplete?: ((counted: Counted) => void) | undefined
  /** Called when all that is left is to wait for a local disk; of small objects only. */
  readonly onRead?: (() => void) | undefined
  /** Where the progress of a large transfer is kept, so that another process can go on with it. */
  readonly journal?: TransferJournal | undefined
}

/** What a transfer in parts has done. Written by who starts it, read by who takes it up again. */
export interface TransferJournal {
  /** An upload that was begun with the same source (by ETag and size); none once it has ended. */
  readonly begun: BegunTransfer | undefined
  started(begun: BegunTransfer): Promise<void>
  partDone(receipt: PartReceipt): Promise<void>
  /** The upload is over: complete, or given up. */
  ended(): Promise<void>
}

export interface BegunTransfer {
  readonly upload: UploadRef
  readonly partBytes: number
  /** Receipts in the journal, each with its CRC-32C. */
  readonly parts: readonly PartReceipt[]
}

const PARALLEL = 4

/**
 * Moves one object between two stores, whole or not at all. A small one is read and put; a larger
 * one goes in parts, several at once, each checked on its way, and the whole by the checksum that the
 * source and the target keep of it. What arrived otherwise than it was sent is sent again.
 * @throws FerryError SOURCE_CHANGED, TRANSFER_CORRUPT, PRECONDITION_FAILED, and what stores throw
 */
export async function transferObject(
  source: TransferSource,
  target: TransferTarget,
  options: TransferOptions,
): Promise<ObjectInfo> {
  const { partBytes = DEFAULT_PART_BYTES } = options
  const { object } = source
  const limit = Math.min(partBytes, target.store.capabilities.maxPutBytes)
  const send = object.size <= limit && options.journal?.begun === undefined ? sendWhole : sendParts
  // Only what was corrupted on its way is sent again as a whole; drivers do the rest themselves.
  return retry(
    async () => {
      try {
        return await send(source, target, options)
      } catch (error) {
        const isCorrupt = error instanceof FerryError && error.code === 'TRANSFER_CORRUPT'
        throw isCorrupt || !(error instanceof Error) ? error : new FinalError(error)
      }
    },
    CORRUPT_RETRY,
    options.signal,
  )
}

const CORRUPT_RETRY = { ...DEFAULT_RETRY, maxAttempts: 4 }

async function sendWhole(
  { store, object }: TransferSource,
  target: TransferTarget,
  options: TransferOptions,
): Promise<ObjectInfo> {
  const { signal, onBytes, budget } = options
  using _ = await budget?.acquire(object.size, signal)
  const range = { offset: 0, length: object.size }
  const { bytes, info } = await readRange(store, { range, object, signal })
  const md5 = needsMd5(info.checksums) ? { md5: createHash('md5').update(bytes).digest('hex') } : {}
  const counted = { size: bytes.length, checksums: { crc32c: crc32cHex(crc32c(bytes)), ...md5 } }
  assertEqual(info, counted)
  options.beforeComplete?.(counted)
  if (target.store.capabilities.isLocal) options.onRead?.()
  const stored = await target.store.put(target.key, bytes, withProperties(options, info))
  assertEqual(stored, counted)
  onBytes?.(bytes.length)
  return withChecksums(stored, counted)
}

function needsMd5(checksums: Checksums): boolean {
  return checksums.md5 !== undefined && checksums.crc32c === undefined
}

async function sendParts(
  source: TransferSource,
  target: TransferTarget,
  options: TransferOptions,
): Promise<ObjectInfo> {
  const { signal } = options
  // Listings have no checksums of large objects, or not all.
  const object = await source.store.stat(source.object.key, { signal })
  if (object.etag !== source.object.etag) {
    throw new FerryError('SOURCE_CHANGED', `\`${object.key}\` changed since it was listed`)
  }
  const withAll = withProperties(options, object)
  return new PartedTransfer({ store: source.store, object }, target, withAll).run()
}

function withProperties(options: TransferOptions, object: ObjectInfo): TransferOptions {
  if (options.keepProperties !== true) return options
  const { contentType, contentEncoding, metadata } = object
  return {
    ...options,
    contentType: options.contentType ?? contentType,
    contentEncoding: options.contentEncoding ?? contentEncoding,
    metadata: options.metadata ?? metadata,
  }
}

interface PartOptions {
  readonly stop: AbortSignal
  readonly turns: OrderedTurns
  readonly share: ByteShare
}

/** Parts that follow each other and are read by one request. */
interface Run {
  /** The number of the first. */
  readonly first: number
  readonly count: number
}

/** A request costs services more than its bytes; but what is left at the end should be shared out evenly. */
const MOST_IN_RUN = 16
const RUNS_EACH = 2

class PartedTransfer {
  readonly #source: TransferSource
  readonly #target: TransferTarget
  readonly #options: TransferOptions
  readonly #receipts = new Map<number, PartReceipt>()
  readonly #partBytes: number
  readonly #isHashed: boolean
  #hash: ReturnType<typeof createHash> | undefined

  constructor(source: TransferSource, target: TransferTarget, options: TransferOptions) {
    this.#source = source
    this.#target = target
    this.#options = options
    const begun = options.journal?.begun
    const { capabilities } = target.store
    this.#partBytes =
      begun?.partBytes ?? partBytesFor(source.object.size, capabilities, options.partBytes)
    const isWanted = needsMd5(source.object.checksums) || capabilities.wholeChecksum === 'md5'
    this.#isHashed = isWanted
    this.#hash = this.#newHash()
  }

  #newHash(): ReturnType<typeof createHash> | undefined {
    return this.#isHashed ? createHash('md5') : undefined
  }

  async run(): Promise<ObjectInfo> {
    const { journal } = this.#options
    const upload = (await this.#takeUp()) ?? (await this.#begin())
    try {
      await this.#sendAll(upload)
      const info = await this.#complete(upload)
      await journal?.ended()
      return info
    } catch (error) {
      await this.#leave(upload, error)
      throw error
    }
  }

  /** Goes on with what another process began, as far as the target still has it. */
  async #takeUp(): Promise<UploadRef | undefined> {
    const { journal, signal, onBytes } = this.#options
    const begun = journal?.begun
    if (begun === undefined) return undefined
    const known = new Map(begun.parts.map(part => [part.number, part]))
    try {
      // MD5 takes bytes in order: from here, from the target's disk, or again from the source's.
      const canHash = this.#target.store.capabilities.isLocal
      if (!canHash && !this.#source.store.capabilities.isLocal) this.#hash = undefined
      let content: Uint8Array | undefined
      const inspect = (bytes: Uint8Array): void => void (content = bytes)
      let expected = 1
      const parts = this.#target.store.uploads.parts(begun.upload, { signal, inspect })
      for await (const part of parts) {
        const receipt = known.get(part.number)
        if (receipt === undefined || receipt.size !== part.size) continue
        if (this.#hash !== undefined && canHash) {
          if (part.number !== expected++) break
          if (content !== undefined) this.#hash.update(content)
        }
        this.#receipts.set(part.number, { ...receipt, etag: part.etag })
        onBytes?.(part.size)
      }
      return begun.upload
    } catch (error) {
      if (!(error instanceof FerryError) || error.code !== 'OBJECT_NOT_FOUND') throw error
      // It expired, or was completed or removed by another: so are the parts told before that.
      onBytes?.(-this.#sentBytes())
      this.#receipts.clear()
      this.#hash = this.#newHash()
      return undefined
    }
  }

  async #begin(): Promise<UploadRef> {
    const { store, key } = this.#target
    const upload = await store.uploads.start(key, this.#options)
    await this.#options.journal?.started({ upload, partBytes: this.#partBytes, parts: [] })
    return upload
  }

  async #sendAll(upload: UploadRef): Promise<void> {
    const { parallel = PARALLEL, signal } = this.#options
    const budget = this.#options.budget ?? new ByteBudget(parallel * this.#partBytes)
    const failure = new AbortController()
    const stop = AbortSignal.any([signal, failure.signal])
    const turns = orderedTurns()
    const last = Math.ceil(this.#source.object.size / this.#partBytes)
    const runs = this.#runs(last, parallel, turns)
    const work = async (): Promise<void> => {
      for (const run of runs) {
        using share = await budget.acquire(this.#partBytes, stop)
        await this.#sendRun(upload, run, { stop, turns, share })
      }
    }
    const workers = Array.from({ length: Math.min(parallel, last) }, () =>
      work().catch((error: unknown) => {
        failure.abort(error)
        throw error
      }),
    )
    await Promise.allSettled(workers)
    signal.throwIfAborted()
    if (failure.signal.aborted) throw failure.signal.reason
  }

  /**
   * The parts that are to be sent, or at least hashed, and how they are read: each by a request of its own where
   * one waits for another's turn or for a network; several by one where they only go to the disk.
   */
  *#runs(last: number, parallel: number, turns: OrderedTurns): Generator<Run, void> {
    const [from, to] = [this.#source.store.capabilities, this.#target.store.capabilities]
    const isStreamed = this.#hash === undefined && to.isLocal && !from.isLocal
    const evenly = Math.floor(last / parallel / RUNS_EACH)
    const most = isStreamed ? Math.min(Math.max(evenly, 1), MOST_IN_RUN) : 1
    const isHashed = this.#hash === undefined || to.isLocal
    let [first, count] = [1, 0]
    for (let number = 1; number <= last; number++) {
      const isOver = this.#receipts.has(number) && isHashed
      if (isOver) turns.skip(number)
      else count++
      if (count > 0 && (isOver || count === most || number === last)) {
        yield { first, count }
        count = 0
      }
      if (count === 0) first = number + 1
    }
  }

  async #sendRun(upload: UploadRef, { first, count }: Run, options: PartOptions): Promise<void> {
    const { object, store } = this.#source
    const partBytes = this.#partBytes
    const start = (first - 1) * partBytes
    const length = Math.min(count * partBytes, object.size - start)
    const range = { offset: start, length }
    using reading = new RangeReading(store, { range, object, signal: options.stop })
    for (let number = first; number < first + count; number++) {
      const offset = (number - 1) * partBytes
      const bytes = options.share.buffer.subarray(0, Math.min(partBytes, object.size - offset))
      await reading.read(bytes)
      await this.#sendPart(upload, { number, offset, bytes }, options)
    }
  }

  async #sendPart(
    upload: UploadRef,
    { number, offset, bytes }: Omit<Part, 'crc32c'>,
    { stop, turns }: PartOptions,
  ): Promise<void> {
    const { onBytes, journal } = this.#options
    const hash = this.#hash
    const sums = hash && turns.take(number, stop, () => void hash.update(bytes))
    if (this.#receipts.has(number)) {
      await sums
      return
    }
    const part = { number, offset, bytes, crc32c: crc32c(bytes) }
    const [receipt] = await Promise.all([
      this.#target.store.uploads.putPart(upload, part, { signal: stop }),
      sums,
    ])
    this.#receipts.set(number, { ...receipt, crc32c: part.crc32c })
    await journal?.partDone({ ...receipt, crc32c: part.crc32c })
    onBytes?.(bytes.length)
  }

  async #complete(upload: UploadRef): Promise<ObjectInfo> {
    const { object } = this.#source
    const parts = [...this.#receipts.values()].sort((a, b) => a.number - b.number)
    const size = this.#sentBytes()
    const crc = parts.reduce((sum, part) => combineCrc32c(sum, part.crc32c ?? 0, part.size), 0)
    const md5 = this.#hash?.digest('hex')
    const checksums = { crc32c: crc32cHex(crc), ...(md5 === undefined ? {} : { md5 }) }
    assertEqual(object, { size, checksums })
    this.#options.beforeComplete?.({ size, checksums })
    const whole = { parts, size, crc32c: crc, md5 }
    const { store } = this.#target
    const info = await store.uploads.complete(upload, whole, this.#options)
    assertEqual(info, { size, checksums })
    return withChecksums(info, { size, checksums })
  }

  #sentBytes(): number {
    return [...this.#receipts.values()].reduce((sum, part) => sum + part.size, 0)
  }

  /** A transfer that may be taken up again keeps its parts; any other leaves nothing. */
  async #leave(upload: UploadRef, error: unknown): Promise<void> {
    const { journal, onBytes } = this.#options
    const isOver =
      error instanceof FerryError &&
      (!error.retryable || error.code === 'TRANSFER_CORRUPT' || error.code === 'SOURCE_CHANGED')
    if (journal !== undefined && !isOver) return
    onBytes?.(-this.#sentBytes())
    const signal = AbortSignal.timeout(CLEANUP_MS)
    await this.#target.store.uploads.abort(upload, { signal }).catch(() => {
      // The first error is thrown; parts left behind are no object, and the service's rules end them.
    })
    await journal?.ended()
  }
}

const CLEANUP_MS = 10_000
