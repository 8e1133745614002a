/**
 * A SQL engine, as the rest of Ferry sees it. Four kinds of difference in four places: how to talk
 * (`open`), how to write SQL (`sql`), what is possible (`capabilities`), what exists (`introspect`).
 * The promises are tested by test/databases/dialect.contract.ts, which every dialect passes.
 */
export interface Dialect {
  readonly name: string
  readonly sql: SqlWriter
  readonly capabilities: DialectCapabilities
  readonly introspect: Introspector
  /**
   * Opens one session (a connection of its own: its transaction and temporary tables are its own).
   * May be called many times, in parallel. @throws FerryError CONFIG_INVALID (a bad URL), DENIED
   * (wrong credentials), SERVICE_UNAVAILABLE (nobody listens, the host is away)
   */
  open(target: OpenTarget): Promise<Session>
}

export interface OpenTarget {
  readonly url: string
  /** Relative paths in the URL start here; the embedded engine keeps its socket in `.ferry/`. */
  readonly projectDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Statements of one session run one after the other; it is not for use in parallel. */
export interface Session extends AsyncDisposable {
  /**
   * Runs one statement whose rows, if any, nobody wants. Resolves when it is done.
   * @throws FerryError SQL_INVALID with `details.position` (0-based offset in `statement`, in
   * UTF-16 units, when the engine told it), TRANSIENT (deadlock, serialization, connection lost)
   */
  execute(statement: string): Promise<StatementResult>
  /** Runs one statement and streams its rows in batches; constant memory. Read it to its end. */
  query(statement: string): Promise<ResultSet>
  /**
   * Runs one query and streams its result as the bytes of a file, header line included for csv and
   * tsv. NULL is empty and the empty string is `""`; quotes are doubled; lines end in `\n`. json is
   * one object a line. Statements without a result set yield no bytes and have run when `bytes` was
   * read to its end. Who stops reading cancels the query, which spoils an open transaction.
   * @throws like execute; also while `bytes` is read
   */
  export(statement: string, format: ExportFormat): Promise<ExportStream>
  /** Ends the session; an open transaction is rolled back. May be called twice. */
  close(): Promise<void>
}

export interface StatementResult {
  /** Rows inserted, updated or deleted, or null when the engine does not say. */
  readonly rowsAffected: number | null
}

export interface Column {
  readonly name: string
  /** The engine's own name of the type: `BIGINT`, `timestamptz`. */
  readonly type: string
}

/**
 * An integer is a number where that is exact, else a bigint; NaN and the infinities are numbers.
 * Anything that is not null, a boolean, an integer or a float comes as the engine's own text.
 */
export type Value = null | boolean | number | bigint | string
export type Row = readonly Value[]

export interface ResultSet {
  readonly columns: readonly Column[]
  readonly batches: AsyncIterable<readonly Row[]>
}

export type ExportFormat = 'csv' | 'tsv' | 'json' | 'parquet'

export interface ExportStream {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Known when `bytes` was read to its end. */
  rows(): number | null
}

/** Facts about an engine. All are required, so that no dialect can forget one. */
export interface DialectCapabilities {
  /** CREATE, DROP and RENAME take part in transactions. */
  readonly transactionalDdl: boolean
  /** One process owns the file; the others reach it through Ferry's socket. */
  readonly embedded: boolean
  /** Longest identifier in bytes. */
  readonly maxIdentifierBytes: number
}

/** Writes SQL text; never talks to the engine. */
export interface SqlWriter {
  /** Lexical rules, for cutting scripts into statements. */
  readonly lexicon: SqlLexicon
  /** `"order"`: quoted always, so that no name can be a keyword or change the statement. */
  readonly identifier: (name: string) => string
  /** `"production"."tasks"` from `{ schema: 'production', name: 'tasks' }`. */
  readonly relation: (relation: Relation) => string
  /** A literal of a value; dates as `YYYY-MM-DD` strings. @throws FerryError USAGE for NaN */
  readonly literal: (value: Value | Date) => string
  /** A time stamp's or a date's text (formats/column-type.ts), to be compared with a column of such. */
  readonly moment: (text: string) => string
  readonly createSchema: (schema: string) => string
  readonly createTableAs: (relation: Relation, query: string) => string
  readonly dropTable: (relation: Relation) => string
  readonly createOrReplaceView: (relation: Relation, query: string) => string
  /** A table of the session alone, gone with it. */
  readonly createTemporaryTableAs: (name: string, query: string) => string
  /** Tells the engine's planner about a table that was just filled; empty where none needs it. */
  readonly analyze: (relation: Relation) => readonly string[]
  /**
   * Statements that put a new table in the place of a relation: to be run in one transaction, in
   * which readers see the old relation or the new one and never wait for more than its end. What the
   * engine hangs on a table by its identity (views on it, grants, comments) is kept.
   */
  readonly replaceWithTable: (
    replacement: Replacement & { readonly build: Relation },
  ) => readonly string[]
  /** The same with a view of a query. */
  readonly replaceWithView: (
    replacement: Replacement & { readonly query: string },
  ) => readonly string[]
  /**
   * Statements to run first in a transaction that then reads a table which was filled by one
   * statement: its rows come in the order in which they were written.
   */
  readonly readInStoredOrder: readonly string[]
  /** A date or time stamp that many seconds earlier. */
  readonly minusSeconds: (expression: string, seconds: number) => string
}

export interface Replacement {
  readonly live: Relation
  /** What `live` is now; undefined when there is none. */
  readonly was: 'table' | 'view' | undefined
}

export interface SqlLexicon {
  /** `$tag$ ... $tag$` is a string. */
  readonly dollarQuotes: boolean
  /** A backslash escapes in ordinary strings (MySQL); PostgreSQL's E'' is always known. */
  readonly backslashEscapes: boolean
  /** Block comments nest (PostgreSQL, not DuckDB). */
  readonly nestedComments: boolean
  /** What opens and closes strings: `'`, and in MySQL `"` too. */
  readonly stringQuotes: string
  /** `#` begins a comment, `--` only before a blank, and a block comment with `!` is run (MySQL). */
  readonly mysqlComments: boolean
  /** Characters that open quoted identifiers, with what closes them. */
  readonly identifierQuotes: Readonly<Record<string, string>>
}

export interface Relation {
  readonly schema?: string | undefined
  readonly name: string
}

export interface TableInfo {
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'view'
}

export interface Introspector {
  /** Tables and views a user made, sorted by schema and name. */
  tables(session: Session): Promise<readonly TableInfo[]>
  /** What a name stands for, or undefined when there is no such table or view. */
  kind(session: Session, relation: Relation): Promise<'table' | 'view' | undefined>
  /** Columns in order, or undefined when there is no such table or view. */
  columns(session: Session, relation: Relation): Promise<readonly Column[] | undefined>
  /** Where unqualified names go. */
  defaultSchema(session: Session): Promise<string>
}
