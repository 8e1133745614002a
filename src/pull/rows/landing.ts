import type { TableSchema } from '../columns/table-schema.ts'
import type { JsonRecord } from '../json/parse-json.ts'
import { KeyLog, RowSet } from './key-log.ts'
import { type BrokenRow, isBroken, type ReadRow } from './row.ts'
import type { RowSink } from './row-sink.ts'
import { Spool } from './spool.ts'

export interface LandingOptions {
  /** Files beside which the rows wait. */
  readonly path: string
  readonly key: readonly string[]
  readonly schema: TableSchema
  /** No more rows than these are wanted. */
  readonly most?: number | undefined
}

/** Before lines that hold no row but what could not be read as one. */
const BROKEN = '!'

/**
 * Where the rows of one table wait until all have arrived: only then their columns are known, and
 * which of them were sent twice. Pages that turn out to be torn are taken back.
 */
export class Landing implements RowSink, AsyncDisposable {
  readonly schema: TableSchema
  readonly #key: readonly string[]
  readonly #most: number
  readonly #spool: Spool
  readonly #keys: KeyLog | undefined

  private constructor(
    { schema, key, most = Number.POSITIVE_INFINITY }: LandingOptions,
    spool: Spool,
    keys: KeyLog | undefined,
  ) {
    this.schema = schema
    this.#key = key
    this.#most = most
    this.#spool = spool
    this.#keys = keys
  }

  static async open(options: LandingOptions): Promise<Landing> {
    const { path, key } = options
    const spool = await Spool.open(`${path}.rows`)
    try {
      return new Landing(
        options,
        spool,
        key.length > 0 ? await KeyLog.open(`${path}.keys`) : undefined,
      )
    } catch (error) {
      await spool[Symbol.asyncDispose]()
      throw error
    }
  }

  get rows(): number {
    return this.#spool.rows
  }

  get isFull(): boolean {
    return this.#spool.rows >= this.#most
  }

  async add(rows: readonly ReadRow[]): Promise<void> {
    for (const row of rows) {
      if (this.isFull) return
      if (isBroken(row)) {
        await this.#spool.append(`${BROKEN}${JSON.stringify(row)}`)
        await this.#keys?.append(undefined)
      } else {
        this.schema.observe(row.members)
        await this.#spool.append(row.text)
        await this.#keys?.append(keyOf(row.members, this.#key))
      }
    }
  }

  /**
   * What `work` adds is kept when it succeeds, and taken back when it fails. (Columns that were seen
   * meanwhile stay as wide as they were found.)
   */
  async attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    const mark = await this.#spool.mark()
    try {
      return await work()
    } catch (error) {
      await this.#spool.rewind(mark)
      await this.#keys?.rewind(mark.rows)
      throw error
    }
  }

  /** Which rows have a later one with the same key. */
  superseded(): Promise<RowSet> {
    return this.#keys?.superseded() ?? Promise.resolve(new RowSet(0))
  }

  /** The rows in their order, as they were added. */
  async *lines(): AsyncGenerator<readonly string[]> {
    yield* this.#spool.lines()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#spool[Symbol.asyncDispose]()
    await this.#keys?.[Symbol.asyncDispose]()
  }
}

/** What a line holds that is no row, or undefined for a row. */
export function brokenRow(line: string): BrokenRow | undefined {
  return line.startsWith(BROKEN) ? (JSON.parse(line.slice(1)) as BrokenRow) : undefined // written above
}

function keyOf(members: JsonRecord, key: readonly string[]): string | undefined {
  const values = key.map(name => (Object.hasOwn(members, name) ? members[name] : undefined))
  return values.some(value => value === undefined || value === null)
    ? undefined
    : JSON.stringify(values)
}
