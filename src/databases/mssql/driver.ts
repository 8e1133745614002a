import { FerryError } from '../../core/errors.ts'
import type { Field } from '../../formats/csv.ts'
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
import { distinctNames } from '../distinct-names.ts'
import { onlyStatement } from '../only-statement.ts'
import { encodeRows, headerLine } from '../row-encoding.ts'
import { parseValue } from '../value-kind.ts'
import { openConnection } from './connect.ts'
import { asMssqlFailure } from './errors.ts'
import { parquetFields } from './parquet-fields.ts'
import { type RequestRows, runBatch } from './request-rows.ts'
import {
  duckdbTypeOf,
  jsonKindOf,
  typeName,
  valueKindOf,
  type WireColumn,
} from './result-columns.ts'
import type { Connection } from './sdk.ts'
import { sql } from './sql.ts'
import { fieldReader } from './value-text.ts'

export async function openSession(target: OpenTarget): Promise<MssqlSession> {
  return new MssqlSession(await openConnection(target), target.signal)
}

type RawRows = AsyncGenerator<readonly (readonly unknown[])[], void>
type Fields = readonly (readonly Field[])[]

export class MssqlSession implements Session {
  readonly #connection: Connection
  readonly #signal: AbortSignal
  readonly #cancel = (): void => {
    if (this.#running !== undefined) this.#connection.cancel()
  }
  /** The batch whose rows have not been read to their end. */
  #running: RequestRows | 'asked' | undefined
  #isClosed = false
  readonly #statementTimeoutMs: number
  #timer: NodeJS.Timeout | undefined
  #hasTimedOut = false

