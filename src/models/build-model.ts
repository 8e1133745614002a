import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { FerryError } from '../core/errors.ts'
import { tryFileLock } from '../core/file-lock.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import type { Dialect, Session } from '../databases/dialect.ts'
import { parseCalendarRule } from '../formats/calendar-rule.ts'
import type { CheckResult, ModelReceipt } from '../formats/model-receipt.ts'
import type { Model, ModelProject, ReadingModel } from './model.ts'
import { configuredSchema, relationOf } from './model.ts'
import type { ModelRun, Published } from './model-run.ts'
import { publishAppend } from './publish-append.ts'
import { publishIncremental } from './publish-incremental.ts'
import { publishTable } from './publish-table.ts'
import { publishView } from './publish-view.ts'
import { receiptFiles } from './receipt.ts'
import { type QuerySettings, renderQuery } from './render-query.ts'
import { writeResult } from './write-result.ts'

export interface BuildOptions {
  readonly project: ModelProject
  /** By name: the model and those that it reads. */
  readonly known: ReadonlyMap<string, Model>
  readonly date: LogicalDate
  readonly variables: Readonly<Record<string, unknown>>
  readonly isForced: boolean
  readonly isFull: boolean
  readonly keepsBuild: boolean
  readonly clock: Clock
  readonly dialect: Dialect
  /** Opens a session on the model's warehouse; called at most once. */
  readonly open: () => Promise<Session>
}

/** How a model fared. */
export interface Built {
  readonly receipt: ModelReceipt
  /** For people: what happened, when it is not the usual. */
  readonly note: string | undefined
}

/**
 * Builds, checks and publishes a model and writes its result file and, last, its receipt. A model
 * whose schedule does not name the night is skipped and counts as done. Whatever fails leaves the
 * record of the failure beside the receipt. Killed at any moment, it can be run again.
 * @throws FerryError BUSY when another process builds the same model, and what publishing throws
 */
export async function buildModel(model: ReadingModel, options: BuildOptions): Promise<Built> {
  const { project, clock, date } = options
  const files = receiptFiles(project.directory, date, model.name)
  using lock = tryFileLock(join(project.directory, '.ferry', `model-${model.name}.lock`))
  if (lock === undefined) {
    throw new FerryError('BUSY', `another process builds \`${model.name}\` just now`)
  }
  const startedAt = clock.now()
  try {
    await files.clear()
    const built = skip(model, options, startedAt) ?? (await publish(model, options, startedAt))
    await files.writeReceipt(built.receipt)
    return built
  } catch (error) {
    await files.writeFailure(error, clock.now())
    throw error
  }
}

function skip(
  model: ReadingModel,
  { project, date, isForced, clock }: BuildOptions,
  startedAt: Date,
): Built | undefined {
  const { schedule } = model.header
  const rule = schedule === undefined || isForced ? undefined : parseCalendarRule(schedule)
  if (rule === undefined || rule.matches(date)) return undefined
  const next = rule.nextAfter(date) ?? null
  const receipt: ModelReceipt = {
    ...receiptHead(model, date),
    state: 'skipped',
    relation: relationName(model, configuredSchema(model.warehouse, project)),
    rows: null,
    columns: [],
    checks: [],
    result: null,
    started_at: startedAt.toISOString(),
    finished_at: clock.now().toISOString(),
    next_date: next,
  }
  const when = next === null ? 'it will not run again' : `next on ${next}`
  return { receipt, note: `not on ${date} (schedule ${schedule}); ${when}` }
}

async function publish(
  model: ReadingModel,
  options: BuildOptions,
  startedAt: Date,
): Promise<Built> {
  const { project, dialect, clock, date } = options
  await using session = await options.open()
  const settings = await querySettings(model, options, session)
  const live = relationOf(model, project, settings.defaultSchema)
  if (live.schema !== undefined && live.schema !== settings.defaultSchema) {
    await session.execute(dialect.sql.createSchema(live.schema))
  }
  const run: ModelRun = {
    model,
    date,
    dialect,
    session,
    live,
    was: await dialect.introspect.kind(session, live),
    isForced: options.isForced,
    isFull: options.isFull,
    keepsBuild: options.keepsBuild,
    render: since => renderQuery(model, { ...settings, since }),
    checked: from => ({ sql: dialect.sql, from, date, related: settings.related }),
  }
  const published = await PUBLISHERS[model.header.materialize](run)
  const format = model.header.result
  const { directory } = project
  const result =
    format === undefined ? undefined : await writeResult(run, published, { directory, format })
  const receipt: ModelReceipt = {
    ...receiptHead(model, date),
    state: 'published',
    relation: relationName(model, live.schema),
    rows: published.rows ?? result?.rows ?? null,
    columns: published.columns,
    checks: published.checks satisfies readonly CheckResult[],
    result: result?.file ?? null,
    started_at: startedAt.toISOString(),
    finished_at: clock.now().toISOString(),
    next_date: null,
  }
  return { receipt, note: published.note }
}

const PUBLISHERS: Readonly<
  Record<ReadingModel['header']['materialize'], (run: ModelRun) => Promise<Published>>
> = {
  table: publishTable,
  view: publishView,
  incremental: publishIncremental,
  append: publishAppend,
}

/** The model's query as it would be sent tonight, for --dry-run. Nothing is changed. */
export async function previewModel(model: ReadingModel, options: BuildOptions): Promise<string> {
  await using session = await options.open()
  const settings = await querySettings(model, options, session)
  return (await renderQuery(model, { ...settings, since: null })).text
}

async function querySettings(
  model: ReadingModel,
  { project, known, date, variables, dialect }: BuildOptions,
  session: Session,
): Promise<Omit<QuerySettings, 'since'> & { defaultSchema: string }> {
  const defaultSchema = await dialect.introspect.defaultSchema(session)
  const refer = (name: string): string => {
    const other = known.get(name) ?? { name, warehouse: model.warehouse }
    return dialect.sql.relation(relationOf(other, project, defaultSchema))
  }
  const source = (schema: string, name: string): string => dialect.sql.relation({ schema, name })
  return {
    project,
    dialect,
    date,
    variables,
    defaultSchema,
    refer,
    source,
    related(to) {
      const dot = to.indexOf('.')
      return dot === -1 ? refer(to) : source(to.slice(0, dot), to.slice(dot + 1))
    },
  }
}

const receiptHead = (model: ReadingModel, date: LogicalDate) => ({
  version: 1 as const,
  model: model.name,
  date,
  warehouse: model.warehouse,
  materialize: model.header.materialize,
  description: model.header.description ?? null,
  owner: model.header.owner ?? null,
})

const relationName = ({ name }: Model, schema: string | undefined): string =>
  schema === undefined ? name : `${schema}.${name}`
