/** One client's session with DuckDB: runs the steps of a batch and says what comes of them. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { setTimeout as sleep } from 'node:timers/promises'
import { ByteWriter } from './bytes.ts'
import { asFault, Fault } from './fault.ts'
import type { PacketWriter } from './packets.ts'
import { splitPartition, switchPartition } from './partitions.ts'
import { resultColumn, writeColumns, writeRow } from './result-columns.ts'
import type { Sessions, SessionState } from './sessions.ts'
import { quoted } from './t-sql/expressions.ts'
import type { Plan, Step } from './t-sql/plan.ts'
import type { Flavor } from './t-sql/statements.ts'
import { COMMAND, type Done, done, envChange, ENVIRONMENT } from './tokens.ts'

const FLUSH_BYTES = 32_768
const NO_BYTES = Buffer.alloc(0)
const BULK = 'temp.main.__ferry_bulk'

type SqlStep = Extract<Step, { kind: 'sql' }>
type BulkStep = Extract<Step, { kind: 'bulk' }>

/** What a session knows of the server. */
export interface EngineSurroundings {
  readonly flavor: Flavor
  readonly sessions: Sessions
  readonly state: SessionState
  readonly connect: () => Promise<DuckDBConnection>
}

export class EngineSession {
  readonly #duckdb: DuckDBConnection
  readonly #writer: PacketWriter
  readonly #around: EngineSurroundings
  #depth = 0
  #describesOnly = false
  #attention = new AbortController()
  /** Announced; its rows come with the next message. */
  #bulk:
    | {
        readonly step: BulkStep
        readonly add: (row: readonly (string | null)[]) => void
        rows: number
        readonly flush: () => void
      }
    | undefined

  constructor(duckdb: DuckDBConnection, writer: PacketWriter, around: EngineSurroundings) {
    this.#duckdb = duckdb
    this.#writer = writer
    this.#around = around
  }

  get isStopped(): boolean {
    return this.#attention.signal.aborted
  }

  /** Before each request. */
  begin(): void {
    this.#attention = new AbortController()
    this.#around.state.requestedAt = new Date()
  }

  /** The client does not want the rest. */
  stop(): void {
    this.#attention.abort()
    this.#duckdb.interrupt()
  }

  close(): void {
    this.#duckdb.interrupt()
    this.#duckdb.closeSync()
  }

  /** Writes the results, all but the final DONE, whose fields it returns. @throws Fault */
  async run(plan: Plan): Promise<Done> {
    let last: Done = {}
    const loud = plan.filter(step => step.kind !== 'sql' || step.quiet !== true)
    const alone = plan.length > loud.length && this.#depth === 0
    if (alone) await this.#duckdb.run('BEGIN')
    try {
      for (const step of plan) {
        const result = await this.#step(step)
        if (result === undefined) continue
        if (step !== loud[0]) await this.#writer.write(done({ ...last, more: true }))
        last = result
      }
      if (alone) await this.#duckdb.run('COMMIT')
      return last
    } catch (error) {
      if (alone) await this.#duckdb.run('ROLLBACK')
      throw asFault(error)
    }
  }

