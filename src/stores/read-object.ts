import { createHash, type Hash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { ByteBudget } from '../core/byte-budget.ts'
import { crc32cHex } from '../formats/checksum.ts'
import { DEFAULT_PART_BYTES } from './part-size.ts'
import { readRange } from './read-range.ts'
import type { ObjectInfo, ObjectStore } from './store.ts'
import { assertEqual } from './verify.ts'

export interface ReadObjectOptions {
  readonly signal: AbortSignal
  /** Ranges that are read at once. */
  readonly parallel?: number | undefined
  readonly partBytes?: number | undefined
  readonly budget?: ByteBudget | undefined
}

const PARALLEL = 4

/**
 * Streams an object's bytes in order, read in ranges ahead of the reader; what breaks is taken up
 * again. Who has read to the end without an error has the bytes that the service's checksum vouches
 * for. @throws FerryError SOURCE_CHANGED, TRANSFER_CORRUPT (at the end)
 */
export async function* readObject(
  store: ObjectStore,
  object: ObjectInfo,
  options: ReadObjectOptions,
): AsyncGenerator<Uint8Array> {
  const { signal, parallel = PARALLEL, partBytes = DEFAULT_PART_BYTES } = options
  const budget = options.budget ?? new ByteBudget(parallel * partBytes)
  const sums = new RunningChecksums(object)
  const ended = new AbortController()
  const stop = AbortSignal.any([signal, ended.signal])
  const fetch = async (offset: number) => {
    const length = Math.min(partBytes, object.size - offset)
    const share = await budget.acquire(length, stop)
    try {
      const { bytes } = await readRange(store, { range: { offset, length }, object, signal: stop })
      return { bytes, share }
    } catch (error) {
      share.release()
      throw error
    }
  }
  const ahead: ReturnType<typeof fetch>[] = []
  let next = 0
  try {
    for (;;) {
      for (; ahead.length < parallel && next < object.size; next += partBytes) {
        const one = fetch(next)
        one.catch(() => {}) // awaited in its turn; until then its failure must not end the process
        ahead.push(one)
      }
      const first = ahead.shift()
      if (first === undefined) break
      const { bytes, share } = await first
      sums.update(bytes)
      yield bytes
      share.release()
    }
    assertEqual(object, { size: sums.size, checksums: sums.digest() })
  } finally {
    ended.abort(new Error('nobody reads on'))
    for (const one of await Promise.allSettled(ahead)) {
      if (one.status === 'fulfilled') one.value.share.release()
    }
  }
}

/** The checksums of a stream, of those kinds that the service keeps of the object. */
export class RunningChecksums {
  size = 0
  #crc32c = 0
  readonly #md5: Hash | undefined

  /** MD5 costs seven times CRC-32C: only where there is nothing else to compare. */
  constructor({ checksums }: ObjectInfo) {
    const needsMd5 = checksums.md5 !== undefined && checksums.crc32c === undefined
    this.#md5 = needsMd5 ? createHash('md5') : undefined
  }

  update(bytes: Uint8Array): void {
    this.size += bytes.length
    this.#crc32c = crc32c(bytes, this.#crc32c)
    this.#md5?.update(bytes)
  }

  digest(): { crc32c: string; md5?: string } {
    const crc = { crc32c: crc32cHex(this.#crc32c) }
    return this.#md5 === undefined ? crc : { ...crc, md5: this.#md5.digest('hex') }
  }
}
