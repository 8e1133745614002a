import { FerryError } from '../core/errors.ts'
import { DEFAULT_RETRY, FinalError, retry } from '../core/retry.ts'
import { showKey } from '../formats/object-key.ts'
import type { ObjectInfo, ObjectStore } from './store.ts'

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
  const { range, object, signal, into, onBytes } = options
  const bytes = into?.subarray(0, range.length) ?? Buffer.allocUnsafeSlow(range.length)
  let filled = 0
  let info: ObjectInfo | undefined
  const arrived = (count: number): void => {
    filled += count
    onBytes?.(count)
  }
  const fill = async (): Promise<void> => {
    const rest = { offset: range.offset + filled, length: range.length - filled }
    const { body, info: told } = await openRange(store, { ...options, range: rest })
    info ??= told
    try {
      await body.readInto(bytes.subarray(filled), arrived)
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
    if (filled < bytes.length) throw wrongLength(object)
  }
  if (range.length === 0 && object.size > 0) return { bytes, info: object }
  await retry(fill, DEFAULT_RETRY, signal)
  return { bytes, info: info ?? object }
}

function openRange(
  store: ObjectStore,
  { range, object, signal }: RangeOptions,
): ReturnType<ObjectStore['read']> {
  const isWhole = range.offset === 0 && range.length === object.size
  return store
    .read(object.key, { range: isWhole ? undefined : range, ifMatch: object.etag, signal })
    .catch((error: unknown) => {
      // The driver has tried again to open; only what breaks afterwards is tried again here.
      const known = asChanged(error, object)
      throw known instanceof Error ? new FinalError(known) : known
    })
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