  /** Rows of the bulk load that was announced. */
  addBulkRows(rows: readonly (readonly (string | null)[])[]): void {
    if (this.#bulk === undefined) throw new Fault(4804, 'a bulk load that was not announced')
    for (const row of rows) this.#bulk.add(row)
    this.#bulk.rows += rows.length
  }

  async endBulk(): Promise<Done> {
    const bulk = this.#bulk
    this.#bulk = undefined
    if (bulk === undefined) throw new Fault(4804, 'a bulk load that was not announced')
    bulk.flush()
    const { table, columns } = bulk.step
    const names = columns.map(quoted).join(', ')
    try {
      await this.#duckdb.run(`INSERT INTO ${table} (${names}) SELECT ${names} FROM ${BULK}`)
      return { rows: BigInt(bulk.rows), command: COMMAND.insert }
    } finally {
      await this.#duckdb.run(`DROP TABLE IF EXISTS ${BULK}`).catch(() => {}) // the transaction is void
    }
  }

  /** The rest of a bulk load that failed or was given up is not taken. */
  dropBulk(): void {
    this.#bulk = undefined
  }

  async #step(step: Step): Promise<Done | undefined> {
    switch (step.kind) {
      case 'nothing':
        return {}
      case 'describeOnly':
        this.#describesOnly = step.on
        return {}
      case 'begin':
      case 'commit':
      case 'rollback':
        return this.#transaction(step.kind)
      case 'dynamic': {
        const reader = await this.#duckdb.runAndReadAll(`SELECT ${step.text}`)
        return this.run(step.translate(String(reader.getRows()[0]?.[0] ?? '')))
      }
      case 'split':
        await splitPartition(this.#duckdb, step.table, step.value)
        return {}
      case 'switch':
        await switchPartition(this.#duckdb, step)
        return {}
      case 'throw':
        throw new Fault(step.number, step.message)
      case 'kill':
        this.#around.sessions.kill(step.session)
        return {}
      case 'lockTimeout':
        this.#around.state.lockTimeoutMs = step.ms
        return {}
      case 'wait':
        await sleep(step.ms, undefined, { signal: this.#attention.signal }).catch(() => {}) // stopped
        return {}
      case 'if':
        return this.run((await this.#isTrue(step.condition)) ? step.yes : step.no)
      case 'try':
        return this.run(step.work).catch(() => this.run(step.otherwise))
      case 'bulk':
        return this.#announceBulk(step)
      case 'sql':
        return this.#sql(step)
      default:
        return step satisfies never
    }
  }

  async #isTrue(condition: string): Promise<boolean> {
    const reader = await this.#duckdb.runAndReadAll(`SELECT (${condition})`)
    return reader.getRows()[0]?.[0] === true
  }

  async #transaction(kind: 'begin' | 'commit' | 'rollback'): Promise<Done> {
    const number = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])
    const { beginTransaction, commitTransaction, rollbackTransaction } = ENVIRONMENT
    if (kind === 'begin') {
      if (this.#depth === 0) {
        await this.#duckdb.run('BEGIN')
        this.#around.state.beganAt = new Date()
        await this.#writer.write(envChange(beginTransaction, number, NO_BYTES))
      }
      this.#depth += 1
      return {}
    }
    if (this.#depth === 0) {
      throw new Fault(
        kind === 'commit' ? 3902 : 3903,
        `The ${kind} request has no corresponding BEGIN TRANSACTION.`,
      )
    }
    this.#depth = kind === 'commit' ? this.#depth - 1 : 0
    if (this.#depth > 0) return {}
    this.#around.state.beganAt = undefined
    this.#around.sessions.release(this.#around.state.id)
    await this.#duckdb.run(kind)
    const change = kind === 'commit' ? commitTransaction : rollbackTransaction
    await this.#writer.write(envChange(change, NO_BYTES, number))
    return {}
  }

  async #sql(step: SqlStep): Promise<Done | undefined> {
    if (
      this.#around.flavor === 'synapse' &&
      this.#depth > 0 &&
      /^(CREATE|ALTER|DROP)/.test(step.text)
    ) {
      const message = 'Operation cannot be performed within a transaction.'
      throw new Fault(111_212, message)
    }
    await this.#awaitOthers(step.text)
    if (step.returnsRows === true) return this.#select(step)
    if (this.#describesOnly) return {}
    const result = await this.#duckdb.run(step.text)
    if (step.quiet === true) return undefined
    if (step.command === 'other') return {}
    const rows = step.command === 'select' ? (await result.getRows())[0]?.[0] : result.rowsChanged
    return { rows: BigInt(Number(rows ?? 0)), command: COMMAND[step.command] }
  }

  /** What other sessions hold, and what the catalog tells of them. */
  async #awaitOthers(text: string): Promise<void> {
    const { sessions, state, connect } = this.#around
    state.command = /^\W*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? ''
    await sessions.awaitTables(text, state, this.#attention.signal)
    const altered = /^ALTER TABLE (?:"[^"]*"\.)?"([^"]*)"/.exec(text)?.[1]
    if (altered !== undefined && this.#depth > 0) sessions.hold(altered, state.id)
    if (!/\bdm_(tran|exec)_/.test(text)) return
    const duckdb = await connect()
    await duckdb.run('DELETE FROM ferry_tds.sessions')
    await duckdb.run(sessions.values)
    duckdb.closeSync()
  }

  async #select({ text, command }: SqlStep): Promise<Done> {
    const statement = this.#describesOnly ? `SELECT * FROM (${text}) LIMIT 0` : text
    // A stream of DuckDB's ends early, and silently, at an error: what it is, a whole result tells.
    let failure: unknown
    const result = await this.#duckdb.run(statement).catch(async (error: unknown) => {
      failure = error
      if (this.#depth > 0) throw error // the transaction is void: the rows before cannot be had
      return this.#duckdb.stream(statement)
    })
    const columns = result.columnTypes().map(resultColumn)
    const writer = new ByteWriter()
    writeColumns(writer, result.columnNames(), columns)
    let rows = 0n
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0 || this.isStopped) break
      for (const row of chunk.getRows() as readonly (readonly DuckDBValue[])[]) {
        writeRow(writer, row, columns)
        rows += 1n
        if (writer.length < FLUSH_BYTES) continue
        await this.#writer.write(writer.take())
        if (this.isStopped) break
      }
    }
    await this.#writer.write(writer.take())
    if (failure !== undefined) throw failure
    return { rows, command: command === 'other' ? 0 : COMMAND[command] }
  }

  async #announceBulk(step: BulkStep): Promise<Done> {
    const columns = step.columns.map(name => `${quoted(name)} VARCHAR`)
    await this.#duckdb.run(`CREATE OR REPLACE TEMPORARY TABLE ${BULK} (${columns.join(', ')})`)
    const appender = await this.#duckdb.createAppender('__ferry_bulk', 'main', 'temp')
    const add = (row: readonly (string | null)[]): void => {
      for (const value of row) {
        if (value === null) appender.appendNull()
        else appender.appendVarchar(value)
      }
      appender.endRow()
    }
    this.#bulk = { step, add, rows: 0, flush: () => appender.closeSync() }
    return {}
  }
}
