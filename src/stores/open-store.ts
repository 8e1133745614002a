import type { Logger } from '../core/logger.ts'
import { DEFAULT_RETRY, type RetryPolicy } from '../core/retry.ts'
import type { ObjectUrl } from '../formats/object-url.ts'
import type { ObjectStore } from './store.ts'

export interface StoreOptions {
  /** Credentials and endpoints come from here, under the names of each ecosystem's own tools. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly retry?: RetryPolicy | undefined
  /** A connection on which nothing moves for this long is given up. */
  readonly stallMs?: number | undefined
  readonly logger: Logger
}

/** What a driver's `open` gets: every option has its value. */
export interface DriverOptions extends StoreOptions {
  readonly url: ObjectUrl
  readonly retry: RetryPolicy
  readonly stallMs: number
}

const STALL_MS = 30_000

const DRIVERS: Readonly<
  Record<ObjectUrl['scheme'], (options: DriverOptions) => Promise<ObjectStore>>
> = {
  file: options => import('./drivers/file/store.ts').then(({ open }) => open(options)),
  s3: options => import('./drivers/s3/store.ts').then(({ open }) => open(options)),
  az: options => import('./drivers/azure/store.ts').then(({ open }) => open(options)),
  gs: options => import('./drivers/gcs/store.ts').then(({ open }) => open(options)),
}

/**
 * Opens the bucket, container or folder that a URL lies in; its driver is loaded only here and only
 * then. Nothing is asked of the service yet. @throws FerryError CONFIG_INVALID (credentials that
 * cannot be, a missing account)
 */
export async function openStore(url: ObjectUrl, options: StoreOptions): Promise<ObjectStore> {
  const { retry = DEFAULT_RETRY, stallMs = STALL_MS } = options
  return DRIVERS[url.scheme]({ ...options, url, retry, stallMs })
}
