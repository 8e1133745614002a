import { FerryError } from '../core/errors.ts'
import type { SqlWriter } from '../databases/dialect.ts'
import { readAll } from '../databases/read-all.ts'
import type { SnapshotReader, SourceTable } from '../databases/source.ts'
import type { TableColumn } from '../formats/column-type.ts'
import type { CursorKind, Edge } from './edge.ts'
import type { SourceMoment } from './source-access.ts'
import type { TableTask } from './table-task.ts'
import { parseTime, printTime } from './time-text.ts'

const MINUTE = 60_000_000n
const HOUR = 60n * MINUTE
/** How far a writer's clock may be behind the source's. */
const OVERLAP = 5n * MINUTE
/** Clocks on the wall are set back by an hour each autumn. */
const WALL_OVERLAP = 65n * MINUTE
/** No zone is further ahead of UTC. */
const FURTHEST_ZONE = 14n * HOUR
/** Where a source does not tell what is in flight: how long a transaction is taken to last at most. */
const LONGEST_TRANSACTION = HOUR

/** What of a table is read this time, and where the next time begins. */
export interface Increment {
  readonly rows: 'all' | 'changes'
  readonly where: readonly string[]
  readonly low: string | null
  readonly max: string | null
  /** The newest time stamp, ISO 8601 in UTC. */
  readonly newest: string | undefined
}

export interface IncrementBasis {
  readonly task: TableTask
  readonly sql: SqlWriter
  readonly table: SourceTable
  readonly key: readonly string[]
  readonly moment: SourceMoment
  /** Of the warehouse that is furthest behind; undefined: all rows are wanted. */
  readonly from: Edge | undefined
}

/** The kind of column that an increment may go by. @throws FerryError CONFIG_INVALID */
export function cursorColumn(
  { name, cursor }: TableTask,
  { columns }: SourceTable,
): { readonly column: TableColumn; readonly kind: CursorKind } {
  const column = columns.find(one => one.name === cursor)
  if (column === undefined) {
    throw new FerryError('CONFIG_INVALID', `\`${name}\` has no column \`${cursor}\` to go by`)
  }
  switch (column.type.kind) {
    case 'integer':
      return { column, kind: 'number' }
    case 'decimal':
      if (column.type.scale === 0) return { column, kind: 'number' }
      break
    case 'timestamp':
    case 'date':
      return { column, kind: 'time' }
    default:
  }
  throw new FerryError(
    'CONFIG_INVALID',
    `\`${name}\`: column \`${cursor}\` is of type \`${column.native}\`: an increment goes by a time stamp or a whole number`,
  )
}

/**
 * Decides what is read. The lower edge is what the source itself says is still in flight: whoever has
 * not committed by now began after `inFlightSince`, and stamps its rows with a time that is not before
 * it. Rows between the two are read again the next time, which changes nothing where there is a key;
 * where there is none (mode `append`), they are left for the next time.
 */
export async function planIncrement(
  basis: IncrementBasis,
  reader: SnapshotReader,
): Promise<Increment> {
  const { column, kind } = cursorColumn(basis.task, basis.table)
  const low =
    kind === 'time' ? await lowTime(basis, column, reader) : await lowNumber(basis, column, reader)
  return { ...low, ...conditions(basis, column, kind, low.low) }
}

type Low = Pick<Increment, 'low' | 'max' | 'newest'>

async function lowTime(
  basis: IncrementBasis,
  column: TableColumn,
  reader: SnapshotReader,
): Promise<Low> {
  const { moment, task } = basis
  const hasZone = column.type.kind === 'timestamp' && column.type.zone
  const taken = parseTime(moment.takenAt) ?? 0n
  const inFlight = parseTime(moment.inFlightSince ?? '') ?? taken - LONGEST_TRANSACTION
  const ahead = hasZone ? OVERLAP : FURTHEST_ZONE
  const found = await highest(basis, column, reader, printTime(taken + ahead))
  const newest = found === undefined ? undefined : parseTime(found)
  const overlap =
    task.overlapMs === undefined
      ? hasZone
        ? OVERLAP
        : WALL_OVERLAP
      : BigInt(task.overlapMs) * 1_000n
  // Of a clock on a wall somewhere nobody says where: the newest stamp is what tells how far it is.
  const now = hasZone || newest === undefined || newest > taken ? taken : newest
  const low =
    now - (taken - inFlight) - overlap - (hasZone || newest !== undefined ? 0n : FURTHEST_ZONE)
  const newestText =
    newest === undefined ? {} : { newest: `${printTime(newest).replace(' ', 'T')}Z` }
  return { low: printTime(low), max: null, newest: undefined, ...newestText }
}

