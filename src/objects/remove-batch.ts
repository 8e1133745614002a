import { type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'
import { asFerryError, type Outcome } from './outcome.ts'

export interface BatchPlace {
  readonly store: ObjectStore
  /** Of the bucket; its key does not matter. */
  readonly url: ObjectUrl
}

export interface RemoveBatchOptions {
  readonly dryRun: boolean
  readonly signal: AbortSignal
  /** Why, where it is not that somebody named them. */
  readonly reason?: string | undefined
  readonly onOutcome: (outcome: Outcome) => void
}

/** Removes at most as many objects as the service takes at once, and tells what became of each. */
export async function removeBatch(
  objects: readonly ObjectInfo[],
  { store, url }: BatchPlace,
  { dryRun, signal, reason, onOutcome }: RemoveBatchOptions,
): Promise<void> {
  const tell = (object: ObjectInfo, status: 'planned' | 'done' | Error): void => {
    const target = printObjectUrl({ ...url, key: object.key })
    const named = { action: 'remove', target, bytes: object.size, reason } as const
    if (typeof status === 'string') onOutcome({ ...named, status })
    else onOutcome({ ...named, status: 'failed', error: asFerryError(status) })
  }
  if (dryRun) {
    for (const object of objects) tell(object, 'planned')
    return
  }
  try {
    const keys = objects.map(object => object.key)
    const outcomes = await store.remove(keys, { signal })
    for (const [at, object] of objects.entries()) {
      const outcome = outcomes[at]
      if (outcome?.removed === true) tell(object, 'done')
      else tell(object, outcome?.error ?? new Error('the store told no outcome'))
    }
  } catch (error) {
    signal.throwIfAborted()
    for (const object of objects) tell(object, asFerryError(error))
  }
}
