import { forEachParallel } from '../core/for-each-parallel.ts'
import { printObjectUrl } from '../formats/object-url.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'
import type { NameFilter } from './name-filter.ts'
import { asFerryError, type Outcome } from './outcome.ts'
import { removeBatch } from './remove-batch.ts'
import { nothingSelected, type Selection, selectObjects } from './selection.ts'
import type { StorePool } from './store-pool.ts'

export interface RemoveOptions {
  readonly pool: StorePool
  readonly filter: NameFilter
  readonly signal: AbortSignal
  /** Batches under way at once. */
  readonly jobs: number
  readonly dryRun: boolean
  /** What is not there is no error. */
  readonly missingIsFine: boolean
  readonly onOutcome: (outcome: Outcome) => void
}

interface Batch {
  readonly store: ObjectStore
  readonly selection: Selection
  readonly objects: readonly ObjectInfo[]
}

/** Removes all that the selections name, in as few requests as the service allows. */
export async function removeObjects(
  selections: readonly Selection[],
  options: RemoveOptions,
): Promise<void> {
  await forEachParallel(batchesOf(selections, options), options.jobs, batch =>
    removeBatch(batch.objects, { store: batch.store, url: batch.selection.url }, options),
  )
}

async function* batchesOf(
  selections: readonly Selection[],
  options: RemoveOptions,
): AsyncGenerator<Batch> {
  for (const selection of selections) {
    const { filter, signal, onOutcome, missingIsFine } = options
    const fail = (key: string, error: unknown): void => {
      const target = printObjectUrl({ ...selection.url, key })
      onOutcome({ action: 'remove', status: 'failed', target, error: asFerryError(error) })
    }
    let isEmpty = true
    let objects: ObjectInfo[] = []
    try {
      const store = await options.pool.open(selection.url)
      for await (const selected of selectObjects(store, selection, { filter, signal })) {
        isEmpty = false
        if (selected.kind === 'failure') {
          fail(selected.key, selected.error)
          continue
        }
        objects.push(selected.object)
        if (objects.length < store.capabilities.maxRemoveKeys) continue
        yield { store, selection, objects }
        objects = []
      }
      if (objects.length > 0) yield { store, selection, objects }
    } catch (error) {
      signal.throwIfAborted()
      isEmpty = false
      const known = asFerryError(error)
      if (!missingIsFine || known.code !== 'OBJECT_NOT_FOUND') fail(selection.url.key, known)
    }
    if (isEmpty && !missingIsFine) fail(selection.url.key, nothingSelected(selection))
  }
}
