import type { FerryError } from '../../../core/errors.ts'
import { forEachParallel } from '../../../core/for-each-parallel.ts'
import { failedRemoval } from '../../http/failed-removal.ts'
import type { CallOptions, RemoveOutcome } from '../../store.ts'
import { objectPath } from './addressing.ts'
import type { BucketContext } from './objects.ts'

const PARALLEL = 16

/**
 * Removes objects, each by a request of its own, several at once. The service also takes a hundred in
 * one, but without a checksum of that: what is flipped on the way would remove something else.
 */
export async function removeObjects(
  context: BucketContext,
  keys: readonly string[],
  { signal }: CallOptions,
): Promise<readonly RemoveOutcome[]> {
  const outcomes: RemoveOutcome[] = []
  await forEachParallel(keys.entries(), PARALLEL, async ([at, key]) => {
    outcomes[at] = await removeOne(context, key, signal)
  })
  return outcomes
}

async function removeOne(
  { client, bucket }: BucketContext,
  key: string,
  signal: AbortSignal,
): Promise<RemoveOutcome> {
  try {
    const path = objectPath(bucket, key)
    await client.send({ bucket, key, method: 'DELETE', path, signal }, () => {})
    return { key, removed: true }
  } catch (error) {
    return failedRemoval(key, error, concernsKey)
  }
}

function concernsKey({ code, details }: FerryError): boolean {
  if (code === 'KEY_INVALID') return true
  // A hold, a retention or a condition of IAM on names.
  return code === 'DENIED' && details['status'] === 403
}
