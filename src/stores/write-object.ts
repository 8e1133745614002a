import { createHash, type Hash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { ByteBudget, type ByteShare } from '../core/byte-budget.ts'
import { combineCrc32c, crc32cHex } from '../formats/checksum.ts'
import { DEFAULT_PART_BYTES, growingPartBytes } from './part-size.ts'
import type { ObjectInfo, ObjectStore, PartReceipt, PutOptions, UploadRef } from './store.ts'
import { assertEqual, type Counted, withChecksums } from './verify.ts'

export interface WriteObjectOptions extends PutOptions {
  /** Parts that are sent at once. */
  readonly parallel?: number | undefined
  readonly partBytes?: number | undefined
  readonly budget?: ByteBudget | undefined
  /** Called with each part's size once the store has it. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  /** What is known of the bytes only at their end, such as a manifest's sum; a throw keeps all back. */
  readonly beforeComplete?: ((counted: Counted) => void) | undefined
}

const PARALLEL = 4

/**
 * Writes a stream of unknown length as one object: seen whole, verified by size and checksum, or not
 * at all. A short one is one request, a longer one parts that are sent in parallel. Memory is that of
 * the parts under way. When the stream fails, its error is thrown and nothing is left.
 * @throws FerryError PRECONDITION_FAILED, TRANSFER_CORRUPT
 */
export async function writeObject(
  store: ObjectStore,
  key: string,
  source: AsyncIterable<Uint8Array>,
  options: WriteObjectOptions,
): Promise<ObjectInfo> {
  const { parallel = PARALLEL, partBytes = DEFAULT_PART_BYTES } = options
  const budget = options.budget ?? new ByteBudget(parallel * partBytes)
  const writing = new Writing(store, key, { ...options, partBytes, budget })
  try {
    for await (const chunk of source) await writing.add(chunk)
    return await writing.finish()
  } catch (error) {
    await writing.giveUp()
    throw error
  }
}

interface WritingOptions extends WriteObjectOptions {
  readonly partBytes: number
  readonly budget: ByteBudget
}

class Writing {
  readonly #store: ObjectStore
  readonly #key: string
  readonly #options: WritingOptions
  readonly #md5: Hash | undefined
  /** Aborted by the first part that fails, so that the others do not go on for nothing. */
  readonly #failure = new AbortController()
  readonly #signal: AbortSignal
  readonly #sent: Promise<PartReceipt>[] = []
  #upload: UploadRef | undefined
  #size = 0
  #crc = 0
  #part: Buffer = Buffer.alloc(0)
  #share: ByteShare | undefined
  #filled = 0

  constructor(store: ObjectStore, key: string, options: WritingOptions) {
    this.#store = store
    this.#key = key
    this.#options = options
    this.#signal = AbortSignal.any([options.signal, this.#failure.signal])
    this.#md5 = store.capabilities.wholeChecksum === 'md5' ? createHash('md5') : undefined
  }

  async add(chunk: Uint8Array): Promise<void> {
    for (let taken = 0; taken < chunk.length; ) {
      if (this.#filled === this.#part.length) await this.#nextPart()
      const piece = chunk.subarray(taken, taken + this.#part.length - this.#filled)
      this.#part.set(piece, this.#filled)
      this.#filled += piece.length
      taken += piece.length
    }
  }

  async finish(): Promise<ObjectInfo> {
    const { beforeComplete, onBytes } = this.#options
    const bytes = this.#part.subarray(0, this.#filled)
    if (this.#upload === undefined) {
      const crc32c = this.#count(bytes)
      beforeComplete?.(this.#counted())
      const info = await this.#store.put(this.#key, bytes, this.#options)
      this.#share?.release()
      onBytes?.(bytes.length)
      const counted = { size: bytes.length, checksums: { crc32c: crc32cHex(crc32c) } }
      assertEqual(info, counted)
      return withChecksums(info, counted)
    }
    await this.#send()
    const parts = await Promise.all(this.#sent)
    beforeComplete?.(this.#counted())
    const md5 = this.#md5?.digest('hex')
    const whole = { parts, size: this.#size, crc32c: this.#crc, md5 }
    const info = await this.#store.uploads.complete(this.#upload, whole, this.#options)
    const checksums = { crc32c: crc32cHex(this.#crc), ...(md5 === undefined ? {} : { md5 }) }
    assertEqual(info, { size: this.#size, checksums })
    return withChecksums(info, { size: this.#size, checksums })
  }

  /** Ends what is under way and removes what was sent. */
  async giveUp(): Promise<void> {
    this.#failure.abort(new Error('the object is given up'))
    this.#share?.release()
    await Promise.allSettled(this.#sent)
    if (this.#upload === undefined) return
    // The caller's signal may be why: the parts are taken away all the same.
    const signal = AbortSignal.timeout(CLEANUP_MS)
    await this.#store.uploads.abort(this.#upload, { signal }).catch(() => {
      // The first error is thrown; parts left behind are no object, and the service's rules end them.
    })
  }

  /** Sends the full part, if there is one, and makes room for another. */
  async #nextPart(): Promise<void> {
    if (this.#filled > 0) {
      this.#upload ??= await this.#store.uploads.start(this.#key, this.#options)
      await this.#send()
    }
    const { budget, partBytes } = this.#options
    const size = growingPartBytes(this.#sent.length + 1, this.#store.capabilities, partBytes)
    this.#share = await this.#whileSending(budget.acquire(size, this.#signal))
    this.#part = Buffer.allocUnsafeSlow(size)
    this.#filled = 0
  }

  async #send(): Promise<void> {
    const bytes = this.#part.subarray(0, this.#filled)
    const upload = this.#upload
    const share = this.#share
    if (bytes.length === 0 || upload === undefined) return
    const offset = this.#size
    const part = { number: this.#sent.length + 1, offset, bytes, crc32c: this.#count(bytes) }
    const work = this.#store.uploads
      .putPart(upload, part, { signal: this.#signal })
      .then(receipt => {
        this.#options.onBytes?.(bytes.length)
        return receipt
      })
      .finally(() => share?.release())
    work.catch((error: unknown) => this.#failure.abort(error)) // thrown where it is awaited
    this.#sent.push(work)
    this.#share = undefined
    this.#filled = 0
    this.#part = Buffer.alloc(0)
  }

  /** A part that failed is why nothing comes free any more: its error is the one to throw. */
  async #whileSending<Result>(wait: Promise<Result>): Promise<Result> {
    try {
      return await wait
    } catch (error) {
      this.#options.signal.throwIfAborted()
      if (this.#failure.signal.aborted) throw this.#failure.signal.reason
      throw error
    }
  }

  #count(bytes: Uint8Array): number {
    const crc = crc32c(bytes)
    this.#crc = combineCrc32c(this.#crc, crc, bytes.length)
    this.#size += bytes.length
    this.#md5?.update(bytes)
    return crc
  }

  #counted(): Counted {
    return { size: this.#size, checksums: { crc32c: crc32cHex(this.#crc) } }
  }
}

const CLEANUP_MS = 10_000
