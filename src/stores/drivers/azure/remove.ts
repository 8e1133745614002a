import { FerryError } from '../../../core/errors.ts'
import { forEachParallel } from '../../../core/for-each-parallel.ts'
import type { CallOptions, RemoveOutcome } from '../../store.ts'
import { removeBatch } from './batch.ts'
import { assertKey } from './names.ts'
import type { ContainerContext } from './objects.ts'

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

const OF_ONE_KEY = new Set(['PRECONDITION_FAILED', 'BUSY', 'KEY_INVALID'])
const DENIED_FOR_ONE = new Set(['BlobImmutableDueToPolicy', 'AuthorizationPermissionMismatch'])

/** What is wrong with one object, rather than with the container, the credentials or the service. */
export function outcomeOf(key: string, error: unknown): RemoveOutcome {
  if (!(error instanceof FerryError)) throw error
  const { code, details } = error
  if (code === 'OBJECT_NOT_FOUND') return { key, removed: true }
  const isDenied = code === 'DENIED' && DENIED_FOR_ONE.has(String(details['serviceCode']))
  if (OF_ONE_KEY.has(code) || isDenied) return { key, removed: false, error }
  throw error
}
