import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DuckDBConnection,
  type DuckDBResult,
  ResultReturnType,
  StatementType,
} from '@duckdb/node-api'
import { FerryError } from '../../core/errors.ts'
import { type CopyTarget, copyQuery, type TypedColumn } from './copy-query.ts'
import { asDuckdbFailure, parseDuckdbError } from './errors.ts'
import { releaseWriter } from './fifo.ts'
import type { Reply } from './frames.ts'
import { keptResult } from './kept-result.ts'

/** How often a running query is told again to stop; DuckDB forgets it between two phases. */
const INTERRUPT_EVERY_MS = 10
/** Tries of a statement that is a transaction of its own and met another session's; a second in all. */
const CONFLICT_TRIES = 10
const CONFLICT_PAUSE_MS = 20

export type SendReply = (reply: Reply, body?: Uint8Array) => Promise<void>

export interface ExportRequest {
  readonly statement: string
  readonly format: 'csv' | 'tsv' | 'json'
  readonly fifo: string
}

/** The owner's half of one session: one DuckDB connection, one request at a time. */
export class OwnerSession {
  /** The pipe that is this session's own; removed at its end. */
  fifo: string | undefined
  readonly #connection: DuckDBConnection
  readonly #send: SendReply
  #running: Promise<void> | undefined
  #fifoInUse: string | undefined
  #inTransaction = false
  /** A statement of the open transaction failed; DuckDB takes only ROLLBACK now. */
  #spoilt = false

  readonly #onFatal: () => void

  /** `onFatal` is called when DuckDB says that the database must be opened anew. */
  constructor(connection: DuckDBConnection, send: SendReply, onFatal: () => void) {
    this.#connection = connection
    this.#send = send
    this.#onFatal = onFatal
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Runs a request; its failure is sent as a reply. Never rejects. */
  async run(statement: string, work: () => Promise<void>): Promise<void> {
    const running = work().catch(async (error: unknown) => {
      const failure = this.#describe(error, statement)
      if (this.#inTransaction) this.#spoilt = true
      const { code, message, hint, details } = failure
      await this.#send({ kind: 'error', error: { code, message, hint, details } })
      if (details['type'] === 'FATAL') this.#onFatal()
    })
    this.#running = running
    await running
    this.#running = undefined
    this.#fifoInUse = undefined
  }

  async execute(statement: string): Promise<void> {
    const prepared = await this.#prepare(statement)
    let rowsAffected: number | null = null
    if (prepared?.type !== StatementType.SELECT || !(await this.#copy(statement, '/dev/null'))) {
      rowsAffected = await countOf(await this.#runWhole(statement, prepared?.type))
    }
    await this.#send({ kind: 'done', rowsAffected })
  }

  async export({ statement, format, fifo }: ExportRequest): Promise<void> {
    await this.#copyTo(statement, { format, path: fifo }, async columns => {
      const described = columns.map(({ name, type }) => ({ name, type: String(type) }))
      await this.#send({ kind: 'columns', columns: described })
      if (columns.length > 0) this.#fifoInUse = fifo
    })
  }

  async exportFile(statement: string, path: string): Promise<void> {
    await this.#copyTo(statement, { format: 'parquet', path }, async columns => {
      if (columns.length > 0) return
      throw new FerryError('SQL_INVALID', 'a statement without a result cannot be Parquet')
    })
  }

