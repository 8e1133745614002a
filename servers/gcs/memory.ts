import { createHash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { ApiError, invalid, isRecord, noSuchObject, textOf } from './call.ts'

export interface StoredObject {
  readonly bucket: string
  readonly name: string
  readonly bytes: Buffer
  readonly generation: number
  readonly metageneration: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly settings: Settings
  /** Base64. A composed object has no MD5. */
  readonly md5Hash: string | undefined
  readonly crc32c: string
  readonly componentCount: number | undefined
}

/** What a client may say of an object. */
export interface Settings {
  readonly contentType?: string | undefined
  readonly contentEncoding?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly storageClass?: string | undefined
}

const MAX_NAME_BYTES = 1024

/** The buckets of the service and what is in them. */
export class Memory {
  readonly #buckets = new Map<string, { createdAt: Date; objects: Objects }>()
  #generation = 0

  createBucket(name: string): void {
    if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(name)) throw invalid('Invalid bucket name')
    if (this.#buckets.has(name)) {
      const message =
        'Your previous request to create the named bucket succeeded and you already own it.'
      throw new ApiError(409, 'conflict', message)
    }
    this.#buckets.set(name, { createdAt: new Date(), objects: new Objects() })
  }

  removeBucket(name: string): void {
    if (this.objects(name).size > 0) {
      throw new ApiError(409, 'conflict', 'The bucket you tried to delete is not empty.')
    }
    this.#buckets.delete(name)
  }

  bucketNames(): readonly string[] {
    return [...this.#buckets.keys()].toSorted()
  }

  bucketCreatedAt(name: string): Date {
    return this.#bucket(name).createdAt
  }

  objects(bucket: string): Objects {
    return this.#bucket(bucket).objects
  }

  #bucket(name: string): { createdAt: Date; objects: Objects } {
    const found = this.#buckets.get(name)
    if (found !== undefined) return found
    throw new ApiError(404, 'notFound', 'The specified bucket does not exist.')
  }

  object(bucket: string, name: string): StoredObject {
    const found = this.objects(bucket).get(name)
    if (found === undefined) throw noSuchObject(bucket, name)
    return found
  }

  store(
    place: { readonly bucket: string; readonly name: string },
    bytes: Buffer,
    settings: Settings,
    componentCount?: number,
  ): StoredObject {
    checkName(place.name)
    const now = new Date()
    this.#generation = Math.max(this.#generation + 1, now.getTime() * 1000)
    const object: StoredObject = {
      bucket: place.bucket,
      name: place.name,
      bytes,
      settings,
      componentCount,
      generation: this.#generation,
      metageneration: 1,
      createdAt: now,
      updatedAt: now,
      md5Hash: componentCount === undefined ? md5Of(bytes) : undefined,
      crc32c: crcOf(bytes),
    }
    this.objects(place.bucket).set(object)
    return object
  }
}

/** The objects of a bucket, by name and in the order of their names' bytes. */
class Objects {
  readonly #byName = new Map<string, StoredObject>()
  #sorted: readonly string[] | undefined

  get size(): number {
    return this.#byName.size
  }

  get(name: string): StoredObject | undefined {
    return this.#byName.get(name)
  }

  set(object: StoredObject): void {
    if (!this.#byName.has(object.name)) this.#sorted = undefined
    this.#byName.set(object.name, object)
  }

  delete(name: string): void {
    if (this.#byName.delete(name)) this.#sorted = undefined
  }

  /** From the first name that is not before `start`. */
  *from(start: string): Generator<StoredObject> {
    this.#sorted ??= sortByBytes([...this.#byName.keys()])
    const sorted = this.#sorted
    for (let at = firstNotBefore(sorted, start); at < sorted.length; at += 1) {
      const object = this.#byName.get(sorted[at] ?? '')
      if (object !== undefined) yield object
    }
  }
}

export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function sortByBytes(names: readonly string[]): readonly string[] {
  return names
    .map(name => ({ name, bytes: Buffer.from(name) }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ name }) => name)
}

function firstNotBefore(sorted: readonly string[], start: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareBytes(sorted[middle] ?? '', start) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** "Object name requirements" of Cloud Storage. */
function checkName(name: string): void {
  const length = Buffer.byteLength(name)
  const isForbidden = name === '.' || name === '..' || /[\r\n]/.test(name)
  if (length === 0 || length > MAX_NAME_BYTES || isForbidden) {
    throw invalid(`Disallowed unicode characters or length in object name`)
  }
}

/** Of an object resource, as a client sends it. */
export function settingsOf(resource: Record<string, unknown>): Settings {
  const { contentType, contentEncoding, storageClass, metadata } = resource
  const pairs = isRecord(metadata) ? Object.entries(metadata) : []
  return {
    contentType: textOf(contentType),
    contentEncoding: textOf(contentEncoding),
    storageClass: textOf(storageClass),
    metadata: isRecord(metadata)
      ? Object.fromEntries(pairs.map(([name, value]) => [name, textOf(value) ?? '']))
      : undefined,
  }
}

export function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64')
}

export function crcOf(bytes: Buffer): string {
  const value = Buffer.alloc(4)
  value.writeUInt32BE(crc32c(bytes))
  return value.toString('base64')
}

/** The object resource ("Objects" in the JSON API's reference). */
export function describe(object: StoredObject): Record<string, unknown> {
  const { bucket, name, bytes, generation, metageneration, settings } = object
  const updated = object.updatedAt.toISOString()
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    name,
    bucket,
    generation: String(generation),
    metageneration: String(metageneration),
    size: String(bytes.length),
    ...settings,
    storageClass: settings.storageClass ?? 'STANDARD',
    md5Hash: object.md5Hash,
    crc32c: object.crc32c,
    componentCount: object.componentCount,
    etag: etagOf(object),
    timeCreated: object.createdAt.toISOString(),
    updated,
    timeStorageClassUpdated: object.createdAt.toISOString(),
    timeFinalized: object.createdAt.toISOString(),
  }
}

export function etagOf({ generation, metageneration }: StoredObject): string {
  return Buffer.from(`${generation}/${metageneration}`).toString('base64')
}
