import { rm } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { join } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { temporaryName } from '../../core/temporary-name.ts'
import { MergedEntries } from './merged-entries.ts'
import type { PartialCounts, PartialTotals } from './partial-format.ts'
import { PartialReader } from './partial-reader.ts'
import type { Reduction } from './reduction.ts'
import { type ResultRow, RowBuilder } from './result-rows.ts'
import { writeEntries } from './write-entries.ts'

/** Files that are read at once; of more, that many are merged into one first. */
const FAN_IN = 64
const ENTRIES_A_TURN = 10_000

export interface MergeOptions {
  /** For files between, where partial results are more than can be read at once. */
  readonly directory: string
  readonly signal?: AbortSignal | undefined
}

/**
 * The rows of the result, in the order of their keys: groups without a value first, then texts by their
 * bytes, numbers and times ascending. It takes as much memory for a thousand partial results as for one.
 * @throws FerryError DATA_INVALID for a partial result that is damaged or of another reduction, which
 *   may be found only after rows have come: what was made of them is then to be thrown away
 */
export async function* mergePartials(
  reduction: Reduction,
  partials: readonly string[],
  { directory, signal }: MergeOptions,
): AsyncGenerator<ResultRow> {
  await using few = await makeFew(reduction, partials, { directory, signal })
  using readers = new Readers(reduction, few.paths)
  const entries = new MergedEntries(reduction.plan, readers.all)
  const rows = new RowBuilder(reduction)
  for (let count = 1; entries.next(); count++) {
    const row = rows.take(entries)
    if (row !== undefined) yield row
    if (count % ENTRIES_A_TURN !== 0) continue
    await setImmediate()
    signal?.throwIfAborted()
  }
  const last = rows.finish()
  if (last !== undefined) yield last
}

/**
 * Merges partial results into one, which is byte for byte what one reducer would have written of all
 * their records. @throws as mergePartials; there is then no file
 */
export async function combinePartials(
  reduction: Reduction,
  partials: readonly string[],
  path: string,
  options: MergeOptions & {
    /** Records that the partial results do not count. */
    readonly counts?: PartialCounts
  },
): Promise<PartialTotals> {
  await using few = await makeFew(reduction, partials, options)
  using readers = new Readers(reduction, few.paths)
  const counts = [...readers.all.map(({ totals }) => totals), options.counts ?? NONE]
  return await writeEntries(
    path,
    {
      reduction,
      entries: new MergedEntries(reduction.plan, readers.all),
      counts: {
        records: counts.reduce((sum, { records }) => sum + records, 0),
        filtered: counts.reduce((sum, { filtered }) => sum + filtered, 0),
      },
    },
    options.signal,
  )
}

const NONE: PartialCounts = { records: 0, filtered: 0 }

/** Readers that are closed together. */
class Readers {
  readonly all: PartialReader[] = []

  constructor(reduction: Reduction, paths: readonly string[]) {
    try {
      for (const path of paths) this.all.push(new PartialReader(path, reduction))
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  [Symbol.dispose](): void {
    for (const reader of this.all) reader.close()
  }
}

/** At most FAN_IN files with the same in them; those that were made for it are removed at the end. */
async function makeFew(
  reduction: Reduction,
  partials: readonly string[],
  { directory, signal }: MergeOptions,
): Promise<{ readonly paths: readonly string[] } & AsyncDisposable> {
  if (new Set(partials).size < partials.length) {
    throw new FerryError('USAGE', 'a partial result is given twice', {
      details: { twice: partials.filter((path, at) => partials.indexOf(path) !== at) },
    })
  }
  const made: string[] = []
  const removeMade = async (): Promise<void> => {
    for (const path of made) await rm(path, { force: true })
  }
  let paths = [...partials]
  try {
    while (paths.length > FAN_IN) {
      const merged = temporaryName(join(directory, `${reduction.name}.merged`))
      made.push(merged)
      const taken = paths.splice(0, FAN_IN)
      await combinePartials(reduction, taken, merged, { directory, signal })
      paths = [...paths, merged]
    }
  } catch (error) {
    await removeMade()
    throw error
  }
  return { paths, [Symbol.asyncDispose]: removeMade }
}