  /** Writes a statement's result, whose columns are told first; without any, nothing is written. */
  async #copyTo(
    statement: string,
    target: CopyTarget,
    tellColumns: (columns: readonly TypedColumn[]) => Promise<void>,
  ): Promise<void> {
    const prepared = await this.#prepare(statement)
    if (prepared?.type === StatementType.SELECT) {
      // A statement that COPY does not take is refused by its parser, at no cost.
      const { columns } = prepared
      const sql = copyQuery(statement, columns, target)
      if (await this.#canParse(sql.text)) {
        await tellColumns(columns)
        const result = await this.#attempt(sql.text, statement, sql.prefixBytes)
        await this.#send({ kind: 'done', rows: await countOf(result) })
        return
      }
    }
    const result = await this.#runWhole(statement, prepared?.type)
    if (result.returnType !== ResultReturnType.QUERY_RESULT) {
      await tellColumns([])
      await this.#send({ kind: 'done', rows: null })
      return
    }
    await using kept = await keptResult(this.#connection, result)
    await tellColumns(kept.columns)
    const sql = copyQuery(kept.query, kept.columns, target)
    await this.#send({ kind: 'done', rows: await countOf(await this.#connection.run(sql.text)) })
  }

  /** Stops what runs and waits until it has stopped. */
  async interrupt(): Promise<void> {
    const request = this.#running
    if (request === undefined) return
    while (this.#running === request) {
      this.#connection.interrupt()
      if (this.#fifoInUse !== undefined) releaseWriter(this.#fifoInUse)
      await Promise.race([request, sleep(INTERRUPT_EVERY_MS)])
    }
  }

  /** Ends the session; its open transaction is rolled back. */
  async close(): Promise<void> {
    await this.interrupt()
    this.#connection.disconnectSync()
    // A session that was killed left its pipe behind.
    if (this.fifo !== undefined) await rm(this.fifo, { force: true })
  }

  /** Undefined for what DuckDB cannot prepare but run (PIVOT makes two statements of one). */
  async #prepare(
    statement: string,
  ): Promise<{ type: StatementType; columns: readonly TypedColumn[] } | undefined> {
    try {
      const prepared = await this.#connection.prepare(statement)
      try {
        const columns = Array.from({ length: prepared.columnCount }, (_, index) => ({
          name: prepared.columnName(index),
          type: prepared.columnType(index),
        }))
        return { type: prepared.statementType, columns }
      } finally {
        prepared.destroySync()
      }
    } catch (error) {
      const known = parseDuckdbError(error)
      if (known?.exception_type === 'Invalid Input' && known.position === undefined) {
        return undefined
      }
      throw asDuckdbFailure(error, { statement, prefixBytes: 0 })
    }
  }

  async #canParse(sql: string): Promise<boolean> {
    try {
      await this.#connection.extractStatements(sql)
      return true
    } catch (error) {
      if (parseDuckdbError(error)?.exception_type === 'Parser') return false
      throw error
    }
  }

  /** Runs a query to its end without keeping its rows; false when COPY does not take it. */
  async #copy(statement: string, path: string): Promise<boolean> {
    const sql = copyQuery(statement, [], { format: 'csv', path })
    if (!(await this.#canParse(sql.text))) return false
    await this.#attempt(sql.text, statement, sql.prefixBytes)
    return true
  }

  async #runWhole(statement: string, type: StatementType | undefined): Promise<DuckDBResult> {
    const result = this.#inTransaction
      ? await this.#attempt(statement, statement, 0)
      : await this.#attemptAlone(statement)
    if (type === StatementType.TRANSACTION) {
      this.#inTransaction = /^\s*(begin|start)\b/i.test(statement)
      this.#spoilt = false
    }
    return result
  }

  /**
   * Runs a statement that is a transaction of its own. Two sessions that create one schema at the
   * same instant conflict, even with IF NOT EXISTS; the loser changed nothing and may go again.
   */
  async #attemptAlone(statement: string): Promise<DuckDBResult> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#attempt(statement, statement, 0)
      } catch (error) {
        const isConflict =
          error instanceof FerryError && error.details['type'] === 'TransactionContext'
        if (!isConflict || tries === CONFLICT_TRIES) throw error
        await sleep(CONFLICT_PAUSE_MS * tries * Math.random())
      }
    }
  }

  async #attempt(sql: string, statement: string, prefixBytes: number): Promise<DuckDBResult> {
    try {
      return await this.#connection.run(sql)
    } catch (error) {
      throw asDuckdbFailure(error, { statement, prefixBytes })
    }
  }

  /** DuckDB has one type for conflicts and for statements that make no sense just now. */
  #describe(error: unknown, statement: string): FerryError {
    const failure = asDuckdbFailure(error)
    if (failure.details['type'] !== 'TransactionContext') return failure
    const isControl = /^\s*(begin|start|commit|end|rollback|abort)\b/i.exec(statement)?.[1]
    const opens = isControl !== undefined && /begin|start/i.test(isControl)
    const senseless = isControl === undefined ? this.#spoilt : opens === this.#inTransaction
    if (!senseless) {
      if (isControl !== undefined) this.#inTransaction = false
      return failure
    }
    return new FerryError('SQL_INVALID', failure.message, {
      cause: error,
      details: failure.details,
    })
  }
}

/** How many rows a statement changed, or null when that makes no sense for it. */
async function countOf(result: DuckDBResult): Promise<number | null> {
  if (result.returnType === ResultReturnType.CHANGED_ROWS) return result.rowsChanged
  const isCount =
    result.statementType === StatementType.CREATE && result.columnNames()[0] === 'Count'
  if (!isCount) return null
  const chunk = await result.fetchChunk()
  return chunk === null || chunk.rowCount === 0 ? null : Number(chunk.getRowValues(0)[0])
}
