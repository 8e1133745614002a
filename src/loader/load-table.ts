import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { FerryError } from '../core/errors.ts'
import { tryFileLock } from '../core/file-lock.ts'
import type { Logger } from '../core/logger.ts'
import type { Relation, Session } from '../databases/dialect.ts'
import type { Engine } from '../databases/engine.ts'
import type { LedgerRow, LoadRequest, LoadWriter } from '../databases/loading.ts'
import type { LoadOutcome } from '../formats/load-receipt.ts'
import { asCsv } from './as-csv.ts'
import type { Delivery } from './delivery.ts'
import { loadingOf } from './loading-of.ts'
import { withPartsFolder } from './parts-folder.ts'
import { assertFewRejected } from './reject-limit.ts'
import { type LoadCounts, runPlan } from './run-plan.ts'
import { type PartSource, unpacked } from './open-part.ts'
import { type FittedColumns, fitColumns } from './schema-changes.ts'
import { designColumns, loadRequest, type TableSettings } from './load-request.ts'
import { sift } from './sift.ts'
import { stagedFiles, stageParts, type StageSettings } from './stage.ts'
import { deliveredSupply, siftedSupply, type Supply } from './supply.ts'
import { ensureLedger, forgetLoads, standingOf } from './warehouse-ledger.ts'

export interface LoadJob {
  readonly delivery: Delivery
  readonly target: Relation
  readonly settings: TableSettings
  readonly engine: Engine
  /** Of ferry.yaml. */
  readonly warehouse: string
  readonly open: () => Promise<Session>
  readonly source: PartSource
  /** Where files are put for a warehouse that fetches them itself. */
  readonly stage: StageSettings | undefined
  readonly signal: AbortSignal
  /** Of the project. */
  readonly directory: string
  readonly clock: Clock
  readonly logger: Logger
}

export interface Loaded {
  readonly outcome: LoadOutcome
  /** The table ends where the delivery does: nothing newer was loaded into it. */
  readonly isNewest: boolean
}

/**
 * Loads a delivery into its table: all of it, once, or nothing. The delivery's row in the ledger is
 * written in the same transaction, so neither a kill nor another try loads it twice. When the engine
 * refuses a file, its rows are sifted: those that do not fit are kept beside, the others loaded.
 * @throws FerryError DATA_INVALID (too many rejected, a count that is not the manifest's, a changed
 * schema), CONFIG_INVALID, BUSY (another process loads the table), UNSUPPORTED, and as engines do
 */
export async function loadTable(job: LoadJob): Promise<Loaded> {
  if (job.delivery.columns.length === 0) return nothingYet(job)
  const { delivery, directory, warehouse } = job
  const lockPath = join(directory, '.ferry', 'load', `${warehouse}.${delivery.table}.lock`)
  using lock = tryFileLock(lockPath)
  if (lock === undefined) {
    throw new FerryError('BUSY', `another process loads \`${delivery.table}\` just now`)
  }
  const { formats } = loadingOf(job.engine).advice
  return await withPartsFolder(directory, async folder => {
    const isRead = formats.includes(delivery.files.format)
    const readable = isRead ? delivery : await asCsv(delivery, job.source, folder)
    return await loadLocked({ ...job, delivery: readable }, folder)
  })
}

/** A source that never had a row: nobody knows what its table would look like. */
function nothingYet({ engine, target }: LoadJob): Loaded {
  const outcome: LoadOutcome = {
    state: 'empty',
    relation: engine.sql.relation(target),
    strategy: 'replace',
    rows: { in: 0, out: 0, filtered: 0, rejected: 0 },
    changes: {},
    columns: { added: [], changed: [], dropped: [] },
    rejectedFile: null,
  }
  return { outcome, isNewest: true }
}

async function loadLocked(job: LoadJob, folder: string): Promise<Loaded> {
  const { engine } = job
  const loading = loadingOf(engine)
  await using session = await job.open()
  await ensureLedger(session, engine, loading)
  const present = await engine.introspect.kind(session, job.target)
  const fitted = await fit(job, session, present)
  const request = loadRequest({ ...job, columns: fitted, present, loading })
  const unchanged = await settled(job, session, request.ledger, present)
  if (unchanged !== undefined) return outcomeOf(job, request, fitted, unchanged)
  return await loadNow({ ...job, session, loading, fitted, request, folder })
}

