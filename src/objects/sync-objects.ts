import { FerryError } from '../core/errors.ts'
import { forEachParallel } from '../core/for-each-parallel.ts'
import { asFolder, joinObjectUrl, type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'
import { compareObjects, type Comparison } from './compare-objects.ts'
import { copyObject, type CopyOptions } from './copy-object.ts'
import { type Merged, mergeListings } from './merge-listings.ts'
import type { NameFilter } from './name-filter.ts'
import { asFerryError, type Outcome } from './outcome.ts'
import { removeBatch } from './remove-batch.ts'
import { type Selected, selectionOf, selectObjects } from './selection.ts'
import type { StorePool } from './store-pool.ts'
import type { SyncRecord } from './sync-record.ts'

export interface SyncOptions {
  readonly source: ObjectUrl
  readonly target: ObjectUrl
  readonly pool: StorePool
  readonly filter: NameFilter
  readonly signal: AbortSignal
  readonly jobs: number
  readonly copy: Omit<CopyOptions, 'signal'>
  /** Remove from the target what the source does not have. */
  readonly deletes: boolean
  /** Compare content, whatever times and records say. */
  readonly readsContent: boolean
  readonly dryRun: boolean
  /** What earlier syncs verified; undefined to compare anew. */
  readonly record: SyncRecord | undefined
  readonly now: () => number
  readonly onOutcome: (outcome: Outcome) => void
}

interface Sides {
  readonly source: ObjectStore
  readonly target: ObjectStore
}

/** A file that was changed this short ago may be changed again without a new time. */
const TOO_FRESH_MS = 2_000

/**
 * Makes the target hold what the source does. Both are listed as sorted streams and merged, so the
 * memory does not grow with the number of objects. Removals come last, and only if all before them
 * went well: a source that could not be read must not look like one that was emptied.
 */
export async function syncObjects(options: SyncOptions): Promise<void> {
  const source = await options.pool.open(options.source)
  const target = await options.pool.open(options.target)
  const sides = { source, target }
  assertApart(options, sides)
  let failures = 0
  const seen = { objects: 0 }
  const counted: SyncOptions = {
    ...options,
    onOutcome: outcome => {
      if (outcome.status === 'failed') failures++
      options.onOutcome(outcome)
    },
  }
  await forEachParallel(planOf(counted, sides, seen), options.jobs, merged =>
    syncOne(merged, counted, sides),
  )
  if (!options.deletes) return
  if (failures > 0) skipRemovals(counted, `${failures} before it failed`)
  else if (seen.objects === 0) skipRemovals(counted, 'the source is empty')
  else await removeExtra(counted, sides)
}

/** One inside of the other would copy its own copies, or remove what it has just written. */
function assertApart({ source, target }: SyncOptions, stores: Sides): void {
  if (stores.source.service !== stores.target.service) return
  const [from = '', to = ''] = [source, target].map(url => printObjectUrl(asFolder(url)))
  if (from !== to && !from.startsWith(to) && !to.startsWith(from)) return
  throw new FerryError('USAGE', `\`${from}\` and \`${to}\` lie in each other`, {
    hint: 'sync two places that have nothing in common',
  })
}

/** What is to be looked at: names of the source, with what the target has under them. */
async function* planOf(
  options: SyncOptions,
  sides: Sides,
  seen: { objects: number },
): AsyncGenerator<Planned> {
  for await (const merged of mergeListings(...listings(options, sides))) {
    if (merged.kind === 'name' && merged.source !== undefined) seen.objects++
    if (merged.kind === 'failure') yield merged
    else if (merged.source !== undefined && !isKnownSame(merged.name, merged, options)) {
      yield { ...merged, source: merged.source }
    }
  }
}

type Planned =
  | Extract<Merged, { kind: 'failure' }>
  | {
      readonly kind: 'name'
      readonly name: string
      readonly source: ObjectInfo
      readonly target: ObjectInfo | undefined
    }

/** In the order of names, which the record needs; most names of most syncs end here. */
function isKnownSame(
  name: string,
  { source, target }: { source: ObjectInfo | undefined; target: ObjectInfo | undefined },
  { record, onOutcome, source: from, target: to }: SyncOptions,
): boolean {
  if (source === undefined || target === undefined || record === undefined) return false
  if (source.size !== target.size || !record.isSame(name, source.etag, target.etag)) return false
  onOutcome({
    action: 'copy',
    status: 'skipped',
    source: printObjectUrl({ ...from, key: source.key }),
    target: printObjectUrl({ ...to, key: target.key }),
    bytes: source.size,
    reason: 'unchanged since the last sync',
  })
  return true
}

function listings(
  { source, target, filter, signal }: SyncOptions,
  sides: Sides,
): [AsyncIterable<Selected>, AsyncIterable<Selected>] {
  const select = (store: ObjectStore, url: ObjectUrl): AsyncIterable<Selected> =>
    selectObjects(store, selectionOf(url, { recursive: true, prefix: false }), { filter, signal })
  const there = select(sides.target, target)
  return [
    select(sides.source, source),
    sides.target.capabilities.implicitBucket ? unlessMissing(there) : there,
  ]
}

/** A folder that writing will make is empty until then. */
async function* unlessMissing(listing: AsyncIterable<Selected>): AsyncGenerator<Selected> {
  try {
    yield* listing
  } catch (error) {
    if (!(error instanceof FerryError) || error.code !== 'BUCKET_NOT_FOUND') throw error
  }
}

async function syncOne(planned: Planned, options: SyncOptions, sides: Sides): Promise<void> {
  const { onOutcome, signal } = options
  if (planned.kind === 'failure') {
    const url = { ...(planned.side === 'source' ? options.source : options.target) }
    const source = printObjectUrl({ ...url, key: planned.key })
    onOutcome({ action: 'copy', status: 'failed', source, error: asFerryError(planned.error) })
    return
  }
  const { name, source, target } = planned
  const from = { store: sides.source, url: { ...options.source, key: source.key }, object: source }
  const to = { store: sides.target, url: joinObjectUrl(options.target, name) }
  const named = {
    action: 'copy',
    source: printObjectUrl(from.url),
    target: printObjectUrl(to.url),
    bytes: source.size,
  } as const
  try {
    const verdict = target === undefined ? undefined : await compare(from, target, options, sides)
    if (verdict?.same === true) {
      note(name, source, target, options)
      onOutcome({ ...named, status: 'skipped', reason: `same size and ${verdict.by}` })
      return
    }
    const reason = verdict === undefined ? 'new' : `other ${OTHER[verdict.by]}`
    if (options.dryRun) {
      onOutcome({ ...named, status: 'planned', reason })
      return
    }
    const info = await copyObject(from, to, { ...options.copy, signal })
    note(name, source, info, options)
    onOutcome({ ...named, status: 'done', reason })
  } catch (error) {
    signal.throwIfAborted()
    onOutcome({ ...named, status: 'failed', error: asFerryError(error) })
  }
}

const OTHER: Readonly<Record<Comparison['by'], string>> = {
  size: 'size',
  checksum: 'checksum',
  content: 'content',
  time: 'time',
  nothing: 'content, as far as anybody knows',
}

function compare(
  source: { readonly store: ObjectStore; readonly object: ObjectInfo },
  target: ObjectInfo,
  { signal, readsContent }: SyncOptions,
  sides: Sides,
): Promise<Comparison> {
  return compareObjects(source, { store: sides.target, object: target }, { signal, readsContent })
}

function note(
  name: string,
  source: ObjectInfo,
  target: ObjectInfo | undefined,
  { record, now }: SyncOptions,
): void {
  if (target === undefined || now() - source.modifiedAt.getTime() < TOO_FRESH_MS) return
  record?.note(name, source.etag, target.etag)
}

/** Removes what only the target has, by a second look at both sides. */
async function removeExtra(options: SyncOptions, sides: Sides): Promise<void> {
  const size = sides.target.capabilities.maxRemoveKeys
  const place = { store: sides.target, url: options.target }
  let batch: ObjectInfo[] = []
  for await (const merged of mergeListings(...listings(options, sides))) {
    if (merged.kind === 'failure') {
      const url = { ...(merged.side === 'source' ? options.source : options.target) }
      const source = printObjectUrl({ ...url, key: merged.key })
      const error = asFerryError(merged.error)
      options.onOutcome({ action: 'remove', status: 'failed', source, error })
      return
    }
    if (merged.source !== undefined || merged.target === undefined) continue
    batch.push(merged.target)
    if (batch.length < size) continue
    await removeBatch(batch, place, { ...options, reason: 'not in the source' })
    batch = []
  }
  if (batch.length > 0) await removeBatch(batch, place, { ...options, reason: 'not in the source' })
}

/** An empty source is more often a wrong name than a wish to lose everything. */
function skipRemovals({ onOutcome, target }: SyncOptions, reason: string): void {
  onOutcome({
    action: 'remove',
    status: 'failed',
    target: printObjectUrl(target),
    error: new FerryError('CHECK_FAILED', `nothing was removed, as ${reason}`, {
      hint: 'sync again when that is mended; ferry rm -r empties a folder',
    }),
  })
}
