import type {
  Column,
  ExportFormat,
  ExportStream,
  OpenTarget,
  ResultSet,
  Row,
  Session,
  StatementResult,
} from '../dialect.ts'
import { FerryError } from '../../core/errors.ts'
import type { Field } from '../../formats/csv.ts'
import { distinctNames } from '../distinct-names.ts'
import { onlyStatement } from '../only-statement.ts'
import { encodeRows, headerLine } from '../row-encoding.ts'
import type { RowPiece, RowStream } from '../source.ts'
import type { Statement } from '../statements.ts'
import { parseValue } from '../value-kind.ts'
import { BinaryRows } from './binary-rows.ts'
import { COMMAND } from './commands.ts'
import { type Connection, openConnection } from './connect.ts'
import { CsvRows } from './csv-rows.ts'
import { asMysqlFailure } from './errors.ts'
import { closeStatement, mayHoldSingles, prepareForSingles, sendExecute } from './prepared.ts'
import { NO_ROWS, Result, type RowSink } from './result.ts'
import { settleSession } from './session-settings.ts'
import { sql } from './sql.ts'
import { TextRows } from './text-rows.ts'
import { duckdbTypeOf, typeName } from './type-names.ts'
import { holdsBytes, jsonKindOf, readerOf, type ValueReader, valueKindOf } from './value-reader.ts'

export async function openSession(target: OpenTarget): Promise<MysqlSession> {
  const connection = await openConnection(target)
  try {
    await settleSession(connection.wire)
  } catch (error) {
    connection.wire.close(false)
    throw asMysqlFailure(error)
  }
  return new MysqlSession(connection, target.signal)
}

/** The answer to a statement, and how its rows become text. */
interface Answer {
  readonly result: Result
  readonly textRows: () => RowSink<readonly (readonly Field[])[]>
  readonly isBinary: boolean
}

export class MysqlSession implements Session {
  readonly #connection: Connection
  readonly #signal: AbortSignal
  readonly #cancel = (): void => void this.#interrupt()
  /** The statement whose result has not been read to its end. */
  #running: Result | 'asked' | undefined
  #isClosed = false