/** What is said of a load that there is nothing to do for; undefined when there is. */
async function settled(
  { delivery, engine, target }: LoadJob,
  session: Session,
  row: LedgerRow,
  present: 'table' | 'view' | undefined,
): Promise<Fared | undefined> {
  const standing = await standingOf(session, engine, row)
  if (present !== undefined && standing.state === 'already')
    return alreadyLoaded(delivery, standing)
  if (present !== undefined && standing.state === 'older') return { state: 'older' }
  if (present === undefined) {
    if (delivery.needsBase) {
      throw new FerryError(
        'DATA_INVALID',
        `the delivery of \`${delivery.table}\` holds changes, and there is no table \`${engine.sql.relation(target)}\` that they are of`,
        { hint: `have all rows delivered: ferry mirror ${delivery.table} --full` },
      )
    }
    await forgetLoads(session, engine, delivery.table)
  }
  return undefined
}

async function fit(
  { delivery, engine, target, settings }: LoadJob,
  session: Session,
  present: 'table' | 'view' | undefined,
): Promise<FittedColumns> {
  const wanted = designColumns(delivery, settings)
  const found = present === undefined ? [] : await engine.introspect.columns(session, target)
  if (present === undefined) {
    return { columns: wanted, adds: [], report: { added: [], changed: [], dropped: [] } }
  }
  return fitColumns(
    wanted,
    { columns: found ?? [], types: engine.types },
    settings.on_schema_change,
  )
}

interface Loading extends LoadJob {
  readonly session: Session
  readonly loading: LoadWriter
  readonly fitted: FittedColumns
  readonly request: LoadRequest
  readonly folder: string
}

async function loadNow(job: Loading): Promise<Loaded> {
  const { delivery, source, folder, request, fitted, session, engine } = job
  const isStaged = job.loading.advice.takes === 'url'
  if ((isStaged || isNarrowed(delivery, request)) && delivery.files.format === 'csv') {
    return await loadSifted(job)
  }
  try {
    const counts = await attempt(job, deliveredSupply(delivery, source, folder))
    return outcomeOf(job, request, fitted, { state: 'loaded', counts })
  } catch (error) {
    if (!(error instanceof FerryError)) throw error
    if (REFUSALS.has(error.code) && delivery.files.format === 'csv') return loadSifted(job, error)
    // Another one may have loaded it, or the answer to our COMMIT was lost.
    if (error.code !== 'TRANSIENT') throw error
    const standing = await standingOf(session, engine, request.ledger).catch(() => undefined)
    if (standing?.state !== 'already') throw error
    return outcomeOf(job, request, fitted, alreadyLoaded(delivery, standing))
  }
}

/**
 * Whether a column is to have another type than it was delivered with. Engines round `1.239` to fit
 * a decimal of two digits, and `1.5` an integer: then each value is looked at first.
 */
function isNarrowed({ columns }: Delivery, { design }: LoadRequest): boolean {
  const types = new Map(design.columns.map(column => [column.name, JSON.stringify(column.type)]))
  return columns.some(({ name, type }) => {
    const wanted = types.get(name)
    return wanted !== undefined && wanted !== JSON.stringify(type)
  })
}

/** What an engine says of a file that it does not take, among other things. */
const REFUSALS: ReadonlySet<string> = new Set(['SQL_INVALID', 'DATA_INVALID'])

/** Rows that an engine's reader may have to be told of. */
const LONG_ROW_BYTES = 1_000_000

