import type { ByteBudget } from '../core/byte-budget.ts'
import { FerryError } from '../core/errors.ts'
import { type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import { DEFAULT_PART_BYTES } from '../stores/part-size.ts'
import { readObject } from '../stores/read-object.ts'
import type { ObjectInfo, ObjectStore, PutOptions } from '../stores/store.ts'
import { transferObject } from '../stores/transfer-object.ts'
import { assertEqual, type Counted } from '../stores/verify.ts'
import { writeObject } from '../stores/write-object.ts'
import { checked } from './checked.ts'
import { type Compression, compress, decompress, type Packing } from '../formats/compression.ts'
import type { TransferJournals } from './transfer-journals.ts'

/** Where an object comes from or goes to. */
export interface ObjectPlace {
  readonly store: ObjectStore
  /** With the object's key. */
  readonly url: ObjectUrl
}

export interface CopyOptions extends PutOptions {
  readonly budget: ByteBudget
  readonly partBytes?: number | undefined
  /** Parts of one object under way at once. */
  readonly parallel: number
  readonly compress?: Packing | undefined
  readonly decompress?: Compression | undefined
  readonly journals?: TransferJournals | undefined
  /**
   * Called with what was read of the source, before it is seen at the target; a throw keeps it back.
   * The bytes pass through here then, even within a service.
   */
  readonly checkSource?: ((counted: Counted) => void) | undefined
  readonly onBytes?: ((bytes: number) => void) | undefined
  /** Called when all that is left is to wait for a local disk. */
  readonly onRead?: (() => void) | undefined
}

/** Objects that wait for the disk while others are read in their place: the threads that wait. */
export const WAITING_FOR_DISK = 16

/**
 * Copies one object, verified, whole or not at all: within a service by the service itself, between
 * services through here, taken up where a cut-off try left it. Type, encoding and metadata go with
 * it as far as the target keeps such things.
 */
export async function copyObject(
  source: ObjectPlace & { readonly object: ObjectInfo },
  target: ObjectPlace,
  options: CopyOptions,
): Promise<ObjectInfo> {
  if (isSamePlace(source, target)) {
    throw new FerryError('USAGE', `\`${printObjectUrl(source.url)}\` would be copied onto itself`)
  }
  if (options.compress !== undefined || options.decompress !== undefined) {
    return recode(source, target, options)
  }
  const isWithin = source.store.service === target.store.service
  if (isWithin && options.checkSource === undefined) return copyWithin(source, target, options)
  return transfer(source, target, options)
}

function isSamePlace(source: ObjectPlace, target: ObjectPlace): boolean {
  if (source.store.service !== target.store.service) return false
  return source.url.bucket === target.url.bucket && source.url.key === target.url.key
}

async function copyWithin(
  { object, url, store }: ObjectPlace & { readonly object: ObjectInfo },
  target: ObjectPlace,
  options: CopyOptions,
): Promise<ObjectInfo> {
  const { bucket, key } = url
  const { etag, size } = object
  try {
    const info = await target.store.copy({ bucket, key, etag, size }, target.url.key, options)
    assertEqual(info, object)
    options.onBytes?.(size)
    return info
  } catch (error) {
    // The condition of the options is the user's; the source's ETag is ours.
    if (!(error instanceof FerryError) || error.code !== 'PRECONDITION_FAILED') throw error
    const now = await store.stat(key, options)
    if (now.etag === etag) throw error
    throw new FerryError('SOURCE_CHANGED', `\`${printObjectUrl(url)}\` changed meanwhile`, {
      cause: error,
    })
  }
}

async function transfer(
  source: ObjectPlace & { readonly object: ObjectInfo },
  target: ObjectPlace,
  options: CopyOptions,
): Promise<ObjectInfo> {
  const { object, store, url } = source
  const to = { store: target.store, key: target.url.key }
  const isLarge = object.size > (options.partBytes ?? DEFAULT_PART_BYTES)
  using open = isLarge
    ? await options.journals?.open({
        source: printObjectUrl(url),
        target: printObjectUrl(target.url),
        object,
      })
    : undefined
  if (open?.abandoned !== undefined) await target.store.uploads.abort(open.abandoned, options)
  // Awaited here: the journal is ours until the end.
  return await transferObject({ store, object }, to, {
    ...options,
    journal: open?.journal,
    beforeComplete: options.checkSource,
    keepProperties: target.store.capabilities.metadata,
  })
}

/** Packs or unpacks on the way. The bytes are other ones, so the two ends are verified apart. */
async function recode(
  { store, object }: ObjectPlace & { readonly object: ObjectInfo },
  target: ObjectPlace,
  options: CopyOptions,
): Promise<ObjectInfo> {
  const { signal, compress: packing, decompress: unpacking, onBytes } = options
  // Budgets of its own: readers and writers that wait for each other must not share one.
  const reading = readObject(store, object, { signal, ...RECODE })
  const bytes = checked(counted(reading, onBytes), options.checkSource)
  const unpacked = unpacking === undefined ? bytes : decompress(bytes, unpacking)
  const packed = packing === undefined ? unpacked : compress(unpacked, packing)
  const { contentType, contentEncoding, metadata, storageClass, condition } = options
  const properties = { contentType, contentEncoding, metadata, storageClass, condition }
  return writeObject(target.store, target.url.key, packed, { ...properties, signal, ...RECODE })
}

const RECODE = { parallel: 2, partBytes: DEFAULT_PART_BYTES }

/** Tells of bytes as they are read: of those that arrive, nobody knows how many there will be. */
async function* counted(
  source: AsyncIterable<Uint8Array>,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    onBytes?.(bytes.length)
    yield bytes
  }
}
