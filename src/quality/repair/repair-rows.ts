import { FerryError } from '../../core/errors.ts'
import type { Session } from '../../databases/dialect.ts'
import type { ComparedColumn } from '../../databases/fingerprint.ts'
import { engineOf } from '../../databases/open-database.ts'
import { readTexts } from '../../databases/read-texts.ts'
import type { Field } from '../../formats/csv.ts'
import type { DifferentRow } from '../compare/different-rows.ts'
import { type ComparisonRequest, openComparison } from '../compare/open-comparison.ts'
import type { TableSide } from '../compare/table-side.ts'

/** Rows that are read and written together. */
const ROWS_AT_ONCE = 100
/** Rows are written one statement each: for more, reading the table anew is quicker. */
export const MOST_REPAIRED = 10_000

export interface Repair {
  /** Keys of which the warehouse now holds what the source does, looked at once more. */
  readonly repaired: number
  /** Keys that still differ: a column that is not compared, or somebody else wrote. */
  readonly unlike: number
}

/**
 * Reads the rows that differ from the source anew, at one moment, and makes the target's the same: one
 * transaction, of which all or nothing stays. Then both are compared once more, key by key, with the
 * source as it was at that moment.
 * @throws FerryError USAGE: too many rows to repair
 */
export async function repairRows(
  request: ComparisonRequest,
  rows: readonly DifferentRow[],
): Promise<Repair> {
  if (rows.length > MOST_REPAIRED) {
    throw new FerryError('USAGE', `${rows.length} rows differ, too many to repair one by one`, {
      hint: 'read the table anew: ferry mirror --full, then ferry load',
    })
  }
  const keys = distinctKeys(rows)
  // A key that comes twice, in the target: all of its rows make room for one.
  const twice = new Set(rows.filter(row => row.kind === 'surplus').map(row => nameOf(row.key)))
  const wanted = new Map<string, readonly Field[]>()
  const target = await readWanted(request, keys, wanted)
  await write(request, target, { keys, wanted, twice })
  return await lookOnceMore(request, keys, wanted)
}

/** Reads the source's rows into `wanted`; what it takes to write them is told. */
async function readWanted(
  request: ComparisonRequest,
  keys: Change['keys'],
  wanted: Map<string, readonly Field[]>,
): Promise<Written> {
  await using opened = await openComparison(request)
  const { source, target } = opened.tables
  for (const some of chunksOf(keys)) {
    for (const [name, row] of await rowsOf(source, some)) wanted.set(name, row)
  }
  const { writer, identifier, relation, key, columns } = target
  return { writer, identifier, relation, key, columns }
}

/** The target's table, without the session that read it. */
type Written = Omit<TableSide, 'session' | 'title' | 'where'>

const nameOf = (key: readonly Field[]): string => JSON.stringify(key)

function distinctKeys(rows: readonly DifferentRow[]): readonly (readonly Field[])[] {
  return [...new Map(rows.map(({ key }) => [nameOf(key), key])).values()]
}

function* chunksOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += ROWS_AT_ONCE) yield items.slice(at, at + ROWS_AT_ONCE)
}

/** The texts of all compared columns, by key; of a key that comes twice, one row. */
async function rowsOf(
  side: TableSide,
  keys: readonly (readonly Field[])[],
): Promise<ReadonlyMap<string, readonly Field[]>> {
  const { session, writer, relation, where, key, columns } = side
  const found = new Map<string, readonly Field[]>()
  const statement = writer.keyed({ relation, where, key, columns, keys })
  for await (const rows of readTexts(session, statement)) {
    for (const row of rows) found.set(nameOf(row.slice(0, key.length)), row.slice(key.length))
  }
  return found
}

interface Change {
  readonly keys: readonly (readonly Field[])[]
  readonly wanted: ReadonlyMap<string, readonly Field[]>
  readonly twice: ReadonlySet<string>
}

async function write(request: ComparisonRequest, side: Written, change: Change): Promise<void> {
  const engine = await engineOf(request.target.target.url)
  await using session = await engine.open(request.target.target)
  const table = engine.sql.relation(side.relation)
  await session.execute('BEGIN TRANSACTION')
  for (const key of change.keys) {
    const name = nameOf(key)
    const values = change.wanted.get(name)
    const isThis = side.writer.isKey(side.key, key)
    if (values === undefined || change.twice.has(name)) {
      await session.execute(`DELETE FROM ${table} WHERE ${isThis}`)
    }
    if (values !== undefined) await putRow(session, { table, isThis, side, values })
  }
  await session.execute('COMMIT')
}

/** Updates the row; inserts it when there is none. */
async function putRow(
  session: Session,
  row: {
    readonly table: string
    readonly isThis: string
    readonly side: Written
    readonly values: readonly Field[]
  },
): Promise<void> {
  const { table, isThis, side, values } = row
  const names = side.columns.map(({ column }) => side.identifier(column.name))
  const literals = side.columns.map((column, index) =>
    side.writer.literal(column, storedText(column, values[index] ?? null)),
  )
  const isKey = new Set(side.key.map(({ column }) => column.name))
  const sets = side.columns.flatMap(({ column }, index) =>
    isKey.has(column.name) ? [] : [`${names[index] ?? ''} = ${literals[index] ?? 'NULL'}`],
  )
  if (sets.length > 0) {
    const updated = await session.execute(`UPDATE ${table} SET ${sets.join(', ')} WHERE ${isThis}`)
    if (updated.rowsAffected !== 0) return
  }
  await session.execute(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${literals.join(', ')})`,
  )
}

/** A truth is a number in a column of integers. */
function storedText({ column, form }: ComparedColumn, text: Field): Field {
  if (form.kind !== 'boolean' || column.type.kind !== 'integer' || text === null) return text
  return text === 't' ? '1' : '0'
}

/** The target alone is read again: the source may have gone on. */
async function lookOnceMore(
  request: ComparisonRequest,
  keys: Change['keys'],
  wanted: Change['wanted'],
): Promise<Repair> {
  await using opened = await openComparison(request)
  let repaired = 0
  for (const some of chunksOf(keys)) {
    const now = await rowsOf(opened.tables.target, some)
    for (const key of some) {
      const [there, should] = [now.get(nameOf(key)), wanted.get(nameOf(key))]
      if (JSON.stringify(there) === JSON.stringify(should)) repaired += 1
    }
  }
  return { repaired, unlike: keys.length - repaired }
}