async function loadSifted(job: Loading, refusal?: FerryError): Promise<Loaded> {
  const { delivery, request, fitted, source, folder, loading, directory, stage, signal } = job
  const inFile = rejectedFileOf(delivery)
  const types = new Map(request.design.columns.map(column => [column.name, column]))
  const columns = delivery.columns.map(column => types.get(column.name) ?? column)
  const sifted = await sift(delivery.parts, {
    columns,
    notNull: request.design.key,
    fit: (type, text) => loading.fit(type, text, stage?.identity),
    open: part => unpacked(source, part, delivery.files.compression),
    folder,
    ...(stage === undefined || loading.advice.takes !== 'url'
      ? {}
      : {
          spread: request.files.parts.length,
          nullText: loading.advice.nullText,
        }),
    rejectedFile: join(directory, inFile),
  })
  if (sifted.rejected === 0) await rm(join(directory, inFile), { force: true })
  const isOther = sifted.respelled > 0 || sifted.longestRowBytes > LONG_ROW_BYTES
  if (refusal !== undefined && sifted.rejected === 0 && !isOther) throw refusal
  assertFewRejected(sifted, job, inFile)
  const counts = await attemptSifted()
  const rejectedFile = sifted.rejected === 0 ? null : inFile
  const { rejected } = sifted
  return outcomeOf(job, request, fitted, { state: 'loaded', counts, rejected, rejectedFile })

  async function attemptSifted(): Promise<LoadCounts> {
    if (stage === undefined || loading.advice.takes !== 'url') {
      return await attempt(job, siftedSupply(columns, sifted))
    }
    const files = stagedFiles(delivery, columns, sifted.files, stage)
    await using staged = await stageParts(files, sifted, { source, signal, logger: job.logger })
    return await attempt(job, staged)
  }
}

const rejectedFileOf = ({ date, table }: Delivery): string =>
  `results/${date}/rejected/load/${table}.csv.zst`

/** By an earlier try, which kept apart what the ledger's rows are fewer by. */
function alreadyLoaded(
  delivery: Delivery,
  { rows, isNewest }: { readonly rows: number; readonly isNewest: boolean },
): Fared {
  const rejected = delivery.rows === undefined ? 0 : Math.max(0, delivery.rows - rows)
  const rejectedFile = rejected === 0 ? null : rejectedFileOf(delivery)
  return { state: 'already', counts: { staged: rows }, rejected, rejectedFile, isNewest }
}

async function attempt(job: Loading, supply: Supply): Promise<LoadCounts> {
  const { session, loading, request, delivery } = job
  const ledger = { ...request.ledger, rows: supply.expectedRows ?? 0 }
  const plan = loading.plan({ ...request, files: supply.files, ledger })
  return runPlan(plan, {
    session,
    loading,
    rows: supply.rows,
    fetch: supply.fetch,
    onStatement: line => job.logger.debug(`${delivery.table}: ${line}`),
    onStaged(staged) {
      const { expectedRows } = supply
      if (expectedRows === undefined || staged === expectedRows) return
      throw new FerryError(
        'DATA_INVALID',
        `${staged} rows of \`${delivery.table}\` arrived, and its manifest says ${expectedRows}`,
        { hint: 'the table is as it was; have its writer write the parts again' },
      )
    },
  })
}

interface Fared {
  readonly state: LoadOutcome['state']
  readonly counts?: LoadCounts
  readonly rejected?: number
  readonly rejectedFile?: string | null
  readonly isNewest?: boolean
}

function outcomeOf(
  { delivery, engine, target }: LoadJob,
  { strategy }: LoadRequest,
  fitted: FittedColumns,
  { state, counts = {}, rejected = 0, rejectedFile = null, isNewest }: Fared,
): Loaded {
  const given = delivery.rows ?? (counts.staged ?? 0) + rejected
  const filtered = state === 'older' ? given : (counts.superseded ?? 0)
  const outcome: LoadOutcome = {
    state,
    relation: engine.sql.relation(target),
    strategy,
    rows: { in: given, out: given - filtered - rejected, filtered, rejected },
    changes: { written: counts.written, updated: counts.updated, deleted: counts.deleted },
    tableRows: counts.tableRows,
    columns: {
      added: [...fitted.report.added],
      changed: [...fitted.report.changed],
      dropped: [...fitted.report.dropped],
    },
    rejectedFile,
  }
  return { outcome, isNewest: isNewest ?? state === 'loaded' }
}
