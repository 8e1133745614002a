import { type ErrorCode, FerryError } from '../../core/errors.ts'

/** Told by a client, for those to whom a second answer may tell of a first that was lost. */
export interface RequestHistory {
  /** An attempt ended without a clear no: it may have done its work all the same. */
  isOutcomeUnknown: boolean
}

const UNKNOWN_OUTCOMES = new Set<ErrorCode>([
  'TRANSIENT',
  'SERVICE_UNAVAILABLE',
  'TRANSFER_CORRUPT',
])

/** Notes how an attempt failed. */
export function noteAttempt(history: RequestHistory | undefined, error: Error): void {
  if (history === undefined || !(error instanceof FerryError)) return
  const { status } = error.details
  const isServersFault = typeof status === 'number' && status >= 500
  if (isServersFault || UNKNOWN_OUTCOMES.has(error.code)) history.isOutcomeUnknown = true
}
