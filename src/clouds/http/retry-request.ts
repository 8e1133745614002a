import { retry, type RetryPolicy } from '../../core/retry.ts'
import { noteAttempt, type RequestHistory } from './request-history.ts'

export interface RetriedRequest {
  readonly signal: AbortSignal
  readonly history?: RequestHistory | undefined
}

/**
 * Sends a request until it succeeds, fails for good or the policy is used up. `asKnown` puts what
 * went wrong below HTTP into the driver's words.
 */
export function retryRequest<Result>(
  { signal, history }: RetriedRequest,
  work: () => Promise<Result>,
  policy: RetryPolicy,
  asKnown: (error: unknown) => Error,
): Promise<Result> {
  const attempt = async (): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      const known = asKnown(error)
      noteAttempt(history, known)
      throw known
    }
  }
  return retry(attempt, policy, signal)
}
