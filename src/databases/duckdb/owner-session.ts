import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DuckDBConnection,
  type DuckDBResult,
  ResultReturnType,
  StatementType,
} from '@duckdb/node-api'
import { FerryError } from '../../core/errors.ts'
import { csvLine } from '../../formats/csv.ts'
import type { Column } from '../dialect.ts'
import { copyQuery } from './copy-query.ts'
import { asDuckdbFailure, parseDuckdbError } from './errors.ts'
import { releaseWriter } from './fifo.ts'
import type { Reply } from './frames.ts'

const INLINE_BYTES = 65_536
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
    const prepared = await this.#prepare(statement)
    if (prepared?.type === StatementType.SELECT) {
      // A statement that COPY does not take is refused by its parser, at no cost.
      const { columns } = prepared
      const sql = copyQuery(statement, columns, { format, path: fifo })
      if (await this.#canParse(sql.text)) {
        await this.#send({ kind: 'columns', columns, inline: false })
        this.#fifoInUse = fifo
        const result = await this.#attempt(sql.text, statement, sql.prefixBytes)
        await this.#send({ kind: 'done', rows: await countOf(result) })
        return
      }
    }
    await this.#sendInline(await this.#runWhole(statement, prepared?.type))
  }

  async exportFile(statement: string, path: string): Promise<void> {
    const prepared = await this.#prepare(statement)
    const sql = copyQuery(statement, prepared?.columns ?? [], { format: 'parquet', path })
    if (prepared?.type !== StatementType.SELECT || !(await this.#canParse(sql.text))) {
      throw new FerryError('SQL_INVALID', 'only a query can be written as Parquet', {
        hint: 'take csv, or put the result into a table first',
      })
    }
    const result = await this.#attempt(sql.text, statement, sql.prefixBytes)
    await this.#send({ kind: 'done', rows: await countOf(result) })
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
  ): Promise<{ type: StatementType; columns: readonly Column[] } | undefined> {
    try {
      const prepared = await this.#connection.prepare(statement)
      try {
        const columns = Array.from({ length: prepared.columnCount }, (_, index) => ({
          name: prepared.columnName(index),
          type: String(prepared.columnType(index)),
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

  async #sendInline(result: DuckDBResult): Promise<void> {
    const hasRows = result.returnType === ResultReturnType.QUERY_RESULT
    const columns = hasRows
      ? result.columnNames().map((name, i) => ({ name, type: String(result.columnType(i)) }))
      : []
    await this.#send({ kind: 'columns', columns, inline: true })
    if (!hasRows) {
      await this.#send({ kind: 'done', rows: null })
      return
    }
    let rows = 0
    let lines = ''
    for await (const batch of result.yieldRows()) {
      for (const row of batch) {
        lines += csvLine(
          row.map(value => (value === null ? null : String(value))),
          ',',
        )
        rows += 1
        if (lines.length < INLINE_BYTES) continue
        await this.#send({ kind: 'data' }, Buffer.from(lines))
        lines = ''
      }
    }
    if (lines !== '') await this.#send({ kind: 'data' }, Buffer.from(lines))
    await this.#send({ kind: 'done', rows })
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
