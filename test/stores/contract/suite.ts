import { randomBytes } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { expect, test } from 'vitest'
import { FerryError } from '../../../src/core/errors.ts'
import { crc32cHex } from '../../../src/formats/checksum.ts'
import { readObject } from '../../../src/stores/read-object.ts'
import type {
  ListEntry,
  ListQuery,
  ObjectInfo,
  ObjectStore,
  PutOptions,
  StoreCapabilities,
} from '../../../src/stores/store.ts'
import type { DriverRow, Service } from '../drivers.ts'

/** What the cases of one driver share. */
export interface Suite {
  readonly row: DriverRow
  readonly service: () => Service
  /** A bucket for all cases; each keeps to names of its own. */
  readonly store: () => ObjectStore
  readonly capabilities: () => StoreCapabilities
  /** A case of the contract: counted, and shown in the table. */
  readonly promise: (name: string, check: () => Promise<void>, timeoutMs?: number) => void
  /** A new bucket, made. */
  readonly newBucket: () => Promise<ObjectStore>
}

/** Cases by chapter, which is what their names begin with. */
export type Tally = Map<string, { cases: number; kept: number }>

export function makeSuite(
  row: DriverRow,
  tally: Tally,
): Suite & { begin(): Promise<void>; end(): Promise<void> } {
  let service: Service | undefined
  let store: ObjectStore | undefined
  const opened: ObjectStore[] = []
  const newBucket = async (): Promise<ObjectStore> => {
    const name = `bucket-${randomBytes(6).toString('hex')}`
    const made = await present(service).open(name)
    opened.push(made)
    BUCKETS.set(made, { name, bucket: present(service).bucketOf(name) })
    await made.bucket.create(options())
    return made
  }
  return {
    row,
    service: () => present(service),
    store: () => present(store),
    capabilities: () => present(store).capabilities,
    newBucket,
    promise(name, check, timeoutMs) {
      const chapter = name.slice(0, name.indexOf(':'))
      const counts = tally.get(chapter) ?? { cases: 0, kept: 0 }
      tally.set(chapter, counts)
      counts.cases++
      const run = async (): Promise<void> => {
        await check()
        counts.kept++
      }
      test(name, run, timeoutMs)
    },
    async begin() {
      service = await row.start()
      store = await newBucket()
    },
    async end() {
      for (const one of opened) await one.close()
      await service?.[Symbol.asyncDispose]()
    },
  }
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the server has not started')
  return value
}

const BUCKETS = new WeakMap<ObjectStore, { readonly name: string; readonly bucket: string }>()

/** The name under which `copy` finds a store's bucket. */
export function bucketOf(store: ObjectStore): string {
  return present(BUCKETS.get(store)).bucket
}

/** The name under which `open` finds it. */
export function nameOf(store: ObjectStore): string {
  return present(BUCKETS.get(store)).name
}

let names = 0

/** A name that no other case has. */
export function fresh(name = 'object'): string {
  names++
  return `case-${names}/${name}`
}

export function options(): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(50_000) }
}

export function bytesOf(size: number): Buffer {
  return randomBytes(size)
}

export function crcOf(bytes: Uint8Array): string {
  return crc32cHex(crc32c(bytes))
}

export function putText(
  store: ObjectStore,
  key: string,
  text: string,
  more: Partial<PutOptions> = {},
): Promise<ObjectInfo> {
  return store.put(key, Buffer.from(text), { ...options(), ...more })
}

/** The content, verified by the engine. */
export async function contentOf(store: ObjectStore, key: string): Promise<Buffer> {
  const object = await store.stat(key, options())
  return Buffer.concat(await Array.fromAsync(readObject(store, object, options())))
}

export async function textOf(store: ObjectStore, key: string): Promise<string> {
  return (await contentOf(store, key)).toString()
}

export async function listed(
  store: ObjectStore,
  query: Partial<ListQuery> = {},
): Promise<ListEntry[]> {
  const pages = store.list({ prefix: '', ...options(), ...query })
  return (await Array.fromAsync(pages)).flat()
}

export async function keysIn(
  store: ObjectStore,
  query: Partial<ListQuery> = {},
): Promise<string[]> {
  return (await listed(store, query)).map(entry => {
    if (entry.kind === 'object') return entry.object.key
    if (entry.kind === 'prefix') return `${entry.prefix} (prefix)`
    throw entry.error
  })
}

/** The code of the error that something must end in. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof FerryError) return error.code
    throw error
  }
  return 'none'
}

export async function exists(store: ObjectStore, key: string): Promise<boolean> {
  try {
    await store.stat(key, options())
    return true
  } catch (error) {
    if (error instanceof FerryError && error.code === 'OBJECT_NOT_FOUND') return false
    throw error
  }
}

export { expect }
