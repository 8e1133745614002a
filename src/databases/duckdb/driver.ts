import { createReadStream, rmSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { randomDigits } from '../../core/temporary-name.ts'
import { parseCsv } from '../../formats/csv.ts'
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
import { onlyStatement } from '../only-statement.ts'
import { headerLine } from '../row-encoding.ts'
import { parseValue } from '../value-kind.ts'
import { parseDuckdbUrl, type WarehouseFiles } from './config.ts'
import { type FifoReader, openOrMakeFifo } from './fifo.ts'
import type { OwnerLink } from './owner-link.ts'
import { linkToOwner, type WelcomedLink } from './owner-start.ts'
import { sql } from './sql.ts'
import { kindOf } from './types.ts'

/** A session with the owner of the embedded warehouse, which is started when there is none. */
export async function openSession(target: OpenTarget): Promise<Session> {
  const files = parseDuckdbUrl(target.url, target.projectDirectory)
  const welcomed = await linkToOwner(files, target)
  return new DuckdbSession(welcomed, files, target.signal)
}

/** A result on its way: its columns are known, its bytes come while DuckDB writes them. */
interface Running {
  readonly columns: readonly Column[]
  readonly bytes: AsyncIterable<Uint8Array>
  rows(): number | null
}

class DuckdbSession implements Session {
  readonly #link: OwnerLink
  readonly #files: WarehouseFiles
  readonly #signal: AbortSignal
  readonly #cancel = (): void => void this.#interrupt()
  readonly #fifo: string
  /** Our ends of the FIFO are closed, and the owner's is too. */
  #fifoIsFree = true
  /** The result that is being read: stops it and waits until the link is free again. */
  #abandon: () => Promise<void> = async () => {}
  #isClosed = false

  constructor({ link, fifo }: WelcomedLink, files: WarehouseFiles, signal: AbortSignal) {
    this.#link = link
    this.#fifo = fifo
    this.#files = files
    this.#signal = signal
    signal.addEventListener('abort', this.#cancel, { once: true })
  }

  async execute(statement: string): Promise<StatementResult> {
    const only = onlyStatement(statement, sql.lexicon)
    if (only === undefined) return { rowsAffected: null }
    await this.#ready()
    return this.#located(only.offset, async () => {
      const reply = await this.#link.ask({ op: 'execute', statement: only.text })
      return { rowsAffected: reply.kind === 'done' ? (reply.rowsAffected ?? null) : null }
    })
  }

  async query(statement: string): Promise<ResultSet> {
    const running = await this.#start(statement, 'csv')
    const kinds = running.columns.map(column => kindOf(column.type))
    return {
      columns: running.columns,
      batches: (async function* (): AsyncGenerator<readonly Row[], void> {
        for await (const rows of parseCsv(running.bytes)) {
          yield rows.map(row => row.map((text, index) => parseValue(text, kinds[index] ?? 'text')))
        }
      })(),
    }
  }

  async export(statement: string, format: ExportFormat): Promise<ExportStream> {
    if (format === 'parquet') return this.#exportFile(statement)
    const running = await this.#start(statement, format)
    const { columns, bytes } = running
    const rows = (): number | null => running.rows()
    return { bytes: columns.length === 0 ? bytes : withHeader(columns, format, bytes), rows }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#signal.removeEventListener('abort', this.#cancel)
    if (this.#fifoIsFree) await this.#link.send({ op: 'release' })
    this.#link.close()
    await this.#abandon()
    if (!this.#fifoIsFree) this.#forgetFifo()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #start(statement: string, format: 'csv' | 'tsv' | 'json'): Promise<Running> {
    const only = onlyStatement(statement, sql.lexicon)
    if (only === undefined) return { columns: [], bytes: nothing(), rows: () => null }
    await this.#ready()
    const fifo = this.#fifo
    const reader = await openOrMakeFifo(fifo)
    this.#fifoIsFree = false
    try {
      return await this.#located(only.offset, async () => {
        await this.#link.send({ op: 'export', statement: only.text, format, fifo })
        const { header } = await this.#link.receive()
        if (header.kind !== 'columns') {
          throw new FerryError('BUG', 'the warehouse did not send columns')
        }
        const { columns } = header
        if (columns.length > 0) return { columns, ...this.#readFifo(reader, only.offset) }
        reader.finish()
        reader.bytes.destroy()
        this.#fifoIsFree = true
        await this.#link.receive()
        return { columns, bytes: nothing(), rows: () => null }
      })
    } catch (error) {
      reader.finish()
      reader.bytes.destroy()
      throw error
    }
  }

  #readFifo(reader: FifoReader, offset: number): Pick<Running, 'bytes' | 'rows'> {
    let rows: number | null = null
    let failure: { readonly error: unknown } | undefined
    let hasEnded = false
    const ended = this.#located(offset, async () => {
      const { header } = await this.#link.receive()
      if (header.kind === 'done') rows = header.rows ?? null
    })
      .catch((error: unknown) => {
        failure = { error }
      })
      .finally(() => {
        hasEnded = true
        reader.finish()
      })
    const stop = async (): Promise<void> => {
      reader.bytes.destroy()
      if (hasEnded) {
        this.#fifoIsFree = true
        return
      }
      // Also lets go a writer that opens the pipe only now, when nobody reads it any more.
      await this.#link.send({ op: 'cancel' })
      await ended
      this.#forgetFifo() // what is left in it must not begin the next result
    }
    this.#abandon = stop
    const signal = this.#signal
    async function* read(): AsyncGenerator<Uint8Array, void> {
      try {
        for await (const chunk of reader.bytes) yield chunk as Buffer // no encoding is set
      } catch (error) {
        signal.throwIfAborted() // which closed the pipe under us
        throw error
      } finally {
        await stop()
      }
      if (failure !== undefined) throw failure.error
    }
    return { bytes: read(), rows: () => rows }
  }

  async #exportFile(statement: string): Promise<ExportStream> {
    const only = onlyStatement(statement, sql.lexicon)
    if (only === undefined) return { bytes: nothing(), rows: () => null }
    await this.#ready()
    const path = join(this.#files.temporaryDirectory, `${randomDigits()}.parquet`)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    try {
      const reply = await this.#located(only.offset, () =>
        this.#link.ask({ op: 'file', statement: only.text, path }),
      )
      const rows = reply.kind === 'done' ? (reply.rows ?? null) : null
      return { bytes: readAndRemove(path), rows: () => rows }
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  }

  /** Runs a request; its errors name places in the whole text, and an abort names its reason. */
  async #located<Result>(offset: number, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!(error instanceof FerryError)) throw error
      const position = error.details['position']
      if (typeof position !== 'number' || offset === 0) throw error
      throw new FerryError(error.code, error.message, {
        cause: error.cause,
        hint: error.hint,
        details: { ...error.details, position: position + offset },
      })
    }
  }

  async #ready(): Promise<void> {
    this.#signal.throwIfAborted()
    if (this.#isClosed) throw new FerryError('BUG', 'the session is closed')
    const abandon = this.#abandon
    this.#abandon = async () => {}
    await abandon()
  }

  async #interrupt(): Promise<void> {
    await this.#link.send({ op: 'cancel' })
    await this.#abandon().catch(() => {}) // the reader of the result gets the reason itself
  }

  #forgetFifo(): void {
    rmSync(this.#fifo, { force: true })
  }
}

async function* withHeader(
  columns: readonly Column[],
  format: 'csv' | 'tsv' | 'json',
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const names = columns.map(column => column.name)
  if (format !== 'json') yield Buffer.from(headerLine(names, format))
  yield* bytes
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}

async function* readAndRemove(path: string): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer // no encoding is set
  } finally {
    await rm(path, { force: true })
  }
}
