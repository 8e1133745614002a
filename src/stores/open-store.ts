import { DEFAULT_RETRY } from '../core/retry.ts'
import type { ObjectUrl } from '../formats/object-url.ts'
import type { DriverOptions, StoreOptions } from './store-options.ts'
import type { ObjectStore } from './store.ts'

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
