import { FerryError } from '../../core/errors.ts'
import type { RequestHistory } from '../../clouds/http/request-history.ts'

/** Whether a bucket is there, by a request that fails where it is not. */
export async function isThere(look: Promise<unknown>): Promise<boolean> {
  try {
    await look
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** Removes a bucket. That it is gone is no error where the answer to an earlier try was lost. */
export async function removeOnce(
  remove: (history: RequestHistory) => Promise<void>,
): Promise<void> {
  const history = { isOutcomeUnknown: false }
  try {
    await remove(history)
  } catch (error) {
    if (!isMissing(error) || !history.isOutcomeUnknown) throw error
  }
}

/** `rb` says the same of every cloud; a service's own words differ. */
export function bucketNotEmpty(place: string, cause?: unknown): FerryError {
  return new FerryError('BUCKET_NOT_EMPTY', `\`${place}\` is not empty`, {
    cause,
    hint: `ferry rb --force ${place} removes what is in it too`,
  })
}

function isMissing(error: unknown): boolean {
  return error instanceof FerryError && error.code === 'BUCKET_NOT_FOUND'
}
