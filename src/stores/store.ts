import type { Checksums } from '../formats/checksum.ts'

/**
 * One bucket, container or folder, as the rest of Ferry sees it. Every method is one operation of
 * the service, tried again by the driver where that can help (core/retry.ts) and verified with the
 * checksum that the service offers; how large objects are cut and put together, and what is checked
 * at the end of it, is written once for all drivers in read-object.ts and write-object.ts.
 *
 * The promises are tested by test/stores/store.contract.ts, which every driver passes. All methods
 * may be called in parallel. A missing bucket is BUCKET_NOT_FOUND, wrong credentials or a missing
 * permission DENIED, a service that does not answer SERVICE_UNAVAILABLE or TRANSIENT, one that asks
 * to slow down for longer than retries last THROTTLED; each may come from every method.
 */
export interface ObjectStore extends AsyncDisposable {
  readonly capabilities: StoreCapabilities
  /** Stores with an equal `service` can copy between each other without the bytes coming here. */
  readonly service: string
  /**
   * Objects whose keys start with a prefix, in the order of their keys' UTF-8 bytes, page by page;
   * never holds more than a page or two in memory. With a delimiter, what lies deeper is told as one
   * `prefix` entry, in its place in the order. What is there but cannot be an object (a folder that
   * may not be read, a broken link) is a `failure` entry. An empty listing of a bucket that exists
   * yields nothing.
   */
  list(query: ListQuery): AsyncIterable<readonly ListEntry[]>
  /** @throws FerryError OBJECT_NOT_FOUND */
  stat(key: string, options: CallOptions): Promise<ObjectInfo>
  /**
   * Opens an object, or a range of it, as a stream. One request: a stream that breaks, stalls or
   * ends early throws TRANSIENT while it is read, and is not taken up again here. Who stops reading
   * early ends the request. @throws FerryError OBJECT_NOT_FOUND, PRECONDITION_FAILED (`ifMatch`)
   */
  read(key: string, options: ReadOptions): Promise<ObjectStream>
  /**
   * Stores an object in one request; at most `capabilities.maxPutBytes`. Atomic: readers see the old
   * object or the whole new one. @throws FerryError PRECONDITION_FAILED, KEY_INVALID, UNSUPPORTED
   * (metadata where the store keeps none)
   */
  put(key: string, bytes: Uint8Array, options: PutOptions): Promise<ObjectInfo>
  /** Objects in parts, seen whole when complete, or never. */
  readonly uploads: Uploads
  /**
   * Copies an object of a store with the same `service` under a key of this one; metadata and
   * content type go with it unless `options` has others. @throws FerryError OBJECT_NOT_FOUND,
   * PRECONDITION_FAILED (the source is no longer `source.etag`, or a condition of the options)
   */
  copy(source: CopySource, key: string, options: PutOptions): Promise<ObjectInfo>
  /**
   * Removes up to `capabilities.maxRemoveKeys` objects; one that is absent counts as removed. An
   * outcome a key, in the order of the keys. Throws only where nothing could be removed at all.
   */
  remove(keys: readonly string[], options: CallOptions): Promise<readonly RemoveOutcome[]>
  /** A URL that opens the object to who has it, for a while. @throws FerryError UNSUPPORTED */
  presign(key: string, options: PresignOptions): Promise<string>
  readonly bucket: Bucket
  /** Ends connections. May be called twice. */
  close(): Promise<void>
}

/** Facts about a store. All are required, so that no driver can forget one. */
export interface StoreCapabilities {
  /** `any`: keys are bytes. `paths`: they are paths of files; others are KEY_INVALID. */
  readonly keys: 'any' | 'paths'
  /** Longest key in UTF-8 bytes. */
  readonly maxKeyBytes: number
  /** Content type, content encoding and metadata are kept. Where not, giving them is UNSUPPORTED. */
  readonly metadata: boolean
  /** Storage classes (tiers) that `storageClass` may name; empty where there are none. */
  readonly storageClasses: readonly string[]
  /** The checksum of the whole that the service is given with an upload and keeps, if any. */
  readonly wholeChecksum: 'crc32c' | 'md5' | 'none'
  /** Largest object for `put`. */
  readonly maxPutBytes: number
  readonly minPartBytes: number
  readonly maxPartBytes: number
  readonly maxParts: number
  /**
   * Unfinished uploads of one key: `separate`, or `shared`, where parts belong to the key. There, the
   * first that completes ends the others (BUSY), and `abort` leaves parts to expire.
   */
  readonly uploadsOfOneKey: 'separate' | 'shared'
  /** Most keys for one `remove`. */
  readonly maxRemoveKeys: number
  readonly presign: boolean
  /** Writing makes a missing bucket (a folder); elsewhere that is BUCKET_NOT_FOUND. */
  readonly implicitBucket: boolean
  /** Bytes are at hand: reading them again costs no network, and `uploads.parts` shows them. */
  readonly isLocal: boolean
}

export interface CallOptions {
  readonly signal: AbortSignal
}

export interface ListQuery extends CallOptions {
  readonly prefix: string
  readonly delimiter?: '/' | undefined
}

