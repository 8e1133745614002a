import { forEachParallel } from '../../../core/for-each-parallel.ts'
import type { CallOptions, RemoveOutcome } from '../../store.ts'
import { removeBatch } from './batch.ts'
import { assertKey } from './names.ts'
import type { ContainerContext } from './objects.ts'
import { outcomeOf } from './remove-outcome.ts'

/** From here on one request for all costs less than a request each. */
const FEWEST_FOR_BATCH = 4

/** Removes up to 256 objects. */
export async function removeBlobs(
  context: ContainerContext,
  keys: readonly string[],
  { signal }: CallOptions,
): Promise<readonly RemoveOutcome[]> {
  if (keys.length >= FEWEST_FOR_BATCH) return removeBatch(context, keys, signal)
  const outcomes: RemoveOutcome[] = []
  await forEachParallel(keys.entries(), FEWEST_FOR_BATCH, async ([at, key]) => {
    outcomes[at] = await removeOne(context, key, signal)
  })
  return outcomes
}

async function removeOne(
  { client, container }: ContainerContext,
  key: string,
  signal: AbortSignal,
): Promise<RemoveOutcome> {
  try {
    assertKey(key)
    await client.send({ container, key, method: 'DELETE', signal }, () => {})
    return { key, removed: true }
  } catch (error) {
    return outcomeOf(key, error)
  }
}
