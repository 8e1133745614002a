import { FerryError } from '../../core/errors.ts'
import type { WireColumn } from './result-columns.ts'
import { type Connection, Request } from './sdk.ts'

/** Rows that wait to be read; when there are more, the server waits. */
const MAX_ROWS = 2_048
const MAX_CHARACTERS = 1_000_000

export interface RequestRows {
  /** Empty when the statement has no result. */
  readonly columns: readonly WireColumn[]
  /** Values as exact-values.ts and tedious read them. The server waits while nobody reads. */
  readonly batches: AsyncGenerator<readonly (readonly unknown[])[], void>
  /** Cancels what has not ended, and waits until that is done. `batches` does so when left early. */
  readonly end: () => Promise<void>
  /** What the server counted; known when `batches` was read to its end. */
  readonly rowCount: () => number | null
}

/** Sends one batch and reads its rows. Who stops reading cancels it, and waits until that is done. */
export async function runBatch(connection: Connection, statement: string): Promise<RequestRows> {
  const rows = new Rows(connection, statement)
  await rows.described
  return {
    columns: rows.columns,
    batches: rows.read(),
    end: () => rows.end(),
    rowCount: () => rows.rowCount,
  }
}

class Rows {
  readonly described: Promise<void>
  columns: readonly WireColumn[] = []
  rowCount: number | null = null
  readonly #connection: Connection
  readonly #request: Request
  readonly #ended = Promise.withResolvers<void>()
  #pending: (readonly unknown[])[] = []
  #characters = 0
  #results = 0
  #hasEnded = false
  #failure: unknown
  #wake: () => void = () => {}

  constructor(connection: Connection, statement: string) {
    this.#connection = connection
    const described = Promise.withResolvers<void>()
    this.described = described.promise
    this.#request = new Request(statement, error => {
      this.#hasEnded = true
      this.#failure = error ?? undefined
      if (this.columns.length === 0 && this.#failure !== undefined) described.reject(this.#failure)
      else described.resolve()
      this.#ended.resolve()
      this.#wake()
    })
    this.#request.on('columnMetadata', columns => {
      this.#results += 1
      if (this.#results === 1 && Array.isArray(columns)) this.columns = columns
      described.resolve()
    })
    this.#request.on('row', columns => this.#add(columns))
    this.#request.on('done', count => this.#count(count))
    this.#request.on('doneInProc', count => this.#count(count))
    connection.execSqlBatch(this.#request)
  }

  async *read(): AsyncGenerator<readonly (readonly unknown[])[], void> {
    try {
      for (;;) {
        if (this.#pending.length > 0) {
          const rows = this.#pending
          this.#pending = []
          this.#characters = 0
          this.#request.resume()
          yield rows
        } else if (this.#hasEnded) break
        else {
          await new Promise<void>(resolve => {
            this.#wake = resolve
          })
        }
      }
      if (this.#failure !== undefined) throw this.#failure
      if (this.#results > 1) throw severalResults(this.#results)
    } finally {
      await this.end()
    }
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return
    this.#connection.cancel()
    this.#request.resume()
    await this.#ended.promise
  }

  #add(columns: readonly { readonly value: unknown }[]): void {
    if (this.#results > 1) return // refused at the end
    const row = columns.map(({ value }) => value)
    for (const value of row) this.#characters += sizeOf(value)
    this.#pending.push(row)
    if (this.#pending.length >= MAX_ROWS || this.#characters >= MAX_CHARACTERS) {
      this.#request.pause()
    }
    this.#wake()
  }

  #count(count: number | undefined): void {
    if (count !== undefined) this.rowCount = count
  }
}

const sizeOf = (value: unknown): number =>
  typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 8

function severalResults(results: number): FerryError {
  return new FerryError('SQL_INVALID', `the statement has ${results} results, not one`, {
    hint: 'run a procedure that has one result, or none',
  })
}
