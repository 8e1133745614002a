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
import { distinctNames } from '../distinct-names.ts'
import { onlyStatement } from '../only-statement.ts'
import { encodeRows, headerLine } from '../row-encoding.ts'
import type { Statement } from '../statements.ts'
import { parseValue } from '../value-kind.ts'
import { type Connection, openConnection } from './connect.ts'
import { copyIn } from './copy-in.ts'
import { COPY_PREFIX, copyOut, isCopyable } from './copy-out.ts'
import { type CursorRows, readWithCursor } from './cursor-rows.ts'
import { describeColumns } from './describe.ts'
import { asPostgresFailure } from './errors.ts'
import { POSTGRES, type ServerKind } from './server-kind.ts'
import { duckdbTypeOf, jsonKindOf, valueKindOf } from './types.ts'
import { typeNames } from './type-names.ts'

export async function openSession(
  target: OpenTarget,
  kind: ServerKind = POSTGRES,
): Promise<Session> {
  return new PostgresSession(await openConnection(target, kind), target.signal, kind)
}

/** A session on a connection that is there; it is closed with it. */
export function sessionOn(connection: Connection, signal: AbortSignal): Session {
  return new PostgresSession(connection, signal, POSTGRES)
}

/**
 * Streams CSV lines, in pieces that end anywhere, into a COPY FROM STDIN of a session of this driver,
 * as part of its transaction; resolves to the rows. @throws FerryError as Session.execute
 */
export function copyInto(
  session: Session,
  statement: string,
  rows: AsyncIterable<Uint8Array>,
): Promise<number> {
  if (session instanceof PostgresSession) return session.copyIn(statement, rows)
  throw new FerryError('BUG', 'the session is of another driver')
}

class PostgresSession implements Session {
  readonly #connection: Connection
  readonly #signal: AbortSignal
  readonly #kind: ServerKind
  readonly #cancel = (): void => void this.#interrupt()
  /** Statements that have not ended, those included whose result nobody has read to its end. */
  #open = 0
  #isClosed = false

  constructor(connection: Connection, signal: AbortSignal, kind: ServerKind) {
    this.#connection = connection
    this.#signal = signal
    this.#kind = kind
    signal.addEventListener('abort', this.#cancel, { once: true })
  }

  async execute(statement: string): Promise<StatementResult> {
    const only = await this.#only(statement)
    if (only === undefined) return { rowsAffected: null }
    const result = await this.#rows(only)
    for await (const _ of result.batches); // nobody wants them
    const { command, rowCount } = result.outcome()
    return { rowsAffected: command === 'SELECT' && result.fields.length > 0 ? null : rowCount }
  }

  async query(statement: string): Promise<ResultSet> {
    const only = await this.#only(statement)
    if (only === undefined) return { columns: [], batches: nothing() }
    const { client } = this.#connection
    const names = await this.#attempt(only, 0, async () =>
      typeNames(client, await describeColumns(client, only.text)),
    )
    const { fields, batches } = await this.#rows(only)
    const kinds = fields.map(field => valueKindOf(field.dataTypeID))
    const columns = fields.map(
      (field, index): Column => ({ name: field.name, type: names[index] ?? 'unknown' }),
    )
    async function* parsed(): AsyncGenerator<readonly Row[], void> {
      for await (const rows of batches) {
        yield rows.map(row => row.map((text, index) => parseValue(text, kinds[index] ?? 'text')))
      }
    }
    return { columns, batches: parsed() }
  }

  async export(statement: string, format: ExportFormat): Promise<ExportStream> {
    const only = await this.#only(statement)
    if (only === undefined) return { bytes: nothing(), rows: () => null }
    if (format === 'parquet') return this.#exportParquet(only)
    const copies = this.#kind.copiesOut && format !== 'json' && isCopyable(only.text)
    if (copies) return this.#copy(only, format)
    const { fields, batches, close, outcome } = await this.#rows(only)
    const rows = (): number | null => outcome().rowCount
    if (fields.length === 0) return { bytes: drained(batches), rows: () => null }
    return { bytes: encodeResult({ fields, batches, close }, format), rows }
  }

