import type { ByteBudget } from '../core/byte-budget.ts'
import { FerryError } from '../core/errors.ts'
import { forEachParallel } from '../core/for-each-parallel.ts'
import { joinObjectUrl, type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'
import type { Counted } from '../stores/verify.ts'
import { assertSettings, type StorageSettings } from './assert-settings.ts'
import { compareObjects, type Side } from './compare-objects.ts'
import { COMPRESSED_SUFFIX, type Compression, type Packing } from '../formats/compression.ts'
import { copyObject, type CopyOptions, type ObjectPlace, WAITING_FOR_DISK } from './copy-object.ts'
import { findAhead } from './find-ahead.ts'
import type { NameFilter } from './name-filter.ts'
import { asFerryError, type Outcome } from './outcome.ts'
import { nothingSelected, type Selected, type Selection, selectObjects } from './selection.ts'
import type { StorePool } from './store-pool.ts'
import type { TransferJournals } from './transfer-journals.ts'

/** What a copy does with one object, seen from its name. */
export interface CopyTask {
  readonly store: ObjectStore
  readonly selection: Selection
  /** Where it goes; undefined for what could not be read. */
  readonly selected: Selected
}

export interface CopyPlan {
  readonly selections: readonly Selection[]
  readonly target: ObjectUrl
  /** The target is a folder, and objects keep their names in it; otherwise it is the one's new name. */
  readonly intoFolder: boolean
  /** Several trees: each goes under its own name. */
  readonly keepsTreeNames: boolean
}

export interface CopyObjectsOptions {
  readonly action: 'put' | 'get' | 'copy' | 'move'
  readonly pool: StorePool
  readonly filter: NameFilter
  readonly signal: AbortSignal
  /** Objects under way at once. */
  readonly jobs: number
  readonly parallel: number
  readonly partBytes: number | undefined
  readonly budget: ByteBudget
  readonly compress: Packing | undefined
  readonly decompress: Compression | undefined
  readonly put: StorageSettings
  /** Leave out what the target has already. */
  readonly skipExisting: boolean
  /** Leave out what the target has with the same content. */
  readonly skipUnchanged: boolean
  readonly dryRun: boolean
  readonly journals: TransferJournals
  /** What must hold of a source's bytes; throws for what must not be read at all. */
  readonly expect?: ((url: string, object: ObjectInfo) => (counted: Counted) => void) | undefined
  /** Told of each object that the target has in the end, before its outcome is. */
  readonly onStored?: ((place: ObjectPlace, info: ObjectInfo) => Promise<void>) | undefined
  readonly onOutcome: (outcome: Outcome) => void
  readonly onBytes: (bytes: number) => void
  /** Told of each object that is found, some way ahead of its copy; and, without one, of the end. */
  readonly onFound: (object?: ObjectInfo) => void
}

type Source = ObjectPlace & { readonly object: ObjectInfo }

/** Packing takes a core each, and memory of its own. */
const RECODE_JOBS = 4
/** Above this level zstd takes some 100 MB for each. */
const THRIFTY_LEVEL = 12

/**
 * Copies all that the selections name, some at once, and tells what became of each. What fails does
 * not keep back the others. @throws FerryError where a source or the target cannot be opened at all
 */
export async function copyObjects(plan: CopyPlan, options: CopyObjectsOptions): Promise<void> {
  const target = await options.pool.open(plan.target)
  assertSettings(target, plan.target, options.put)
  const isRecoding = options.compress !== undefined || options.decompress !== undefined
  const jobs = isRecoding ? Math.min(recodeJobs(options), options.jobs) : options.jobs
  const tasks = findAhead(tasksOf(plan, options))
  const to = { store: target, plan }
  const work = (task: CopyTask, onRead: () => void) => copyOne(task, to, { ...options, onRead })
  await forEachParallel(tasks, jobs, work, WAITING_FOR_DISK)
}

const recodeJobs = ({ compress }: CopyObjectsOptions): number =>
  (compress?.level ?? 0) > THRIFTY_LEVEL ? 1 : RECODE_JOBS

async function* tasksOf(plan: CopyPlan, options: CopyObjectsOptions): AsyncGenerator<CopyTask> {
  const { filter, signal, pool } = options
  for (const selection of plan.selections) {
    let isEmpty = true
    try {
      const store = await pool.open(selection.url)
      for await (const selected of selectObjects(store, selection, { filter, signal })) {
        isEmpty = false
        if (selected.kind === 'object') options.onFound(selected.object)
        yield { store, selection, selected }
      }
    } catch (error) {
      signal.throwIfAborted()
      isEmpty = false
      fail(options, printObjectUrl(selection.url), error)
    }
    if (isEmpty) fail(options, printObjectUrl(selection.url), nothingSelected(selection))
  }
  options.onFound()
}

function fail(options: CopyObjectsOptions, source: string, error: unknown): void {
  const outcome = { action: options.action, status: 'failed', source } as const
  options.onOutcome({ ...outcome, error: asFerryError(error) })
}

interface CopyTarget {
  readonly store: ObjectStore
  readonly plan: CopyPlan
}

async function copyOne(
  task: CopyTask,
  target: CopyTarget,
  options: CopyObjectsOptions & Pick<CopyOptions, 'onRead'>,
): Promise<void> {
  const { action, onOutcome, signal } = options
  const { store, selection, selected } = task
  if (selected.kind === 'failure') {
    const at = printObjectUrl({ ...selection.url, key: selected.key })
    onOutcome({ action, status: 'failed', source: at, error: asFerryError(selected.error) })
    return
  }
  const url = { ...selection.url, key: selected.object.key }
  const { store: targetStore, plan } = target
  const place = { store: targetStore, url: targetOf(selected.name, selection, plan, options) }
  const named = { action, source: printObjectUrl(url), target: printObjectUrl(place.url) }
  try {
    const checkSource = options.expect?.(named.source, selected.object)
    const found = await findSame({ store, object: selected.object }, place, options)
    if (found !== undefined) {
      await options.onStored?.(place, found.info)
      onOutcome({ ...named, status: 'skipped', bytes: found.info.size, reason: found.reason })
      return
    }
    if (options.dryRun) {
      onOutcome({ ...named, status: 'planned', bytes: selected.object.size })
      return
    }
    const listed = { store, url, object: selected.object }
    const { source, info } = await copyAsItIs(listed, place, {
      ...options,
      ...options.put,
      condition: options.skipExisting ? 'absent' : undefined,
      checkSource,
    })
    await options.onStored?.(place, info)
    if (action === 'move') await removeSource(source, signal)
    onOutcome({ ...named, status: 'done', bytes: info.size })
  } catch (error) {
    signal.throwIfAborted()
    if (isExisting(error, options)) return copyOne(task, target, options)
    onOutcome({ ...named, status: 'failed', error: asFerryError(error) })
  }
}

const CHANGED_TRIES = 3

/** What changed since it was listed, or while it was read, is copied as it is then; not for ever. */
async function copyAsItIs(
  listed: Source,
  target: ObjectPlace,
  options: CopyOptions,
): Promise<{ readonly source: Source; readonly info: ObjectInfo }> {
  let source = listed
  for (let triesLeft = CHANGED_TRIES; ; triesLeft--) {
    try {
      return { source, info: await copyObject(source, target, options) }
    } catch (error) {
      const hasChanged = error instanceof FerryError && error.code === 'SOURCE_CHANGED'
      if (!hasChanged || triesLeft === 1) throw error
      source = { ...listed, object: await listed.store.stat(listed.url.key, options) }
    }
  }
}

/** Another wrote it since we looked, so that the next look finds it. */
function isExisting(error: unknown, { skipExisting }: CopyObjectsOptions): boolean {
  return skipExisting && error instanceof FerryError && error.code === 'PRECONDITION_FAILED'
}

function targetOf(
  name: string,
  selection: Selection,
  plan: CopyPlan,
  { compress, decompress }: CopyObjectsOptions,
): ObjectUrl {
  if (!plan.intoFolder) return plan.target
  const isTree = plan.keepsTreeNames && selection.kind === 'tree' && selection.name !== ''
  let path = isTree ? `${selection.name}/${name}` : name
  if (compress !== undefined) path += COMPRESSED_SUFFIX[compress.compression]
  const suffix = decompress === undefined ? undefined : COMPRESSED_SUFFIX[decompress]
  if (suffix !== undefined && path.endsWith(suffix)) path = path.slice(0, -suffix.length)
  return joinObjectUrl(plan.target, path)
}

/** What the target has already, and why that will do; or undefined when the source is to be copied. */
async function findSame(
  source: Side,
  target: ObjectPlace,
  { skipExisting, skipUnchanged, signal }: CopyObjectsOptions,
): Promise<{ readonly info: ObjectInfo; readonly reason: string } | undefined> {
  if (!skipExisting && !skipUnchanged) return undefined
  let info: ObjectInfo
  try {
    info = await target.store.stat(target.url.key, { signal })
  } catch (error) {
    const code = error instanceof FerryError ? error.code : undefined
    if (code === 'OBJECT_NOT_FOUND') return undefined
    if (code === 'BUCKET_NOT_FOUND' && target.store.capabilities.implicitBucket) return undefined
    throw error
  }
  if (skipExisting) return { info, reason: 'exists' }
  const options = { signal, readsContent: false, isKnownChanged: false }
  const { same, by } = await compareObjects(source, { store: target.store, object: info }, options)
  return same ? { info, reason: `same ${by}` } : undefined
}

/** Only what is still the same as what was copied. */
async function removeSource({ store, url, object }: Source, signal: AbortSignal): Promise<void> {
  const now = await store.stat(url.key, { signal })
  if (now.etag !== object.etag) {
    const message = `\`${printObjectUrl(url)}\` changed while it was moved; it was copied and stays`
    throw new FerryError('SOURCE_CHANGED', message, { hint: 'move it again' })
  }
  const [outcome] = await store.remove([url.key], { signal })
  if (outcome !== undefined && !outcome.removed) throw outcome.error
}
