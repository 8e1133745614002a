import type { ColumnType, TableColumn } from '../formats/column-type.ts'
import type { Relation, Session } from './dialect.ts'

/**
 * How tables are loaded into an engine. `plan` is pure: a plan can be printed without a connection
 * (`ferry load --plan`), and the loader runs what was printed, step by step, on one session.
 *
 * What all engines have in common is written once, in src/loader: the ledger's rows, counting, rows
 * that do not fit, fetching and staging files. An engine only writes its SQL. The promises are tested
 * by test/databases/loading.contract.ts, which every warehouse passes.
 */
export interface LoadWriter {
  /** How the engine takes files, and in what form it likes them. */
  readonly advice: LoadAdvice
  /**
   * Statements that make the ledger (ledger.ts) when it is not there; they may run again, and two
   * may run them at once. Outside of the load's transaction.
   */
  readonly createLedger: readonly string[]
  /** @throws FerryError UNSUPPORTED (a design, a strategy or a format that the engine does not have) */
  readonly plan: (request: LoadRequest) => LoadPlan
  /**
   * Runs a `stream` step on the session, in its open transaction: `rows` are CSV lines without a
   * header (src/formats/csv.ts, values as in column-type.ts), in pieces that may end anywhere.
   * Resolves to the rows that the engine counted. @throws FerryError as Session.execute
   */
  readonly stream: (
    session: Session,
    step: StreamStep,
    rows: AsyncIterable<Uint8Array>,
  ) => Promise<number>
  /**
   * Asked of each value when the engine refused a file: the text by which the engine's own reader
   * takes it, or why the engine cannot hold it (`{ reason }`, without the column's name). The text is
   * a right one of its type already. Most engines only know limits: `{ text }` unchanged, else.
   * `identity` is that of the stage: one reader may want texts that another does not.
   */
  readonly fit: (
    type: ColumnType,
    text: string,
    identity?: string,
  ) => { text: string } | { reason: string }
}

export interface LoadAdvice {
  /**
   * `local`: files of this machine that the engine reads by itself; `stream`: rows through the
   * session; `url`: objects in a store that the engine fetches itself, brought to the stage before.
   */
  readonly takes: 'local' | 'stream' | 'url'
  /** Formats that it takes as they are; others are turned into CSV by the loader. */
  readonly formats: readonly LoadFiles['format'][]
  /** Of `url`: schemes of stages that it can read, `s3`. */
  readonly stages: readonly string[]
  /** The field that is NULL in the CSV it reads. Parts are written anew for it where it is not ''. */
  readonly nullText: string
  readonly partBytes: number
  /** Parts are a multiple of this, unless `warehouses.NAME.slots` says how many slices there are. */
  readonly multipleOf: number
}

/**
 * | strategy | what the table holds afterwards |
 * |---|---|
 * | replace | the files' rows, and nothing else; readers see the old table or the new one |
 * | append | what it held, and the files' rows; with a key, only those whose key it did not hold |
 * | merge | what it held, with the files' rows in place of those with their key |
 * | history | every version of a row, from `valid_from` until before `valid_to` (NULL: it is the row now) |
 * | partition | what it held of other days (or months), and the files' rows |
 * | remove | what it held, without the rows whose key is in the files, which hold nothing but keys |
 *
 * `merge` and `history` of files that are `complete` also take away (or end) what is not in them.
 */
export type LoadStrategy = 'replace' | 'append' | 'merge' | 'history' | 'partition' | 'remove'

export interface LoadRequest {
  readonly target: Relation
  readonly design: TableDesign
  readonly strategy: LoadStrategy
  /** The files hold every row of the source's table: what is not in them is gone. */
  readonly complete: boolean
  /** What is there now: undefined when there is no such table or view. Only `replace` meets a view. */
  readonly present: 'table' | 'view' | undefined
  /** Columns of the design that the present table does not have yet; not for `replace`. */
  readonly adds: readonly TableColumn[]
  readonly files: LoadFiles
  /** Written in the same transaction, as its first statement: of two at once one fails there. */
  readonly ledger: LedgerRow
}

