import { FerryError } from '../../../core/errors.ts'
import { forEachParallel } from '../../../core/for-each-parallel.ts'
import type { CallOptions, RemoveOutcome } from '../../store.ts'
import { removeBatch } from './batch.ts'
import { assertKey, keyFault } from './names.ts'
import type { ContainerContext } from './objects.ts'
import { outcomeOf } from './remove-outcome.ts'

/** From here on one request for all costs less than a request each. */
const FEWEST_FOR_BATCH = 4
const PARALLEL = 4

/** Removes up to 256 objects. */
export async function removeBlobs(
  context: ContainerContext,
  keys: readonly string[],
  { signal }: CallOptions,
): Promise<readonly RemoveOutcome[]> {
  const outcomes = new Map<string, RemoveOutcome>()
  const batch = keys.filter(key => keyFault(key) === undefined)
  if (batch.length >= FEWEST_FOR_BATCH) {
    for (const one of await removeBatch(context, batch, signal)) outcomes.set(one.key, one)
  }
  const rest = keys.filter(key => !outcomes.has(key))
  await forEachParallel(rest, PARALLEL, async key => {
    outcomes.set(key, await removeOne(context, key, signal))
  })
  return keys.map(key => outcomes.get(key) ?? notTold(key))
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

function notTold(key: string): never {
  throw new FerryError('BUG', `what became of \`${key}\` was forgotten`)
}
