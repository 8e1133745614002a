import { FerryError } from '../../core/errors.ts'
import type { TableColumn } from '../../formats/column-type.ts'
import { type Field, parseCsv } from '../../formats/csv.ts'
import type { Relation, Session } from '../dialect.ts'
import { type BulkColumn, bulkColumn } from './bulk-types.ts'
import { MssqlSession } from './driver.ts'
import type { Connection } from './sdk.ts'
import { sql } from './sql.ts'

export interface BulkTarget {
  readonly into: Relation
  readonly columns: readonly TableColumn[]
  /** The engine's type of each column. */
  readonly typeOf: (column: TableColumn) => string
}

/** The announcement of a bulk load, as the driver sends it: for people. */
export function bulkStatement({ into, columns, typeOf }: BulkTarget): string {
  const list = columns.map(column => `${sql.identifier(column.name)} ${typeOf(column)}`)
  return `INSERT BULK ${sql.relation(into)} (${list.join(', ')}) WITH (KEEP_NULLS, TABLOCK)`
}

/**
 * Streams rows (CSV lines without a header) into a table, typed; the server takes them as fast as it
 * can. Resolves to the rows that it counted. @throws FerryError DATA_INVALID (a value that is not of
 * its type), and as Session.execute
 */
export async function bulkLoad(
  session: Session,
  target: BulkTarget,
  lines: AsyncIterable<Uint8Array>,
): Promise<number> {
  if (!(session instanceof MssqlSession)) throw new FerryError('BUG', 'a session of SQL Server')
  refuseBrackets(target.columns)
  return session.withConnection(connection => send(connection, target, lines))
}

/** The driver puts names into brackets, and does not double those that they hold. */
function refuseBrackets(columns: readonly TableColumn[]): void {
  const column = columns.find(({ name }) => name.includes(']'))
  if (column === undefined) return
  throw new FerryError(
    'UNSUPPORTED',
    `\`${column.name}\`: no bulk load into a column with a \`]\``,
    {
      hint: 'rename it in the source, or leave it out (`columns`)',
    },
  )
}

async function send(
  connection: Connection,
  { into, columns, typeOf }: BulkTarget,
  lines: AsyncIterable<Uint8Array>,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const options = { keepNulls: true, lockTable: true }
  const load = connection.newBulkLoad(sql.relation(into), options, (error, count) => {
    if (error === undefined || error === null) resolve(count ?? 0)
    else reject(error)
  })
  const typed = columns.map(column => {
    const bulk = bulkColumn(typeOf(column))
    const { type, length, precision, scale } = bulk
    load.addColumn(column.name, type, {
      nullable: true,
      ...(length === undefined ? {} : { length }),
      ...(precision === undefined ? {} : { precision }),
      ...(scale === undefined ? {} : { scale }),
    })
    return bulk
  })
  let failure: unknown
  const rows = typedRows(lines, columns, typed)
  connection.execBulkLoad(
    load,
    (async function* () {
      try {
        yield* rows
      } catch (error) {
        failure = error // the driver would wrap it
        throw error
      }
    })(),
  )
  try {
    return await promise
  } catch (error) {
    throw failure ?? error
  }
}

async function* typedRows(
  lines: AsyncIterable<Uint8Array>,
  columns: readonly TableColumn[],
  typed: readonly BulkColumn[],
): AsyncGenerator<unknown[], void> {
  for await (const rows of parseCsv(lines)) {
    for (const row of rows) {
      if (row.length !== columns.length) {
        const counts = `${row.length} fields, and ${columns.length} are expected`
        throw new FerryError('DATA_INVALID', `a row has ${counts}`)
      }
      yield row.map((text, index) => valueOf(text, columns[index], typed[index]))
    }
  }
}

function valueOf(
  text: Field,
  column: TableColumn | undefined,
  typed: BulkColumn | undefined,
): unknown {
  if (text === null) return null
  try {
    return typed?.valueOf(text)
  } catch (error) {
    if (!(error instanceof FerryError)) throw error
    throw new FerryError('DATA_INVALID', `\`${column?.name}\`: ${error.message}`, { cause: error })
  }
}
