import { setTimeout as sleep } from 'node:timers/promises'
import pRetry, { AbortError } from 'p-retry'
import { FerryError } from './errors.ts'

/** How often and for how long an operation is tried. */
export interface RetryPolicy {
  readonly maxAttempts: number
  /** Before the second attempt; doubles with each one after, and up to doubles again by chance. */
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  /** No new attempt begins after this long. */
  readonly maxElapsedMs: number
}

/** Rides out a storm of some minutes; the night itself tries again after that. */
export const DEFAULT_RETRY: RetryPolicy = {
  maxAttempts: 10,
  firstDelayMs: 100,
  maxDelayMs: 20_000,
  maxElapsedMs: 300_000,
}

/** Thrown by `work` around an error that `retry` shall pass on at once, whatever its table says. */
export { AbortError as FinalError }

/**
 * Runs `work` until it succeeds, fails for good (an error whose table says that another try cannot
 * help, or any error that is not Ferry's), or the policy is used up; then throws its last error.
 * `details.retryAfterMs` of an error is waited for, whatever the policy's own delay is. `work` gets
 * the number of its attempt, from 1. An abort throws the signal's reason.
 */
export async function retry<Result>(
  work: (attempt: number) => Promise<Result>,
  policy: RetryPolicy,
  signal: AbortSignal,
): Promise<Result> {
  return pRetry(work, {
    retries: policy.maxAttempts - 1,
    factor: 2,
    minTimeout: policy.firstDelayMs,
    maxTimeout: policy.maxDelayMs,
    maxRetryTime: policy.maxElapsedMs,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof FerryError && error.retryable,
    onFailedAttempt: async ({ error, retriesLeft }) => {
      const asked = error instanceof FerryError ? error.details['retryAfterMs'] : undefined
      if (typeof asked === 'number' && retriesLeft > 0) {
        await sleep(Math.min(asked, policy.maxElapsedMs), undefined, { signal })
      }
    },
  })
}
