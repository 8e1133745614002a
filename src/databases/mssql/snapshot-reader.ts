import { FerryError } from '../../core/errors.ts'
import type { Relation } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type { RowPiece, RowsQuery, RowStream, SnapshotReader, SourceTable } from '../source.ts'
import { csvPieces } from './csv-pieces.ts'
import { describeTable } from './describe-table.ts'
import type { MssqlSession } from './driver.ts'
import type { ReadingChoices } from './reading-choices.ts'
import { sql } from './sql.ts'
import { tableRanges } from './table-ranges.ts'
import { tableRows } from './table-rows.ts'

/** A reader in whose transaction a snapshot is. */
export class MssqlSnapshotReader implements SnapshotReader {
  readonly session: MssqlSession
  readonly #signal: AbortSignal
  readonly #choices: ReadingChoices

  constructor(session: MssqlSession, signal: AbortSignal, choices: ReadingChoices) {
    this.session = session
    this.#signal = signal
    this.#choices = choices
  }

  async describe(relation: Relation): Promise<SourceTable> {
    const table = await describeTable(this.session, relation, this.#choices)
    await this.#touch(relation)
    return table
  }

  async ranges(table: SourceTable, count: number): Promise<readonly string[]> {
    return await tableRanges(this.session, table, count)
  }

  async read(query: RowsQuery): Promise<RowStream> {
    const name = sql.relation(query.table.relation)
    const { text, readers } = tableRows(query, this.#choices)
    try {
      const { batches } = await this.session.readRows(text)
      let count = 0
      const pieces = csvPieces(batches, readers, rows => {
        count += rows
      })
      return { pieces: this.#guarded(pieces, name), rows: () => count }
    } catch (error) {
      throw this.#failure(error, name)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close()
  }

  async *#guarded(pieces: AsyncIterable<RowPiece>, name: string): AsyncGenerator<RowPiece, void> {
    try {
      yield* pieces
    } catch (error) {
      throw this.#failure(error, name)
    }
  }

  /**
   * Reads one row: a table whose shape was changed after the snapshot is told by the server (error 3961),
   * here and not in the middle of its rows.
   */
  async #touch(relation: Relation): Promise<void> {
    const name = sql.relation(relation)
    try {
      await readAll(this.session, `SELECT TOP (1) 1 FROM ${name}`)
    } catch (error) {
      throw this.#failure(error, name)
    }
  }

  #failure(error: unknown, name: string): unknown {
    this.#signal.throwIfAborted()
    return readFailure(error, name)
  }
}

/** The server's numbers of a table, or a column of it, that is not there any more, or not so. */
const GONE = new Set([207, 208, 3_961])

function readFailure(error: unknown, name: string): unknown {
  if (!(error instanceof FerryError)) return error
  const { number, timedOut } = error.details
  if (typeof number === 'number' && GONE.has(number)) {
    return new FerryError('SOURCE_CHANGED', `${name} changed while it was read: ${error.message}`, {
      cause: error,
      hint: 'it is read again with a new snapshot',
    })
  }
  if (timedOut === true) {
    return new FerryError('TRANSIENT', `reading ${name}: ${error.message}`, {
      cause: error,
      hint: 'give it more time (sources.NAME.statement_timeout), or read it in `chunks`',
      details: { timedOut: true },
    })
  }
  return error
}
