import { homedir } from 'node:os'
import { join } from 'node:path'
import { ByteBudget } from '../core/byte-budget.ts'
import { FerryError } from '../core/errors.ts'
import { parseBytes } from '../core/units.ts'
import { asFolder, type ObjectUrl } from '../formats/object-url.ts'
import { type Compression, MOST_LEVEL, type Packing } from '../formats/compression.ts'
import type { CopyObjectsOptions, CopyPlan } from '../objects/copy-objects.ts'
import { nameFilter } from '../objects/name-filter.ts'
import type { OutcomeReport } from '../objects/outcome-report.ts'
import { createStorePool, type StorePool } from '../objects/store-pool.ts'
import { TransferJournals } from '../objects/transfer-journals.ts'
import { batchReport } from './batch-report.ts'
import { type CommandContext, flag, integer, type Invocation, list, text } from './command.ts'
import { findProject } from './project.ts'

/** Options of every command that moves bytes. */
export const batchOptions = {
  include: list('PATTERN', 'only what matches one of these'),
  exclude: list('PATTERN', 'nothing that matches one of these'),
  'dry-run': flag('print what would be copied', { short: 'n' }),
  jobs: integer('N', 'objects under way at once (default 16)', { short: 'j' }),
  'part-size': text('SIZE', 'of the parts of large objects, such as 16MiB (default 8MiB)'),
  json: flag('print a line of JSON for each object'),
  verbose: flag('print a line for each object', { short: 'v' }),
}

/** Options of commands that copy what they are told by name. */
export const transferOptions = {
  recursive: flag('everything below a folder', { short: 'r' }),
  prefix: flag('everything whose key starts like this, wherever it ends'),
  'skip-existing': flag('leave out what the target has already, whatever is in it'),
  ...batchOptions,
}

/** Options of what is stored in a cloud. */
export const storageOptions = {
  'content-type': text('TYPE', 'what the object says that it is'),
  metadata: list('KEY=VALUE', 'kept with the object'),
  'storage-class': text('CLASS', 'storage class (S3, Google) or access tier (Azure)'),
}

type BatchInvocation = Invocation<typeof batchOptions>
type StorageInvocation = Invocation<typeof storageOptions>

const JOBS = 16
/** Parts of one object under way at once. */
const PARALLEL = 4
/** Of all parts under way: with Node and an SDK, below 200 MB in all. */
const BUDGET_BYTES = 67_108_864

export interface TransferSetup {
  readonly report: OutcomeReport
  readonly options: Omit<
    CopyObjectsOptions,
    'action' | 'put' | 'compress' | 'decompress' | 'skipExisting'
  >
}

/** Everything that a command which copies objects needs, from its options. @throws FerryError USAGE */
export function transferSetup(
  { options, context }: BatchInvocation,
  pool: StorePool,
): TransferSetup {
  const { report, progress } = batchReport(context, options)
  return {
    report,
    options: {
      pool,
      filter: nameFilter(options.include, options.exclude),
      signal: context.signal,
      jobs: positive('jobs', options.jobs) ?? JOBS,
      parallel: PARALLEL,
      partBytes: sizeOption('part-size', options['part-size']),
      budget: new ByteBudget(BUDGET_BYTES),
      skipUnchanged: false,
      dryRun: options['dry-run'],
      journals: new TransferJournals(join(stateDirectory(context), 'transfers')),
      onOutcome: outcome => report.add(outcome),
      onBytes: bytes => void (progress.bytes += bytes),
      onFound: object => progress.found(object?.size),
    },
  }
}

/** Opens stores with the environment of the command. */
export function storePool({ environment, logger }: CommandContext): StorePool {
  return createStorePool({ environment, logger })
}

/** What `put` is told besides the bytes. @throws FerryError USAGE */
export function storageSettings({ options }: StorageInvocation): CopyObjectsOptions['put'] {
  const metadata = Object.fromEntries(
    options.metadata.map(given => {
      const [, name, value] = /^([A-Za-z][A-Za-z0-9_]*)=(.*)$/s.exec(given) ?? []
      if (name !== undefined && value !== undefined) return [name.toLowerCase(), value]
      throw new FerryError('USAGE', `--metadata takes KEY=VALUE, not \`${given}\``, {
        hint: 'a key is of letters, digits and _, and starts with a letter',
      })
    }),
  )
  return {
    contentType: options['content-type'],
    storageClass: options['storage-class'],
    metadata: options.metadata.length === 0 ? undefined : metadata,
  }
}

/** One of `--gzip` and `--zstd`. @throws FerryError USAGE */
export function compressionOption(options: {
  readonly gzip: boolean
  readonly zstd: boolean
}): Compression | undefined {
  if (options.gzip && options.zstd) throw new FerryError('USAGE', 'one of --gzip and --zstd')
  if (options.gzip) return 'gzip'
  return options.zstd ? 'zstd' : undefined
}

/** How to compress, if at all. @throws FerryError USAGE */
export function packingOption(options: {
  readonly gzip: boolean
  readonly zstd: boolean
  readonly level: number | undefined
}): Packing | undefined {
  const compression = compressionOption(options)
  const { level } = options
  if (compression === undefined) {
    if (level === undefined) return undefined
    throw new FerryError('USAGE', '--level goes with --gzip or --zstd')
  }
  const most = MOST_LEVEL[compression]
  if (level === undefined || (level >= 1 && level <= most)) return { compression, level }
  throw new FerryError('USAGE', `--level is from 1 to ${most} with --${compression}, not ${level}`)
}

/**
 * How sources come to a target: into a folder where it is one (by its `/`, or because it is there),
 * or where there can be more than one.
 */
export function copyPlan(
  selections: CopyPlan['selections'],
  target: ObjectUrl,
  isFolder: boolean,
): CopyPlan {
  const intoFolder = isFolder || selections.length > 1 || selections[0]?.kind !== 'one'
  const place = intoFolder ? asFolder(target) : target
  return { selections, target: place, intoFolder, keepsTreeNames: selections.length > 1 }
}

export function positive(name: string, value: number | undefined): number | undefined {
  if (value !== 0) return value
  throw new FerryError('USAGE', `--${name} must be at least 1`)
}

function sizeOption(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const bytes = parseBytes(given)
  if (bytes !== undefined && bytes > 0) return bytes
  throw new FerryError('USAGE', `--${name} takes a size such as 16MiB, not \`${given}\``)
}

/** Where what lasts from one command to the next is kept: in the project, or with the user's caches. */
export function stateDirectory({ directory, environment }: CommandContext): string {
  const project = findProject(directory)
  if (project !== undefined) return join(project, '.ferry')
  const cache = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return join(cache, 'ferry')
}
