import { ByteBudget } from '../core/byte-budget.ts'
import { FerryError } from '../core/errors.ts'
import type { SqlWriter } from '../databases/dialect.ts'
import type { RowsQuery, SnapshotReader } from '../databases/source.ts'
import type { TableManifest } from '../formats/table-manifest.ts'
import { columnsDigest, type Edge, lowestEdge, parseEdge, printEdge } from './edge.ts'
import { cursorColumn, type Increment, planIncrement } from './increment.ts'
import { Pace } from './pace.ts'
import type { PartsFolder } from './parts-folder.ts'
import { readRanges } from './read-ranges.ts'
import {
  describeChange,
  keepColumns,
  knownColumns,
  schemaChange,
  settleSchema,
} from './schema-change.ts'
import type { SourceAccess } from './source-access.ts'
import { rowsPerSecondOfOne, type SourceSettings } from './source-settings.ts'
import type { TableTask } from './table-task.ts'
import { takenColumns, takenKey } from './taken-columns.ts'
import { warehouseEdges } from './warehouse-state.ts'

export interface TableReading {
  readonly task: TableTask
  readonly settings: SourceSettings
  readonly sql: SqlWriter
  readonly date: string
  readonly folder: PartsFolder
  /** All rows, whatever the warehouses have. */
  readonly full: boolean
  readonly onSnapshot?: OnSnapshot | undefined
}

/** Called when a table's rows have been read, before its manifest is written. */
export type OnSnapshot = (read: {
  /** Of the same moment. */
  readonly reader: SnapshotReader
  readonly query: RowsQuery
  readonly key: readonly string[]
  readonly manifest: TableManifest
  readonly elapsedMs: number
}) => Promise<void>

export interface MirroredTable {
  readonly manifest: TableManifest
  readonly rows: number
  readonly newest: string | undefined
  /** What became of the columns; empty when nothing did. */
  readonly changes: readonly string[]
}

/**
 * Reads a table at the moment of `access` into parts, and says in a manifest what they are. The caller
 * writes the manifest: with it the delivery is there.
 * @throws FerryError SOURCE_CHANGED: the moment cannot see the table any more; a later one will
 */
export async function mirrorTable(
  reading: TableReading,
  access: SourceAccess,
): Promise<MirroredTable> {
  const { task, settings, folder, date } = reading
  const { projectDirectory } = settings
  await folder.sweep('')
  await using reader = await access.reader()
  const table = await reader.describe(task.relation)
  const all = takenColumns(task, table)
  const change = schemaChange(await knownColumns(projectDirectory, task.name), all)
  const columns = settleSchema(task, all, change)
  const key = takenKey(task, table, columns)
  const digest = columnsDigest(columns)
  const increment = await incrementOf({ ...reading, digest, key, access, table }, reader)
  const names = columns.map(({ name }) => name)
  const query: RowsQuery = { table, columns: names, where: [...task.where, ...increment.where] }
  const ranges = increment.rows === 'all' ? await reader.ranges(table, task.chunks) : ['']
  const began = performance.now()
  const { parts, rows, isFirstAlive, survivor } = await readRanges(
    {
      access,
      query,
      ranges,
      shape: { place: folder.place, columns, partBytes: settings.config.part_size },
      pace: paceOf(settings),
      sweep: prefix => folder.sweep(prefix),
      signal: access.signal,
      onRetry: (range, error) => {
        const which = ranges.length === 1 ? '' : `, range ${range + 1} of ${ranges.length}`
        settings.logger.info(`${task.name}${which} is read again: ${error.message}`)
      },
    },
    reader,
  )
  await using _ = survivor
  const { snapshot, takenAt } = access.moment
  const { low, max } = increment
  const { source, mode, table: tableName, deletedAt } = task
  const manifest: TableManifest = {
    parts,
    table: {
      source,
      name: tableName,
      columns: [...columns],
      key: [...key],
      ...optional({ deletedAt }),
    },
    delivery: {
      date,
      mode,
      rows: increment.rows,
      from: increment.from === undefined ? null : printEdge(increment.from),
      to: printEdge({ at: takenAt, low, max, columns: digest }),
      snapshot,
      takenAt,
    },
    files: filesOf(folder),
  }
  const elapsedMs = performance.now() - began
  if (reading.onSnapshot !== undefined) {
    const isGone = !isFirstAlive && survivor === undefined
    await using other = isGone ? await access.reader() : undefined
    await reading.onSnapshot({
      reader: other ?? survivor ?? reader,
      query,
      key,
      manifest,
      elapsedMs,
    })
  }
  await keepColumns(projectDirectory, task.name, columns)
  return { manifest, rows, newest: increment.newest, changes: describeChange(change) }
}

type Basis = TableReading & {
  readonly digest: string
  readonly key: readonly string[]
  readonly access: SourceAccess
  readonly table: RowsQuery['table']
}

type Taken = Increment & { readonly from: Edge | undefined }

const ALL: Taken = {
  rows: 'all',
  where: [],
  low: null,
  max: null,
  newest: undefined,
  from: undefined,
}

async function incrementOf(basis: Basis, reader: SnapshotReader): Promise<Taken> {
  const { task, settings, full, digest, access } = basis
  if (task.cursor === undefined) return ALL
  const { kind } = cursorColumn(task, basis.table)
  const texts = await warehouseEdges(settings.projectDirectory, task.name)
  const lowest = full ? undefined : lowestEdge(texts.map(parseEdge), kind)
  // Rows that did not change have values in a new column, too. Without a key, nothing comes twice.
  const isOther = lowest?.columns !== digest && !(task.mode === 'append' && basis.key.length === 0)
  const from = isOther ? undefined : lowest
  const plan = await planIncrement({ ...basis, moment: access.moment, from }, reader)
  return { ...plan, from }
}

function filesOf({ place }: PartsFolder): TableManifest['files'] {
  if (place.isParquet) return { format: 'parquet', compression: 'none' }
  return { format: 'csv', compression: place.compress }
}

function paceOf({ config, signal }: SourceSettings): () => Pace | undefined {
  const rate = rowsPerSecondOfOne(config)
  return () => (rate === undefined ? undefined : new Pace(rate, signal))
}

function optional(values: { readonly deletedAt: string | undefined }): { deletedAt?: string } {
  return values.deletedAt === undefined ? {} : { deletedAt: values.deletedAt }
}

/** What all parts that are under way may hold in memory. */
export const partsBudget = (): ByteBudget => new ByteBudget(33_554_432)

/**
 * Whether a table has to be read at a later moment: this one cannot see it any more, or the connection
 * that held it was cut.
 */
export const wantsLaterMoment = (error: unknown): error is FerryError =>
  error instanceof FerryError &&
  (error.code === 'SOURCE_CHANGED' || error.details['snapshot'] === 'gone')
