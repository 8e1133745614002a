import { FerryError } from '../core/errors.ts'
import type { ObjectUrl } from '../formats/object-url.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'
import { type Merged, mergeListings } from './merge-listings.ts'
import type { NameFilter } from './name-filter.ts'
import { type Selected, selectionOf, selectPages } from './selection.ts'
import type { RecordedPair, SyncRecord } from './sync-record.ts'

/** One of the two places of a sync. */
export interface SyncSide {
  readonly store: ObjectStore
  /** A folder. */
  readonly url: ObjectUrl
}

export interface SyncSides {
  readonly source: SyncSide
  readonly target: SyncSide
}

export interface SyncPlanOptions {
  readonly filter: NameFilter
  readonly signal: AbortSignal
  /** What earlier syncs verified; undefined to compare anew. */
  readonly record: SyncRecord | undefined
}

/** What is to be done about a name of the source. */
export interface PlannedName {
  readonly kind: 'unchanged' | 'folder' | 'name'
  readonly name: string
  readonly source: ObjectInfo
  readonly target: ObjectInfo | undefined
  readonly recorded: RecordedPair
}

export type Planned = PlannedName | Extract<Merged, { kind: 'failure' }>

/** Counted while the plan is read. */
export interface SyncCounts {
  source: number
  /** Names that only the target has. */
  extra: number
}

/** Both sides in one order of names, in the memory of a page of each. */
export function mergeSides(
  { source, target }: SyncSides,
  options: { readonly filter: NameFilter; readonly signal: AbortSignal },
): AsyncIterable<readonly Merged[]> {
  const select = ({ store, url }: SyncSide): AsyncIterable<readonly Selected[]> =>
    selectPages(store, selectionOf(url, { recursive: true, prefix: false }), options)
  const there = select(target)
  const isMade = target.store.capabilities.implicitBucket
  return mergeListings(select(source), isMade ? unlessMissing(there) : there)
}

/** A folder that writing will make is empty until then. */
async function* unlessMissing<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  try {
    yield* pages
  } catch (error) {
    if (!(error instanceof FerryError) || error.code !== 'BUCKET_NOT_FOUND') throw error
  }
}

/** The names of the source, each with what the target has under it and what the record says. */
export async function* planSync(
  sides: SyncSides,
  options: SyncPlanOptions,
  counts: SyncCounts,
): AsyncGenerator<readonly Planned[]> {
  for await (const page of mergeSides(sides, options)) {
    const planned: Planned[] = []
    for (const merged of page) {
      if (merged.kind === 'failure') planned.push(merged)
      else if (isExtra(merged, sides)) {
        counts.extra++
        options.record?.pass(merged.name)
      } else if (merged.source !== undefined) {
        counts.source++
        planned.push(planName(merged.source, merged, { sides, record: options.record }))
      }
    }
    yield planned
  }
  options.record?.end()
}

/** Whether only the target has it. Markers of folders are no loss where the source cannot have any. */
export function isExtra(merged: Merged, sides: SyncSides): merged is ExtraName {
  if (merged.kind !== 'name' || merged.source !== undefined) return false
  return merged.target !== undefined && !isFolderMarker(merged.name, merged.target, sides)
}

type ExtraName = Extract<Merged, { kind: 'name' }> & { readonly target: ObjectInfo }

function planName(
  source: ObjectInfo,
  { name, target }: Extract<Merged, { kind: 'name' }>,
  { sides, record }: { readonly sides: SyncSides; readonly record: SyncRecord | undefined },
): PlannedName {
  let kind: PlannedName['kind'] = 'name'
  let recorded: RecordedPair = 'unknown'
  if (isFolderMarker(name, source, sides)) kind = 'folder'
  else if (target !== undefined && record !== undefined) {
    recorded = record.look(name, source.etag, target.etag)
    if (recorded === 'same' && source.size === target.size) kind = 'unchanged'
  } else record?.pass(name)
  return { kind, name, source, target, recorded }
}

/**
 * An empty object whose key ends in `/`, as consoles of clouds make for folders: nothing to copy
 * where one side has real folders. The folder that is synced stands for itself everywhere.
 */
function isFolderMarker(name: string, object: ObjectInfo, { source, target }: SyncSides): boolean {
  if (object.size > 0) return false
  if (name === '') return true
  const hasFolders = [source, target].some(side => side.store.capabilities.keys === 'paths')
  return hasFolders && name.endsWith('/')
}
