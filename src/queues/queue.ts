import type { FerryError } from '../core/errors.ts'

/** What a service can do; all of it is data, so that no caller asks which service it is. */
export interface QueueCapabilities {
  /** Of a message, as `sizeOf` counts. */
  readonly maxMessageBytes: number
  /** Of a batch: one request. */
  readonly maxBatchMessages: number
  readonly maxBatchBytes: number
  /** `group`: messages of a group come out in the order in which they went in. */
  readonly order: 'group' | 'none'
  /** A message that comes again within minutes, under the same id, is taken once. */
  readonly deduplicates: boolean
}

export interface QueueMessage {
  /** Unique, and the same when the message is sent again: 1 to 128 of `A-Za-z0-9_-`. */
  readonly id: string
  /** Where the queue keeps order, it does so for messages of a group. 1 to 128 of `A-Za-z0-9_-`. */
  readonly group: string
  /** Any text that XML can hold. */
  readonly body: string
}

/** What became of a message. */
export type SendOutcome =
  | { readonly status: 'accepted' }
  /** It will never be taken: too large for this queue, say. */
  | { readonly status: 'refused'; readonly reason: string }
  /** Not taken now; `error.retryable` says whether another try can help. */
  | { readonly status: 'failed'; readonly error: FerryError }

export interface SendOptions {
  readonly signal: AbortSignal
}

/** One queue or topic that takes messages. Its promises are tested by test/queues/. */
export interface Queue extends AsyncDisposable {
  /** Its URL, without secrets. */
  readonly name: string
  readonly capabilities: QueueCapabilities
  /** Bytes of a body as the service counts them. */
  readonly sizeOf: (body: string) => number
  /**
   * One try to send a batch that keeps to the capabilities, which holds at most one message of a
   * group where the queue keeps order; resolves with what became of each, in their order. `accepted`
   * means that the service has it durably. After an error any of them may have been accepted.
   * @throws FerryError QUEUE_NOT_FOUND, DENIED, THROTTLED, TRANSIENT, SERVICE_UNAVAILABLE,
   * CONFIG_INVALID; with `details.retryAfterMs` where the service says so
   */
  send(batch: readonly QueueMessage[], options: SendOptions): Promise<readonly SendOutcome[]>
  close(): Promise<void>
}
