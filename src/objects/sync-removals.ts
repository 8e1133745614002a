import { FerryError } from '../core/errors.ts'
import { type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ObjectInfo } from '../stores/store.ts'
import type { NameFilter } from './name-filter.ts'
import { asFerryError, type Outcome } from './outcome.ts'
import { removeBatch } from './remove-batch.ts'
import { isExtra, mergeSides, type SyncSides } from './sync-plan.ts'

export interface SyncRemovalOptions {
  readonly source: ObjectUrl
  readonly target: ObjectUrl
  readonly filter: NameFilter
  readonly signal: AbortSignal
  readonly dryRun: boolean
  /** What the first look found. If it is more by now, the source has lost something meanwhile. */
  readonly extra: number
  readonly onOutcome: (outcome: Outcome) => void
}

/**
 * Removes what only the target has, by a second look at both sides: what came to the source since
 * the first one stays. A side that cannot be read now ends it, and so does a source that has less
 * than before, such as a disk that was taken away.
 */
export async function removeExtra(options: SyncRemovalOptions, sides: SyncSides): Promise<void> {
  const { signal, dryRun, extra, onOutcome } = options
  let found = 0
  const size = sides.target.store.capabilities.maxRemoveKeys
  const how = { signal, dryRun, onOutcome, reason: 'not in the source' }
  let batch: ObjectInfo[] = []
  for await (const page of mergeSides(sides, options)) {
    for (const merged of page) {
      if (merged.kind === 'failure') {
        const target = printObjectUrl({ ...options[merged.side], key: merged.key })
        onOutcome({ action: 'remove', status: 'failed', target, error: asFerryError(merged.error) })
        return
      }
      if (!isExtra(merged, sides)) continue
      if (++found > extra) {
        const source = printObjectUrl(options.source)
        const message = 'the source has lost objects since it was listed; removals end here'
        const error = new FerryError('SOURCE_CHANGED', message, {
          hint: 'look at it, and sync again',
        })
        onOutcome({ action: 'remove', status: 'failed', target: source, error })
        return
      }
      batch.push(merged.target)
      if (batch.length < size) continue
      await removeBatch(batch, sides.target, how)
      batch = []
    }
  }
  if (batch.length > 0) await removeBatch(batch, sides.target, how)
}
