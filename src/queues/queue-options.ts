import type { QueueUrl } from '../formats/queue-url.ts'

export interface QueueOptions {
  /** Credentials and endpoints come from here, under the names of each ecosystem's own tools. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A connection on which nothing moves for this long is given up. */
  readonly stallMs?: number | undefined
}

/** What a driver's `open` gets: every option has its value. */
export interface DriverOptions extends QueueOptions {
  readonly url: QueueUrl
  /** Of the queue, for messages. */
  readonly name: string
  readonly stallMs: number
}
