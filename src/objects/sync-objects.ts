import { FerryError } from '../core/errors.ts'
import { forEachParallel } from '../core/for-each-parallel.ts'
import { joinObjectUrl, type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ObjectInfo } from '../stores/store.ts'
import { assertApart } from './assert-apart.ts'
import { compareObjects, type Comparison } from './compare-objects.ts'
import { copyObject, type CopyOptions, WAITING_FOR_DISK } from './copy-object.ts'
import { findAhead } from './find-ahead.ts'
import type { NameFilter } from './name-filter.ts'
import { asFerryError, type Outcome } from './outcome.ts'
import type { StorePool } from './store-pool.ts'
import { type Planned, type PlannedName, planSync, type SyncSides } from './sync-plan.ts'
import type { SyncRecord } from './sync-record.ts'
import { removeExtra } from './sync-removals.ts'

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
  /** The same for what was left alone, which is most of most syncs: told only who asks. */
  readonly onSkipped: (describe: () => Outcome) => void
  /** Told of each object that is found, some way ahead of its copy; and, without one, of the end. */
  readonly onFound: (object?: ObjectInfo) => void
}

/** What is worth a word at the end. */
export interface SyncSummary {
  /** Objects that were left alone because of their times and nothing else. */
  readonly sameByTime: number
}

/** A file that was changed this short ago may be changed again without a new time. */
const TOO_FRESH_MS = 2_000

/**
 * Makes the target hold what the source does. Both are listed as sorted streams and merged, so the
 * memory does not grow with the number of objects. Removals come last, and only if all before them
 * went well: a source that could not be read must not look like one that was emptied.
 */
export async function syncObjects(options: SyncOptions): Promise<SyncSummary> {
  const { source, target, pool, jobs, deletes } = options
  const sides: SyncSides = {
    source: { store: await pool.open(source), url: source },
    target: { store: await pool.open(target), url: target },
  }
  assertApart(sides)
  const run = new SyncRun(options, sides)
  const counts = { source: 0, extra: 0 }
  const toDo = findAhead(run.settled(planSync(sides, options, counts)))
  const copy = (planned: PlannedName, onRead: () => void) => run.copy(planned, deletes, onRead)
  await forEachParallel(toDo, jobs, copy, WAITING_FOR_DISK)
  if (counts.source === 0 && run.failures === 0 && source.key !== '') run.failEmpty()
  if (deletes && counts.extra > 0) {
    const reason = counts.source === 0 ? 'the source is empty' : undefined
    if (run.failures > 0) skipRemovals(options, `${run.failures} before it failed`)
    else if (reason !== undefined) skipRemovals(options, reason)
    else await removeExtra({ ...options, extra: counts.extra }, sides)
  }
  await forEachParallel(run.blocked, jobs, planned => run.copy(planned, false))
  return run
}

/** The copies of one sync, and what came of them. */
class SyncRun implements SyncSummary {
  failures = 0
  sameByTime = 0
  /** What something that is to be removed is in the way of: a file where a folder was, or the reverse. */
  readonly blocked: PlannedName[] = []
  readonly #options: SyncOptions
  readonly #sides: SyncSides

  constructor(options: SyncOptions, sides: SyncSides) {
    this.#options = options
    this.#sides = sides
  }

  /** Tells of what needs no work at once, and leaves the rest: most names of most syncs end here. */
  async *settled(pages: AsyncIterable<readonly Planned[]>): AsyncGenerator<PlannedName> {
    for await (const page of pages) {
      for (const planned of page) {
        if (planned.kind !== 'failure') this.#options.onFound(planned.source)
        if (planned.kind === 'failure') this.#failListing(planned)
        else if (planned.kind === 'name') yield planned
        else this.#skip(planned, SETTLED[planned.kind])
      }
    }
    this.#options.onFound()
  }

  async copy(planned: PlannedName, waitsForRemovals: boolean, onRead?: () => void): Promise<void> {
    const { signal, dryRun, copy, onOutcome } = this.#options
    const { source, target } = this.#sides
    const { name, source: object } = planned
    try {
      const verdict = await this.#compare(planned)
      if (verdict?.same === true) {
        if (verdict.by === 'time') this.sameByTime++
        else this.#note(planned, planned.target)
        this.#skip(planned, `same size and ${verdict.by}`)
        return
      }
      const reason = verdict === undefined ? 'new' : `other ${OTHER[verdict.by]}`
      const named = { ...this.#named(planned), reason }
      if (dryRun) {
        onOutcome({ ...named, status: 'planned' })
        return
      }
      const from = { store: source.store, url: { ...source.url, key: object.key }, object }
      const to = { store: target.store, url: joinObjectUrl(target.url, name) }
      this.#note(planned, await copyObject(from, to, { ...copy, signal, onRead }))
      onOutcome({ ...named, status: 'done' })
    } catch (error) {
      signal.throwIfAborted()
      if (waitsForRemovals && isInTheWay(error)) this.blocked.push(planned)
      else this.#fail({ ...this.#named(planned), error: asFerryError(error) })
    }
  }

  /** A prefix that nothing has is more often a wrong name than a wish to copy nothing. */
  failEmpty(): void {
    const source = printObjectUrl(this.#options.source)
    const error = new FerryError('INPUT_MISSING', `nothing is in \`${source}\``, {
      hint: 'ferry ls shows what is there',
    })
    this.#fail({ action: 'copy', source, error })
  }

  async #compare(planned: PlannedName): Promise<Comparison | undefined> {
    const { source, target } = this.#sides
    if (planned.target === undefined) return undefined
    return compareObjects(
      { store: source.store, object: planned.source },
      { store: target.store, object: planned.target },
      {
        signal: this.#options.signal,
        readsContent: this.#options.readsContent,
        isKnownChanged: planned.recorded === 'other',
      },
    )
  }

  #note({ name, source }: PlannedName, target: { readonly etag: string } | undefined): void {
    const { record, now } = this.#options
    if (target === undefined || now() - source.modifiedAt.getTime() < TOO_FRESH_MS) return
    record?.note(name, source.etag, target.etag)
  }

  #named({ name, source }: PlannedName): Pick<Outcome, 'action' | 'source' | 'target' | 'bytes'> & {
    readonly action: 'copy'
  } {
    return {
      action: 'copy',
      source: printObjectUrl({ ...this.#options.source, key: source.key }),
      target: printObjectUrl(joinObjectUrl(this.#options.target, name)),
      bytes: source.size,
    }
  }

  #skip(planned: PlannedName, reason: string): void {
    this.#options.onSkipped(() => ({ ...this.#named(planned), status: 'skipped', reason }))
  }

  #failListing({ side, key, error }: Extract<Planned, { kind: 'failure' }>): void {
    const source = printObjectUrl({ ...this.#options[side], key })
    this.#fail({ action: 'copy', source, error: asFerryError(error) })
  }

  #fail(outcome: Omit<Outcome, 'status'>): void {
    this.failures++
    this.#options.onOutcome({ ...outcome, status: 'failed' })
  }
}

const SETTLED = {
  unchanged: 'unchanged since the last sync',
  folder: 'stands for a folder',
} as const

const OTHER: Readonly<Record<Comparison['by'], string>> = {
  size: 'size',
  checksum: 'checksum',
  content: 'content',
  time: 'time',
  nothing: 'content, as far as anybody knows',
}

function isInTheWay(error: unknown): boolean {
  return error instanceof FerryError && error.details['isInTheWay'] === true
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