export type ListEntry =
  | { readonly kind: 'object'; readonly object: ObjectInfo }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'failure'; readonly key: string; readonly error: Error }

/** What a service says of an object. Listings may leave out all optional fields. */
export interface ObjectInfo {
  readonly key: string
  /** Bytes as stored. */
  readonly size: number
  readonly modifiedAt: Date
  /** Changes whenever the object does. Opaque; as `ifMatch` takes it. */
  readonly etag: string
  /** Of the whole object, as the service keeps them. */
  readonly checksums: Checksums
  readonly contentType?: string | undefined
  readonly contentEncoding?: string | undefined
  /** Keys in lower case. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly storageClass?: string | undefined
}

export interface ReadOptions extends CallOptions {
  /** First byte, and how many; the range must lie inside of the object. */
  readonly range?: { readonly offset: number; readonly length: number } | undefined
  /** The object must still have this ETag. */
  readonly ifMatch?: string | undefined
}

export interface ObjectStream {
  /** Of the whole object, also when a range is read; checksums as far as the answer has them. */
  readonly info: ObjectInfo
  readonly body: ObjectBody
}

/** Bytes that come, once: piece by piece, or to a place that is there already. */
export interface ObjectBody extends AsyncIterable<Uint8Array> {
  /**
   * Puts all of it, or what `fill` left, into `target`, which is written to until then and must be large enough. `onBytes`
   * is told as bytes come, so that after an error one knows how far it went.
   */
  readInto(target: Uint8Array, onBytes: (bytes: number) => void): Promise<void>
  /** Puts the next bytes into `target`, all of it; more is read by another call, or discarded. */
  fill(target: Uint8Array, onBytes: (bytes: number) => void): Promise<void>
  /** Ends it. May be called when it has ended. */
  discard(): void
}

export interface PutOptions extends CallOptions {
  readonly contentType?: string | undefined
  readonly contentEncoding?: string | undefined
  /** Names of letters, digits and `_`, starting with a letter; kept in lower case. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly storageClass?: string | undefined
  /** `absent`: only if there is no such object. An ETag: only over the object that has it. */
  readonly condition?: 'absent' | { readonly etag: string } | undefined
}

export interface Uploads {
  /** Begins an upload. The id is opaque, and good in another process too. */
  start(key: string, options: PutOptions): Promise<UploadRef>
  /** Stores a part, in place of one of the same number. Parts may come in any order. */
  putPart(upload: UploadRef, part: Part, options: CallOptions): Promise<PartReceipt>
  /**
   * The parts that the service has, in the order of their numbers; nothing where the service cannot
   * tell an upload without parts from none. @throws FerryError OBJECT_NOT_FOUND (an upload that is
   * gone, where that can be told)
   */
  parts(upload: UploadRef, options: PartsOptions): AsyncIterable<PartReceipt>
  /**
   * Makes the parts one object, atomically; `options` are those of `start`, and the condition is
   * checked now. The service checks `whole` where it can; the info is asked for afterwards.
   * @throws FerryError PRECONDITION_FAILED, TRANSFER_CORRUPT
   */
  complete(upload: UploadRef, whole: WholeUpload, options: PutOptions): Promise<ObjectInfo>
  /** Gives the parts up; an upload that is gone is no error. */
  abort(upload: UploadRef, options: CallOptions): Promise<void>
}

export interface PartsOptions extends CallOptions {
  /** Called with a part's content just before its receipt comes, where `capabilities.isLocal`. */
  readonly inspect?: ((bytes: Uint8Array) => void) | undefined
}

export interface UploadRef {
  readonly key: string
  readonly id: string
}

export interface Part {
  /** From 1 up, without gaps. */
  readonly number: number
  /** Where it starts in the object. */
  readonly offset: number
  readonly bytes: Uint8Array
  readonly crc32c: number
}

export interface PartReceipt {
  readonly number: number
  readonly size: number
  /** What the service calls the part. */
  readonly etag: string
  /** As a receipt of `putPart` always has it; the service's list may not. */
  readonly crc32c?: number | undefined
}

export interface WholeUpload {
  /** In the order of their numbers. */
  readonly parts: readonly PartReceipt[]
  readonly size: number
  readonly crc32c: number
  /** Given where `capabilities.wholeChecksum` is md5. */
  readonly md5?: string | undefined
}

export interface CopySource {
  readonly bucket: string
  readonly key: string
  readonly etag: string
  readonly size: number
}

export type RemoveOutcome =
  | { readonly key: string; readonly removed: true }
  | { readonly key: string; readonly removed: false; readonly error: Error }

export interface PresignOptions extends CallOptions {
  readonly method: 'GET' | 'PUT'
  readonly expiresInS: number
}

export interface Bucket {
  /** @throws FerryError DENIED (the name is another's) */
  create(options: CallOptions): Promise<'created' | 'exists'>
  /** Removes an empty bucket. @throws FerryError BUCKET_NOT_FOUND, BUCKET_NOT_EMPTY */
  remove(options: CallOptions): Promise<void>
  exists(options: CallOptions): Promise<boolean>
  /** Buckets of the account by name; for `file`, none. */
  names(options: CallOptions): AsyncIterable<string>
}