async function lowNumber(
  basis: IncrementBasis,
  column: TableColumn,
  reader: SnapshotReader,
): Promise<Low> {
  const { moment, from, task } = basis
  const max = (await highest(basis, column, reader, undefined)) ?? null
  const settled = moment.settled[task.name]
  if (settled !== undefined) return { low: settled, max, newest: undefined }
  // Whatever was seen before the oldest transaction began is settled: nothing is in flight below it.
  const taken = parseTime(moment.takenAt) ?? 0n
  const inFlight = parseTime(moment.inFlightSince ?? '') ?? taken - LONGEST_TRANSACTION
  const before = from === undefined ? undefined : parseTime(from.at)
  const isSettled = before !== undefined && before < inFlight && from?.max !== null
  return { low: (isSettled ? from?.max : from?.low) ?? null, max, newest: undefined }
}

/** The highest cursor of the snapshot, up to `most`; undefined when there is none. */
async function highest(
  { sql, table, task }: IncrementBasis,
  { name }: TableColumn,
  reader: SnapshotReader,
  most: string | undefined,
): Promise<string | undefined> {
  const column = sql.identifier(name)
  const bound = most === undefined ? [] : [`${column} <= ${sql.moment(most)}`]
  const where = [...task.where.map(text => `(${text})`), ...bound].join(' AND ')
  const rows = await readAll(
    reader.session,
    `SELECT max(${column}) FROM ${sql.relation(table.relation)}${where === '' ? '' : ` WHERE ${where}`}`,
  )
  const [value] = rows[0] ?? []
  return value === null || value === undefined ? undefined : String(value)
}

function conditions(
  { task, sql, from, key }: IncrementBasis,
  column: TableColumn,
  kind: CursorKind,
  to: string | null,
): Pick<Increment, 'rows' | 'where'> {
  const name = sql.identifier(column.name)
  const text = (edge: string): string => {
    if (kind === 'number') return edge
    // A day is compared as a day: its stamp would be after its midnight.
    return sql.moment(column.type.kind === 'date' ? edge.slice(0, 10) : edge)
  }
  const low = from?.low ?? null
  const rows = low === null ? 'all' : 'changes'
  if (task.mode === 'append' && key.length === 0) {
    assertExact(task, column, to)
    const [above, upTo] = kind === 'number' ? ['>', '<='] : ['>=', '<']
    const lower = low === null ? [] : [`${name} ${above} ${text(low)}`]
    return { rows, where: [...lower, `${name} ${upTo} ${text(to ?? '')}`] }
  }
  if (low === null) return { rows, where: [] }
  const orNull = column.nullable ? ` OR ${name} IS NULL` : ''
  return { rows, where: [`${name} >= ${text(low)}${orNull}`] }
}

/** Without a key nothing may be delivered twice, and nothing left out. */
function assertExact({ name, cursor }: TableTask, column: TableColumn, to: string | null): void {
  if (column.nullable) {
    throw new FerryError(
      'CONFIG_INVALID',
      `\`${name}\` has no key, and rows without \`${cursor}\` would never be taken`,
      { hint: 'make the column NOT NULL, name a `key`, or leave such rows out with `where`' },
    )
  }
  if (to !== null) return
  throw new FerryError(
    'TRANSIENT',
    `\`${name}\` has no key, and the source does not tell up to which \`${cursor}\` all has been committed`,
    { hint: 'name a `key`; or let the reader see what others do: GRANT pg_read_all_stats' },
  )
}
