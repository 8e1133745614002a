import { FerryError } from '../../core/errors.ts'
import type { Relation } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type { RowPiece, RowsQuery, RowStream, SnapshotReader, SourceTable } from '../source.ts'
import { describeTable } from './describe-table.ts'
import type { MysqlSession } from './driver.ts'
import { introspect } from './introspect.ts'
import { sql } from './sql.ts'
import { tableRanges } from './table-ranges.ts'
import { tableRows } from './table-rows.ts'

/** A reader in whose transaction a snapshot already is. */
export class MysqlSnapshotReader implements SnapshotReader {
  readonly session: MysqlSession
  readonly #signal: AbortSignal

  constructor(session: MysqlSession, signal: AbortSignal) {
    this.session = session
    this.#signal = signal
  }

  async describe(relation: Relation): Promise<SourceTable> {
    const table = await describeTable(this.session, relation, this.session.reading)
    await this.#hold(relation)
    return table
  }

  async ranges(table: SourceTable, count: number): Promise<readonly string[]> {
    return await tableRanges(this.session, table, count)
  }

  async read(query: RowsQuery): Promise<RowStream> {
    const name = sql.relation(query.table.relation)
    const { query: text, readers } = tableRows(query, this.session.reading)
    try {
      const lines = await this.session.readLines(text, readers)
      return { pieces: this.#guarded(lines.pieces, name), rows: () => lines.rows() }
    } catch (error) {
      this.#signal.throwIfAborted()
      throw readFailure(error, name)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close()
  }

  async *#guarded(pieces: AsyncIterable<RowPiece>, name: string): AsyncGenerator<RowPiece, void> {
    try {
      yield* pieces
    } catch (error) {
      this.#signal.throwIfAborted()
      throw readFailure(error, name)
    }
  }

  /**
   * Reads one row: from then on the table cannot change its shape until the transaction ends, and one
   * that did so after the snapshot is told by the server.
   */
  async #hold(relation: Relation): Promise<void> {
    if ((await introspect.kind(this.session, relation)) === 'view') return
    const name = sql.relation(relation)
    try {
      await readAll(this.session, `SELECT 1 FROM ${name} LIMIT 1`)
    } catch (error) {
      throw readFailure(error, name)
    }
  }
}

/** The server's numbers of a table, or a column of it, that is not there any more. */
const GONE = new Set([1054, 1146, 1051])

function readFailure(error: unknown, name: string): unknown {
  if (!(error instanceof FerryError)) return error
  const { number } = error.details
  if (error.code === 'SOURCE_CHANGED' || (typeof number === 'number' && GONE.has(number))) {
    return new FerryError('SOURCE_CHANGED', `${name} changed while it was read: ${error.message}`, {
      cause: error,
      hint: 'it is read again with a new snapshot',
    })
  }
  // Nobody pressed Ctrl-C: a time limit of ours, or a KILL of another's.
  if (error.code === 'INTERRUPTED') {
    return new FerryError(
      'TRANSIENT',
      `the server ended the reading of ${name}: ${error.message}`,
      {
        cause: error,
        hint: 'give it more time (sources.NAME.statement_timeout), or read it in `chunks`',
        details: { timedOut: true },
      },
    )
  }
  return error
}
