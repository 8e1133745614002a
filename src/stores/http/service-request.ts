import type { RetryPolicy } from '../../core/retry.ts'
import type { RequestHistory } from '../../clouds/http/request-history.ts'
import type { Transport, WireAnswer } from '../../clouds/http/transport.ts'

/** What requests to all services have, besides the method, the query and what they are about. */
export interface ServiceRequest {
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: Uint8Array | undefined
  readonly signal: AbortSignal
  /** How long the service may work before it answers, where that is longer than it may stall. */
  readonly patienceMs?: number | undefined
  /** Told by `send`, for those to whom a second answer may tell of a first that was lost. */
  readonly history?: RequestHistory | undefined
}

/** An answer that was read whole. */
export interface TextAnswer {
  readonly status: number
  readonly headers: WireAnswer['headers']
  readonly text: string
}

export interface ClientOptions<Settings> {
  readonly settings: Settings
  readonly transport: Transport
  readonly retry: RetryPolicy
}
