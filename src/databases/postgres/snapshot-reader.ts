import { FerryError } from '../../core/errors.ts'
import type { OpenTarget, Relation, Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type {
  ReadLimits,
  RowPiece,
  RowsQuery,
  RowStream,
  SnapshotReader,
  SourceTable,
} from '../source.ts'
import { type Connection, openConnection } from './connect.ts'
import { CopyStream } from './copy-stream.ts'
import { describeTable } from './describe-table.ts'
import { sessionOn } from './driver.ts'
import { asPostgresFailure } from './errors.ts'
import { READER_NAME } from './in-flight.ts'
import { columnsThatAreNotUtf8, NOT_UTF8, notUtf8 } from './not-utf8.ts'
import { refuseTooOld } from './oldest-version.ts'
import { selectOf } from './select-rows.ts'
import { sql } from './sql.ts'
import { tableRanges } from './table-ranges.ts'

export interface ReaderConnection {
  readonly connection: Connection
  readonly session: Session
  readonly signal: AbortSignal
}

/** A connection whose values have the texts of formats/column-type.ts, and which never writes. */
export async function openReader(
  target: OpenTarget,
  limits: ReadLimits,
): Promise<ReaderConnection> {
  const connection = await openConnection(target)
  const { signal } = target
  const session = sessionOn(connection, signal)
  const settings = {
    application_name: READER_NAME,
    TimeZone: 'UTC',
    IntervalStyle: 'postgres',
    default_transaction_read_only: 'on',
    // The whole of a table is wanted in any case: workers would only burden the server.
    max_parallel_workers_per_gather: '0',
    statement_timeout: String(limits.statementTimeoutMs),
    lock_timeout: String(limits.lockTimeoutMs),
    idle_in_transaction_session_timeout: '0',
  }
  try {
    const values = Object.entries(settings).map(
      ([name, value]) => `set_config('${name}', ${sql.literal(value)}, false)`,
    )
    const version = `current_setting('server_version_num')::int`
    const [row] = await readAll(session, `SELECT ${[version, ...values].join(', ')}`)
    refuseTooOld(Number(row?.[0]))
  } catch (error) {
    await session.close()
    throw error
  }
  return { connection, session, signal }
}

/** A reader in whose transaction a snapshot already is. */
export class PostgresSnapshotReader implements SnapshotReader {
  readonly session: Session
  readonly #connection: Connection
  readonly #signal: AbortSignal

  constructor({ connection, session, signal }: ReaderConnection) {
    this.session = session
    this.#connection = connection
    this.#signal = signal
  }

  async describe(relation: Relation): Promise<SourceTable> {
    const table = await describeTable(this.session, relation)
    await this.#hold(table)
    return table
  }

  async ranges(table: SourceTable, count: number): Promise<readonly string[]> {
    return await tableRanges(this.session, table, count)
  }

  async read(query: RowsQuery): Promise<RowStream> {
    this.#signal.throwIfAborted()
    await this.#connection.settled()
    const { cancel, destroy } = this.#connection
    // What it had still to send is not waited for.
    const onAbandon = (): void => void cancel().finally(destroy)
    const text = `COPY (${selectOf(query)}) TO STDOUT (FORMAT csv)`
    const copy = new CopyStream(text, { onAbandon })
    this.#connection.client.query(copy)
    return { pieces: this.#pieces(copy, query), rows: () => copy.rows }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close()
  }

  async *#pieces(copy: CopyStream, query: RowsQuery): AsyncGenerator<RowPiece, void> {
    const name = sql.relation(query.table.relation)
    const pieces = copy.pieces()
    const { cancel, destroy } = this.#connection
    // The session does not know of this statement: an abort has to end it here.
    const abort = (): void => {
      void cancel()
      destroy()
    }
    this.#signal.addEventListener('abort', abort, { once: true })
    try {
      yield* pieces
    } catch (error) {
      this.#signal.throwIfAborted()
      const failure = readFailure(error, name)
      if (failure.details['sqlstate'] !== NOT_UTF8) throw failure
      throw notUtf8(failure, name, await columnsThatAreNotUtf8(this.session, query))
    } finally {
      this.#signal.removeEventListener('abort', abort)
    }
  }

  /**
   * Locks the table against changes of its shape, as pg_dump does, and finds out whether one came after
   * the snapshot: a table that was rewritten or truncated meanwhile looks empty to the snapshot.
   * @see https://www.postgresql.org/docs/current/mvcc-caveats.html
   */
  async #hold({ relation }: SourceTable): Promise<void> {
    const name = sql.relation(relation)
    const id = `pg_catalog.to_regclass(${sql.literal(name)})`
    const rows = await readAll(
      this.session,
      `SELECT c.oid::regclass::text, c.relkind = 'r', c.oid::bigint FROM pg_catalog.pg_class c
       WHERE c.relkind IN ('r', 'p') AND (c.oid = ${id} OR c.oid IN (SELECT relid FROM pg_partition_tree(${id})))`,
    )
    if (rows.length === 0) return
    await this.session
      .execute(`LOCK TABLE ${name} IN ACCESS SHARE MODE`)
      .catch((error: unknown) => {
        throw readFailure(error, name)
      })
    const moved = await readAll(
      this.session,
      `SELECT count(*) FROM pg_catalog.pg_class
       WHERE oid IN (${rows.map(row => String(row[2])).join(', ')}) AND relkind = 'r'
         AND relfilenode <> 0 AND relfilenode IS DISTINCT FROM pg_relation_filenode(oid)`,
    )
    if (Number(moved[0]?.[0]) > 0) {
      throw new FerryError(
        'SOURCE_CHANGED',
        `\`${name}\` was rewritten or emptied after the snapshot, which cannot see its rows any more`,
        { hint: 'it is read again with a new snapshot' },
      )
    }
  }
}

/** SQLSTATEs of a table or a column that is not there any more. */
const GONE = new Set(['42P01', '42703'])
/** Of a statement that its own time limit ended: nobody pressed Ctrl-C. */
const CANCELLED = '57014'

function readFailure(error: unknown, name: string): FerryError {
  const failure = asPostgresFailure(error)
  const { sqlstate } = failure.details
  if (typeof sqlstate === 'string' && GONE.has(sqlstate)) {
    return new FerryError(
      'SOURCE_CHANGED',
      `\`${name}\` changed while it was read: ${failure.message}`,
      {
        cause: error,
      },
    )
  }
  if (sqlstate === CANCELLED) {
    return new FerryError(
      'TRANSIENT',
      `the server ended the reading of \`${name}\`: ${failure.message}`,
      {
        cause: error,
        hint: 'give it more time (sources.NAME.statement_timeout), or read it in `chunks`',
        details: { timedOut: true },
      },
    )
  }
  return failure
}