  /** `statementTimeoutMs`: of a statement and its rows, 0 for none; the server has no such limit. */
  constructor(connection: Connection, signal: AbortSignal, statementTimeoutMs = 0) {
    this.#connection = connection
    this.#signal = signal
    this.#statementTimeoutMs = statementTimeoutMs
    signal.addEventListener('abort', this.#cancel, { once: true })
  }

  async execute(statement: string): Promise<StatementResult> {
    const text = this.#only(statement)
    if (text === undefined) return { rowsAffected: null }
    const rows = await this.#ask(text)
    for await (const _ of this.#read(rows)); // nobody wants them
    return { rowsAffected: rows.columns.length > 0 ? null : rows.rowCount() }
  }

  async query(statement: string): Promise<ResultSet> {
    const text = this.#only(statement)
    if (text === undefined) return { columns: [], batches: nothing() }
    const rows = await this.#ask(text)
    const kinds = rows.columns.map(valueKindOf)
    const readers = rows.columns.map(fieldReader)
    const columns = rows.columns.map(
      (column): Column => ({ name: column.colName, type: typeName(column) }),
    )
    const values = this.#read(rows)
    async function* batches(): AsyncGenerator<readonly Row[], void> {
      for await (const batch of values) {
        yield batch.map(row =>
          row.map((value, index) => {
            if (typeof value === 'number' || typeof value === 'boolean') return value
            return parseValue(readers[index]?.(value) ?? null, kinds[index] ?? 'text')
          }),
        )
      }
    }
    return { columns, batches: batches() }
  }

  async export(statement: string, format: ExportFormat): Promise<ExportStream> {
    const text = this.#only(statement)
    if (text === undefined) return { bytes: nothing(), rows: () => null }
    const rows = await this.#ask(text)
    if (rows.columns.length === 0) {
      const bytes = drained(this.#read(rows))
      if (format !== 'parquet') return { bytes, rows: () => null }
      for await (const _ of bytes); // it has run
      throw new FerryError('SQL_INVALID', 'only a query can be written as Parquet')
    }
    if (format === 'parquet') return this.#exportParquet(rows)
    const bytes = encodeResult(rows.columns, this.#fields(rows), format)
    return { bytes, rows: rows.rowCount }
  }

  /** The rows of a query as the driver reads them, for who makes texts of them himself. */
  async readRows(statement: string): Promise<{ readonly batches: RawRows }> {
    this.#signal.throwIfAborted()
    return { batches: this.#read(await this.#ask(statement)) }
  }

  /** For what else of the folder needs the connection itself; statements still run one by one. */
  async withConnection<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    await this.#settle()
    this.#running = 'asked'
    try {
      return await work(this.#connection)
    } catch (error) {
      this.#signal.throwIfAborted()
      throw asMssqlFailure(error)
    } finally {
      this.#running = undefined
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#signal.removeEventListener('abort', this.#cancel)
    const ended = new Promise<void>(resolve => {
      this.#connection.once('end', () => resolve())
      if (this.#connection.closed) resolve()
    })
    // The server ends what still runs when its connection is gone, and rolls it back.
    this.#connection.close()
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #only(statement: string): string | undefined {
    this.#signal.throwIfAborted()
    if (this.#isClosed) throw new FerryError('BUG', 'the session is closed')
    const text = onlyStatement(statement, sql.lexicon)?.text
    // Alone, BEGIN opens a block in T-SQL and not a transaction, and is no statement.
    if (text !== undefined && /^begin$/i.test(text)) return 'BEGIN TRANSACTION'
    // Some statements must end in a semicolon, and none minds it.
    return text === undefined ? undefined : `${text};`
  }

  /** Ends what nobody reads on. */
  async #settle(): Promise<void> {
    const running = this.#running
    if (typeof running === 'object') await running.end()
    this.#running = undefined
  }

  async #ask(text: string): Promise<RequestRows> {
    await this.#settle()
    this.#running = 'asked'
    this.#beginTime()
    try {
      const rows = await runBatch(this.#connection, text)
      this.#running = rows
      refuseVariants(rows.columns)
      return rows
    } catch (error) {
      await this.#settle()
      throw this.#failure(error)
    }
  }

  async *#read(rows: RequestRows): RawRows {
    try {
      yield* rows.batches
      this.#signal.throwIfAborted()
    } catch (error) {
      throw this.#failure(error)
    } finally {
      clearTimeout(this.#timer)
      if (this.#running === rows) this.#running = undefined
    }
  }

  #beginTime(): void {
    this.#hasTimedOut = false
    clearTimeout(this.#timer)
    if (this.#statementTimeoutMs === 0) return
    this.#timer = setTimeout(() => {
      this.#hasTimedOut = true
      this.#cancel()
    }, this.#statementTimeoutMs)
  }

  #failure(error: unknown): FerryError {
    clearTimeout(this.#timer)
    this.#signal.throwIfAborted()
    const failure = asMssqlFailure(error)
    if (failure.code !== 'INTERRUPTED' || !this.#hasTimedOut) return failure
    const seconds = this.#statementTimeoutMs / 1_000
    return new FerryError('TRANSIENT', `the statement took longer than ${seconds} s`, {
      cause: error,
      details: { timedOut: true },
    })
  }

  async *#fields(rows: RequestRows): AsyncGenerator<Fields, void> {
    const readers = rows.columns.map(fieldReader)
    for await (const batch of this.#read(rows)) {
      yield batch.map(row => row.map((value, index) => readers[index]?.(value) ?? null))
    }
  }

  async #exportParquet(rows: RequestRows): Promise<ExportStream> {
    // It loads DuckDB, 40 ms that no other result needs.
    const { writeParquet } = await import('../duckdb/parquet-of-csv.ts')
    const columns = rows.columns.map(column => ({
      name: column.colName,
      type: duckdbTypeOf(column),
    }))
    const fields = parquetFields(rows.columns, this.#fields(rows))
    const bytes = encodeRows(fields, 'csv', { names: [], kinds: [] }) // only JSON has use for them
    return writeParquet(columns, { bytes, rows: rows.rowCount }, this.#signal)
  }
}

/** A value whose type changes from row to row is read with its digits lost. */
function refuseVariants(columns: readonly WireColumn[]): void {
  const variant = columns.find(column => column.type.name === 'Variant')
  if (variant === undefined) return
  throw new FerryError('SQL_INVALID', `\`${variant.colName}\` is a sql_variant`, {
    hint: 'cast it to a type: CAST(... AS nvarchar(4000))',
  })
}

async function* encodeResult(
  columns: readonly WireColumn[],
  batches: AsyncIterable<Fields>,
  format: 'csv' | 'tsv' | 'json',
): AsyncGenerator<Uint8Array, void> {
  const names = columns.map(column => column.colName)
  if (format !== 'json') yield Buffer.from(headerLine(names, format))
  yield* encodeRows(batches, format, {
    names: distinctNames(names),
    kinds: columns.map(jsonKindOf),
  })
}

/** The statement runs to its end when its bytes, of which there are none, are read. */
async function* drained(batches: AsyncIterable<unknown>): AsyncGenerator<never, void> {
  for await (const _ of batches); // a statement without a result has none
  yield* nothing()
}

async function* nothing(): AsyncGenerator<never, void> {}
