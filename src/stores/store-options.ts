import type { Logger } from '../core/logger.ts'
import type { RetryPolicy } from '../core/retry.ts'
import type { ObjectUrl } from '../formats/object-url.ts'

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