  constructor(connection: Connection, signal: AbortSignal) {
    this.#connection = connection
    this.#signal = signal
    signal.addEventListener('abort', this.#cancel, { once: true })
  }

  get reading(): Connection['reading'] {
    return this.#connection.reading
  }

  async execute(statement: string): Promise<StatementResult> {
    const only = this.#only(statement)
    if (only === undefined) return { rowsAffected: null }
    const { result } = await this.#ask(only, 'text')
    const hasRows = result.columns.length > 0
    for await (const _ of this.#pieces(only, result, NO_ROWS)); // nobody wants them
    return { rowsAffected: hasRows ? null : result.outcome.affectedRows }
  }

  async query(statement: string): Promise<ResultSet> {
    const only = this.#only(statement)
    if (only === undefined) return { columns: [], batches: nothing() }
    const { result, textRows } = await this.#ask(only, 'singles too')
    const kinds = result.columns.map(valueKindOf)
    const columns = result.columns.map(
      (column): Column => ({ name: column.name, type: typeName(column) }),
    )
    const batches = this.#pieces(only, result, textRows())
    async function* parsed(): AsyncGenerator<readonly Row[], void> {
      for await (const rows of batches) {
        yield rows.map(row => row.map((text, index) => parseValue(text, kinds[index] ?? 'text')))
      }
    }
    return { columns, batches: parsed() }
  }

  async export(statement: string, format: ExportFormat): Promise<ExportStream> {
    const only = this.#only(statement)
    if (only === undefined) return { bytes: nothing(), rows: () => null }
    const answer = await this.#ask(only, 'singles too')
    const { columns } = answer.result
    if (columns.length === 0) {
      const bytes = this.#pieces(only, answer.result, NO_ROWS)
      if (format !== 'parquet') return { bytes, rows: () => null }
      for await (const _ of bytes); // it has run
      throw new FerryError('SQL_INVALID', 'only a query can be written as Parquet')
    }
    const rows = (): number => answer.result.rows
    if (format === 'json') {
      const shape = {
        names: distinctNames(columns.map(column => column.name)),
        kinds: columns.map(jsonKindOf),
      }
      const batches = this.#pieces(only, answer.result, answer.textRows())
      return { bytes: encodeRows(batches, 'json', shape), rows }
    }
    const lines = this.#lines(only, answer, format === 'tsv' ? 'tsv' : 'csv')
    if (format !== 'parquet') {
      const names = columns.map(column => column.name)
      return { bytes: withHeader(headerLine(names, format), lines), rows }
    }
    // It loads DuckDB, 40 ms that no other result needs.
    const { writeParquet } = await import('../duckdb/parquet-of-csv.ts')
    const typed = columns.map(column => ({
      name: column.name,
      type: duckdbTypeOf(column, holdsBytes(column)),
    }))
    return writeParquet(typed, { bytes: lines, rows }, this.#signal)
  }

  /**
   * Runs a query and streams its rows as lines of CSV without a header, each column by its reader.
   * @throws like execute; also while `pieces` is read
   */
  async readLines(query: string, readers: readonly ValueReader[]): Promise<RowStream> {
    const only = this.#only(query)
    if (only === undefined) throw new FerryError('BUG', 'there is no query')
    const { result } = await this.#ask(only, 'text')
    const pieces = this.#pieces(only, result, new CsvRows(readers, ',', 'reuse'))
    return { pieces, rows: () => result.rows }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#signal.removeEventListener('abort', this.#cancel)
    const { wire, cancel } = this.#connection
    if (this.#running === undefined) {
      wire.send(COMMAND.quit, '')
      wire.close(true)
      return
    }
    // What still runs would keep the session, and so its transaction, open on the server.
    await cancel()
    wire.close(false)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #only(statement: string): Statement | undefined {
    this.#signal.throwIfAborted()
    if (this.#isClosed) throw new FerryError('BUG', 'the session is closed')
    return onlyStatement(statement, sql.lexicon)
  }

  async #ask(only: Statement, how: 'text' | 'singles too'): Promise<Answer> {
    const { wire } = this.#connection
    if (this.#running instanceof Result) await this.#giveUp(this.#running) // nobody read it
    this.#running = 'asked'
    try {
      const asksFirst = how === 'singles too' && mayHoldSingles(only.text)
      const prepared = asksFirst ? await prepareForSingles(wire, only.text) : undefined
      if (prepared === undefined) wire.send(COMMAND.query, only.text)
      else {
        sendExecute(wire, prepared)
        closeStatement(wire, prepared) // when it has answered: commands are taken one by one
      }
      const result = await Result.read(wire)
      this.#running = result
      const { columns } = result
      const isBinary = prepared !== undefined
      const textRows = () => (isBinary ? new BinaryRows(columns) : new TextRows(columns))
      return { result, textRows, isBinary }
    } catch (error) {
      this.#running = undefined
      this.#signal.throwIfAborted()
      throw asMysqlFailure(error, { statement: only.text, offset: only.offset })
    }
  }

  /** CSV or TSV without a header line. */
  #lines(only: Statement, { result, textRows, isBinary }: Answer, format: 'csv' | 'tsv') {
    const { columns } = result
    if (isBinary) {
      const shape = { names: [], kinds: [] } // only JSON has use for them
      return encodeRows(this.#pieces(only, result, textRows()), format, shape)
    }
    const sink = new CsvRows(columns.map(readerOf), format === 'csv' ? ',' : '\t', 'keep')
    return bytesOf(this.#pieces(only, result, sink))
  }

  /** Reads a result to its end, and those that a procedure may have sent behind it. */
  async *#pieces<Piece>(
    { text, offset }: Statement,
    result: Result,
    sink: RowSink<Piece>,
  ): AsyncGenerator<Piece, void> {
    try {
      yield* result.pieces(sink)
      await this.#readOn(result)
      this.#signal.throwIfAborted()
    } catch (error) {
      this.#signal.throwIfAborted()
      throw asMysqlFailure(error, { statement: text, offset })
    } finally {
      if (!result.hasEnded) await this.#giveUp(result)
      this.#running = undefined
    }
  }

  async #readOn(first: Result): Promise<void> {
    const { wire } = this.#connection
    let result = first
    let sets = first.columns.length > 0 ? 1 : 0
    while (result.outcome.hasMore) {
      result = await Result.read(wire)
      await result.drain()
      if (result.columns.length > 0) sets += 1
    }
    if (sets > 1) {
      throw new FerryError('SQL_INVALID', `the statement has ${sets} results, not one`, {
        hint: 'call a procedure that has one result, or none',
      })
    }
  }

  /** Who stops reading does not want the server to go on, perhaps for hours. */
  async #giveUp(result: Result): Promise<void> {
    const { wire, cancel } = this.#connection
    await cancel()
    await result.drain().catch(() => undefined) // it was cancelled, or the connection is lost
    // A cancellation that came too late hits the next statement: it shall be this one.
    wire.send(COMMAND.query, 'DO 0')
    await Result.read(wire).catch(() => undefined)
  }

  async #interrupt(): Promise<void> {
    if (this.#running !== undefined) await this.#connection.cancel()
  }
}

async function* bytesOf(pieces: AsyncIterable<RowPiece>): AsyncGenerator<Uint8Array, void> {
  for await (const { bytes } of pieces) yield bytes
}

async function* withHeader(
  header: string,
  lines: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(header)
  yield* lines
}

async function* nothing(): AsyncGenerator<never, void> {}
