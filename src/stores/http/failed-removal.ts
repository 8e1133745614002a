import { FerryError } from '../../core/errors.ts'
import type { RemoveOutcome } from '../store.ts'

/**
 * What became of an object whose removal failed: it is gone where it was not there. An error that is
 * about it alone is its outcome; one about the bucket, the credentials or the service is thrown.
 */
export function failedRemoval(
  key: string,
  error: unknown,
  concernsKey: (error: FerryError) => boolean,
): RemoveOutcome {
  if (!(error instanceof FerryError)) throw error
  if (error.code === 'OBJECT_NOT_FOUND') return { key, removed: true }
  if (concernsKey(error)) return { key, removed: false, error }
  throw error
}
