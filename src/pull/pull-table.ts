import { join } from 'node:path'
import { FerryError } from '../core/errors.ts'
import { tryFileLock } from '../core/file-lock.ts'
import { asFolder, joinObjectUrl, type ObjectUrl, parseObjectUrl } from '../formats/object-url.ts'
import { openStore } from '../stores/open-store.ts'
import { TableSchema } from './columns/table-schema.ts'
import { deliver, type Delivered, type EdgeWatch, manifestPath } from './delivery/deliver.ts'
import { stateFolder, writeOwnEdge } from './edge.ts'
import type { PullContext } from './pull-context.ts'
import { Landing } from './rows/landing.ts'
import type { RowSink } from './rows/row-sink.ts'
import { sweepLeftovers } from './rows/sweep-leftovers.ts'
import type { TablePlan } from './table-plan.ts'
import { dateValues, fillIn } from './template.ts'

/** One way to get at the rows of a table. */
export interface TableReader {
  /** All values are text, whose kinds are told from their spelling. */
  readonly isText: boolean
  readonly mode: 'full' | 'incremental' | 'append'
  readonly rows: 'all' | 'changes'
  /** Where the rows begin; null for the beginning. */
  readonly from: string | null
  readonly edge: EdgeWatch
  read(sink: RowSink): Promise<void>
}

export interface LandingPlace {
  /** Where the rows wait, if not beside the table's manifest. */
  readonly folder?: string
  /** No more rows than these are wanted. */
  readonly most?: number | undefined
}

/** Opens the landing of a table, with the columns that are known of it. */
export async function openLanding(
  { name, key, config }: TablePlan,
  isText: boolean,
  context: PullContext,
  { folder, most }: LandingPlace = {},
): Promise<Landing> {
  const path =
    folder === undefined ? manifestPath(context.project, context.date, name) : join(folder, name)
  await sweepLeftovers(path)
  const declared = new Map(Object.entries(config.columns ?? {}))
  const options = { declared, isFixed: config.widen === false, isText, key }
  const schema = await TableSchema.read(schemaPath(context.project, name), options)
  return Landing.open({ path, key, schema, most })
}

const schemaPath = (project: string, name: string): string =>
  join(stateFolder(project), `${name}.schema.json`)

/**
 * Pulls one table: all its rows land first, then they are delivered. Two pulls of one table at once
 * would write the same files: the second is BUSY. @throws FerryError
 */
export async function pullTable(
  plan: TablePlan,
  reader: TableReader,
  takenAt: Date,
  context: PullContext,
): Promise<Delivered> {
  using _lock = lockTable(plan.name, context)
  await using landing = await openLanding(plan, reader.isText, context)
  await reader.read(landing)
  return await deliverTable(plan, { reader, landing, takenAt }, context)
}

/** Held while a table, or a source as a whole, is pulled. @throws FerryError BUSY */
export function lockTable(name: string, { project }: PullContext): Disposable {
  const lock = tryFileLock(join(stateFolder(project), `${name}.lock`))
  if (lock !== undefined) return lock
  throw new FerryError('BUSY', `\`${name}\` is being pulled by another process`, {
    hint: 'wait for it to end',
  })
}

export interface Landed {
  readonly reader: Omit<TableReader, 'read'>
  readonly landing: Landing
  readonly takenAt: Date
}

/** Delivers what has landed, and keeps what was found out about its columns. */
export async function deliverTable(
  plan: TablePlan,
  { reader, landing, takenAt }: Landed,
  context: PullContext,
): Promise<Delivered> {
  const { source, table, name, key, config } = plan
  const { project, date, environment, logger, signal } = context
  const { isText, mode, rows, from, edge } = reader
  assertMode(plan, mode)
  await landing.schema.keep(schemaPath(project, name))
  const folder = await partsFolder(plan, context)
  await using store = await openStore(folder, { environment, logger })
  const delivered = await deliver(
    landing,
    {
      source,
      table,
      key,
      date,
      mode,
      rows,
      from,
      isText,
      takenAt,
      edge,
      maxRejected: config.max_rejected ?? { rows: 0 },
    },
    {
      project,
      parts: { store, folder, compression: config.compress, partBytes: config.part, signal },
    },
  )
  if (config.advance === 'pull' && delivered.to !== null) {
    await writeOwnEdge(project, name, delivered.to)
  }
  return delivered
}

/** Where a table's parts of a night are, and nothing else. */
async function partsFolder(
  { config, name }: TablePlan,
  { project, date, locate }: PullContext,
): Promise<ObjectUrl> {
  const { target } = config
  if (target === undefined) {
    return asFolder(parseObjectUrl(`${manifestPath(project, date, name)}.parts/`, project))
  }
  const base = await locate(fillIn(target, dateValues(date)) ?? target)
  return joinObjectUrl(asFolder(base), `${name}/${date}/`)
}

function assertMode({ name, key }: TablePlan, mode: TableReader['mode']): void {
  if (mode !== 'incremental' || key.length > 0) return
  throw new FerryError('CONFIG_INVALID', `\`pull.${name}\` is incremental, and has no key`, {
    hint: 'set key: to the column that tells one row from all others, or mode: append',
  })
}
