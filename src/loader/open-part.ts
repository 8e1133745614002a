import { crc32c } from '@node-rs/crc32'
import { join } from 'node:path'
import { FerryError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { crc32cHex } from '../formats/checksum.ts'
import { decompress } from '../formats/compression.ts'
import type { ManifestPart } from '../formats/manifest.ts'
import { type ObjectUrl, parseObjectUrl } from '../formats/object-url.ts'
import { openStore } from '../stores/open-store.ts'
import { readObject } from '../stores/read-object.ts'
import type { ObjectStore } from '../stores/store.ts'

export interface PartsContext {
  /** Relative paths start here. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** Where the parts of deliveries are read: each bucket is opened once. */
export class PartSource implements AsyncDisposable {
  readonly #context: PartsContext
  readonly #stores = new Map<string, Promise<ObjectStore>>()

  constructor(context: PartsContext) {
    this.#context = context
  }

  locate(url: string): ObjectUrl {
    return parseObjectUrl(url, this.#context.directory)
  }

  open(url: ObjectUrl): Promise<ObjectStore> {
    const { scheme, bucket, account, endpoint, sas } = url
    const name = JSON.stringify([scheme, bucket, account, endpoint, sas])
    const known = this.#stores.get(name) ?? openStore(url, this.#context)
    this.#stores.set(name, known)
    return known
  }

  /** Absolute path of a part that is a file of this machine, else undefined. */
  localPath(url: string): string | undefined {
    const { scheme, bucket, key } = this.locate(url)
    return scheme === 'file' ? join(bucket, key) : undefined
  }

  /**
   * The bytes of a part as they are stored. Who has read to the end without an error has those that
   * the manifest vouches for. @throws FerryError MANIFEST_INVALID, OBJECT_NOT_FOUND
   */
  async *bytes(part: ManifestPart): AsyncGenerator<Uint8Array> {
    const { signal } = this.#context
    const url = this.locate(part.url)
    const store = await this.open(url)
    const object = await store.stat(url.key, { signal })
    if (object.size !== part.bytes) {
      throw refusal(part, `it is ${object.size} bytes, not the ${part.bytes} of the manifest`)
    }
    let sum = 0
    for await (const bytes of readObject(store, object, { signal })) {
      sum = crc32c(bytes, sum)
      yield bytes
    }
    if (crc32cHex(sum) !== part.crc32c) throw refusal(part, 'it has another checksum than there')
  }

  /** Reads a part to its end. @throws FerryError MANIFEST_INVALID */
  async verify(part: ManifestPart): Promise<void> {
    for await (const _ of this.bytes(part)); // the end tells
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of await Promise.allSettled(this.#stores.values())) {
      if (store.status === 'fulfilled') await store.value.close()
    }
  }
}

/** The bytes of a part, unpacked. */
export function unpacked(
  source: PartSource,
  part: ManifestPart,
  compression: 'gzip' | 'zstd' | 'none',
): AsyncIterable<Uint8Array> {
  const bytes = source.bytes(part)
  return compression === 'none' ? bytes : decompress(bytes, compression, 262_144)
}

function refusal(part: ManifestPart, why: string): FerryError {
  return new FerryError(
    'MANIFEST_INVALID',
    `\`${part.url}\` is not the part of the manifest: ${why}`,
    {
      hint: 'have its writer write it again, or run the mirror of the table again',
    },
  )
}
