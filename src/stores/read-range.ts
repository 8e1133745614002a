import { FerryError } from '../core/errors.ts'
import { DEFAULT_RETRY, FinalError, retry } from '../core/retry.ts'
import { showKey } from '../formats/object-key.ts'
import type { ObjectBody, ObjectInfo, ObjectStore } from './store.ts'

export interface RangeOptions {
  readonly range: { readonly offset: number; readonly length: number }
  /** The object as it was seen before: it must still be that one. */
  readonly object: ObjectInfo
  readonly signal: AbortSignal
  /** Where the bytes go, if not to memory of their own; large enough for the range. */
  readonly into?: Buffer | undefined
  /** Called with each new piece's size. */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

export interface RangeRead {
  readonly bytes: Uint8Array
  /** As the first answer told it; has the checksums when the range is the whole object. */
  readonly info: ObjectInfo
}

/**
 * Reads a range into memory. A stream that breaks is taken up where it broke, so nothing is sent
 * twice. @throws FerryError SOURCE_CHANGED when the object is another one by now
 */
export async function readRange(store: ObjectStore, options: RangeOptions): Promise<RangeRead> {
  const { range, object, into, onBytes } = options
  const bytes = into?.subarray(0, range.length) ?? Buffer.allocUnsafeSlow(range.length)
  if (range.length === 0 && object.size > 0) return { bytes, info: object }
  using reading = new RangeReading(store, options)
  await reading.read(bytes, onBytes)
  return { bytes, info: reading.info ?? object }
}

/** Reads a range piece by piece, by one request as long as nothing breaks. @throws as `readRange` */
export class RangeReading implements Disposable {
  readonly #store: ObjectStore
  readonly #options: Omit<RangeOptions, 'into' | 'onBytes'>
  #body: ObjectBody | undefined
  #offset: number
  #left: number
  /** As the first answer told it. */
  info: ObjectInfo | undefined

  constructor(store: ObjectStore, options: Omit<RangeOptions, 'into' | 'onBytes'>) {
    this.#store = store
    this.#options = options
    this.#offset = options.range.offset
    this.#left = options.range.length
  }

  /** Puts what comes next into `bytes`, all of which must be left of the range. */
  async read(bytes: Uint8Array, onBytes?: (count: number) => void): Promise<void> {
    const { object, signal } = this.#options
    const end = this.#left - bytes.length
    const fill = async (): Promise<void> => {
      const body = (this.#body ??= await this.#open())
      const rest = bytes.subarray(bytes.length - (this.#left - end))
      try {
        if (end > 0) await body.fill(rest, arrived)
        else await body.readInto(rest, arrived)
      } catch (error) {
        this.#body = undefined
        signal.throwIfAborted()
        throw error
      }
      if (this.#left > end) throw wrongLength(object)
    }
    const arrived = (count: number): void => {
      this.#offset += count
      this.#left -= count
      onBytes?.(count)
    }
    await retry(fill, DEFAULT_RETRY, signal)
  }

  async #open(): Promise<ObjectBody> {
    const { object, signal } = this.#options
    const isWhole = this.#offset === 0 && this.#left === object.size
    const range = isWhole ? undefined : { offset: this.#offset, length: this.#left }
    try {
      const { info, body } = await this.#store.read(object.key, {
        range,
        ifMatch: object.etag,
        signal,
      })
      this.info ??= info
      return body
    } catch (error) {
      // The driver has tried again to open; only what breaks afterwards is tried again here.
      const known = asChanged(error, object)
      throw known instanceof Error ? new FinalError(known) : known
    }
  }

  /** Ends what is not read to its end. */
  [Symbol.dispose](): void {
    if (this.#left > 0) this.#body?.discard()
  }
}

/** A source that is no longer the one that was seen, as an error of its own. */
function asChanged(error: unknown, { key }: ObjectInfo): unknown {
  const isOther = error instanceof FerryError && error.code === 'PRECONDITION_FAILED'
  if (!isOther) return error
  return new FerryError('SOURCE_CHANGED', `\`${showKey(key)}\` changed while it was read`, {
    cause: error,
    hint: 'try again when its writer is done',
    details: { key },
  })
}

function wrongLength({ key }: ObjectInfo): FerryError {
  return new FerryError('TRANSIENT', `\`${showKey(key)}\` came with less bytes than announced`)
}