export interface LoadFiles {
  readonly format: 'csv' | 'jsonl' | 'parquet'
  readonly compression: 'gzip' | 'zstd' | 'none'
  /**
   * The names in the order of the files' fields. One that is no column of the design is read over.
   */
  readonly columns: readonly string[]
  /** `takes` local: with paths. `takes` url: URLs in the stage. `takes` stream: for people only. */
  readonly parts: readonly LoadPart[]
  /** Where it is known: after a first try was refused. */
  readonly longestRowBytes?: number | undefined
  /** Of `takes` url. */
  readonly stage: LoadStage | undefined
}

export interface LoadPart {
  readonly url: string
  /** Absolute path of the file that it is, or will be while a step that `reads` it runs. */
  readonly path?: string | undefined
  readonly bytes: number
  readonly rows?: number | undefined
}

export interface LoadStage {
  /** The manifest of the parts (formats/manifest.ts), an object beside them. */
  readonly manifestUrl: string
  /** The folder of the parts, ending in `/`. */
  readonly folderUrl: string
  /** `warehouses.NAME.identity`: by which the engine may read the stage, in the engine's own words. */
  readonly identity: string | undefined
  /** `warehouses.NAME.region`: where the stage is, when not where the warehouse is. */
  readonly region: string | undefined
}

/** How a table is laid out: from the source, and from `load.tables.NAME` in ferry.yaml. */
export interface TableDesign {
  /**
   * All columns that the table is to have, with the types that it has or is to have; those of
   * `history` (HISTORY_COLUMNS) are added by the plan. Of `remove`: the key's.
   */
  readonly columns: readonly TableColumn[]
  /** Empty when nothing tells one row from all others. Of merge, history and remove: never empty. */
  readonly key: readonly string[]
  readonly distribution?: 'even' | 'all' | 'auto' | { readonly column: string } | undefined
  readonly sort?: readonly string[] | undefined
  readonly partition?: { readonly column: string; readonly by: 'day' | 'month' } | undefined
  /** By column, in the engine's own words (`az64`); or `columnstore`, `heap` for the whole table under `*`. */
  readonly compression?: Readonly<Record<string, string>> | undefined
}

/** A row of the ledger: `ferry.loads` (src/databases/ledger.ts). */
export interface LedgerRow {
  /** Tells a delivery from every other one. */
  readonly delivery: string
  /** `production.tasks` */
  readonly table: string
  readonly date: string
  readonly strategy: LoadStrategy
  /** That were loaded of it. */
  readonly rows: number
  /** The edge that the table then has (formats/table-manifest.ts). */
  readonly to: string | null
  /** When its rows were true, by the source's clock, ISO 8601 in UTC; of `history`: `valid_from`. */
  readonly takenAt: string
  /** By the loader's clock, ISO 8601 in UTC. */
  readonly loadedAt: string
}

/** Time stamps in UTC without a zone. */
export const HISTORY_COLUMNS = { from: 'valid_from', to: 'valid_to' } as const

export interface LoadPlan {
  /** In order. Those with `inTransaction` follow each other: they are one transaction. */
  readonly steps: readonly LoadStep[]
  /** Run when a step failed, after the rollback; each may fail. */
  readonly cleanup: readonly string[]
}

interface StepBase {
  readonly text: string
  readonly inTransaction: boolean
  /** One line for people, printed above the statement: what it does, and why so. */
  readonly why: string
  /** What the rows that it changed are; of `query`: what the one number is that it yields. */
  readonly counts?: LoadCount | undefined
}

/**
 * - staged: rows that the engine read from the files; compared with the manifest's
 * - superseded: staged rows that a later row with the same key took the place of
 * - written: rows put into the table, be they new or in the place of others
 * - updated: rows of the table that others took the place of (or, of `history`, that ended so)
 * - deleted: rows of the table that are gone (or, of `history`, that ended so)
 * - tableRows: how many it has at the end
 */
export type LoadCount = 'staged' | 'superseded' | 'written' | 'updated' | 'deleted' | 'tableRows'

/** The parts' rows are streamed into the session (COPY FROM STDIN, bulk load). */
export interface StreamStep extends StepBase {
  readonly kind: 'stream'
  readonly into: Relation
  /** In the order of the fields. */
  readonly columns: readonly TableColumn[]
}

export type LoadStep =
  | (StepBase & {
      readonly kind: 'sql'
      /** Of `takes` local: parts that must be on this machine while it runs; a part is read by one step. */
      readonly reads?: readonly LoadPart[] | undefined
    })
  /** A statement that yields one row with one number. */
  | (StepBase & { readonly kind: 'query'; readonly counts: LoadCount })
  | StreamStep