  async copyIn(statement: string, rows: AsyncIterable<Uint8Array>): Promise<number> {
    const only = await this.#only(statement)
    if (only === undefined) throw new FerryError('BUG', 'nothing to copy into')
    return this.#attempt(only, 0, () => copyIn(this.#connection.client, only.text, rows))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#signal.removeEventListener('abort', this.#cancel)
    const { client, cancel, destroy } = this.#connection
    if (this.#open > 0) {
      // What still runs would keep the session, and so its transaction, open on the server.
      await cancel()
      destroy()
    } else await client.end().catch(() => {}) // it is gone already
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #only(statement: string): Promise<Statement | undefined> {
    this.#signal.throwIfAborted()
    if (this.#isClosed) throw new FerryError('BUG', 'the session is closed')
    await this.#connection.settled()
    return onlyStatement(statement, this.#kind.lexicon)
  }

  async #rows(only: Statement): Promise<CursorRows> {
    const { client } = this.#connection
    const result = await this.#attempt(only, 0, () => readWithCursor(client, only.text))
    return { ...result, batches: this.#guarded(only, 0, result.batches) }
  }

  async #copy(
    only: Statement,
    format: 'csv' | 'tsv' | 'csv without header',
  ): Promise<ExportStream> {
    const copy = copyOut(this.#connection.client, only.text, format)
    const prefixLength = COPY_PREFIX.length
    const chunks = this.#guarded(only, prefixLength, copy.bytes())
    // An error of the statement comes before its first byte: it is thrown here, as promised.
    const first = await chunks.next()
    const { cancel } = this.#connection
    async function* bytes(): AsyncGenerator<Uint8Array, void> {
      try {
        if (first.done !== true) yield first.value
        yield* { [Symbol.asyncIterator]: () => chunks }
      } finally {
        // Who stops reading does not want the server to go on, perhaps for hours.
        if (!copy.hasEnded) await cancel()
        await chunks.return()
      }
    }
    return { bytes: bytes(), rows: () => copy.rows }
  }

  async #exportParquet(only: Statement): Promise<ExportStream> {
    if (!isCopyable(only.text)) {
      throw new FerryError('SQL_INVALID', 'only a query can be written as Parquet', {
        hint: 'take csv, or put the result into a table first',
      })
    }
    const { client } = this.#connection
    const fields = await this.#attempt(only, 0, () => describeColumns(client, only.text))
    // It loads DuckDB, 40 ms that no other result needs.
    const { writeParquet } = await import('../duckdb/parquet-of-csv.ts')
    const copy = await this.#linesWithoutHeader(only)
    const columns = fields.map(field => ({ name: field.name, type: duckdbTypeOf(field) }))
    return writeParquet(columns, copy, this.#signal)
  }

  async #linesWithoutHeader(only: Statement): Promise<ExportStream> {
    if (this.#kind.copiesOut) return this.#copy(only, 'csv without header')
    const { batches, outcome } = await this.#rows(only)
    const bytes = encodeRows(batches, 'csv', { names: [], kinds: [] }) // only JSON has use for them
    return { bytes, rows: () => outcome().rowCount }
  }

  async #attempt<Result>(
    { text, offset }: Statement,
    prefixLength: number,
    work: () => Promise<Result>,
  ): Promise<Result> {
    this.#open += 1
    try {
      return await work()
    } catch (error) {
      this.#signal.throwIfAborted()
      throw asPostgresFailure(error, { statement: text, prefixLength, offset })
    } finally {
      this.#open -= 1
    }
  }

  async *#guarded<Item>(
    { text, offset }: Statement,
    prefixLength: number,
    items: AsyncIterable<Item>,
  ): AsyncGenerator<Item, void> {
    this.#open += 1
    try {
      yield* items
    } catch (error) {
      this.#signal.throwIfAborted()
      throw asPostgresFailure(error, { statement: text, prefixLength, offset })
    } finally {
      this.#open -= 1
    }
  }

  async #interrupt(): Promise<void> {
    if (this.#open > 0) await this.#connection.cancel()
  }
}

async function* encodeResult(
  { fields, batches, close }: Pick<CursorRows, 'fields' | 'batches' | 'close'>,
  format: 'csv' | 'tsv' | 'json',
): AsyncGenerator<Uint8Array, void> {
  const names = fields.map(field => field.name)
  const kinds = fields.map(field => jsonKindOf(field.dataTypeID))
  try {
    if (format !== 'json') yield Buffer.from(headerLine(names, format))
    yield* encodeRows(batches, format, { names: distinctNames(names), kinds })
  } finally {
    await close() // who takes the header alone never began the rows
  }
}

/** The statement runs to its end when its bytes, of which there are none, are read. */
async function* drained(batches: AsyncIterable<unknown>): AsyncGenerator<never, void> {
  for await (const _ of batches); // a statement without a result has none
  yield* nothing()
}

async function* nothing(): AsyncGenerator<never, void> {}
