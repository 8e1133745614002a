import type { ErrorCode } from '../core/errors.ts'

const STATUSES: Readonly<Record<number, ErrorCode>> = {
  401: 'DENIED',
  403: 'DENIED',
  404: 'QUEUE_NOT_FOUND',
  408: 'TRANSIENT',
  429: 'THROTTLED',
  503: 'SERVICE_UNAVAILABLE',
}

/** What a failed answer of a queue's service means, where its own code says nothing. */
export function codeOfStatus(status: number): ErrorCode {
  return STATUSES[status] ?? (status >= 500 ? 'TRANSIENT' : 'UNSUPPORTED')
}
