import type { TableColumn } from '../formats/column-type.ts'
import type { OpenTarget, Relation, Session } from './dialect.ts'

/**
 * An engine as a source of tables: how a production database is read, gently and at one moment.
 * The promises are tested by test/databases/source.contract.ts, which every source passes.
 */
export interface SourceReader {
  /**
   * Opens one moment of the database. Where the engine can export a snapshot, every reader of it,
   * in other processes too, sees the same rows; where it cannot (`capabilities.sharedSnapshots`),
   * each reader has a moment of its own.
   */
  openSnapshot(target: OpenTarget, limits: ReadLimits): Promise<Snapshot>
  /** Opens a reader of a snapshot that another process holds. @throws FerryError TRANSIENT: it is gone (`details.snapshot` is `gone`) */
  joinSnapshot(target: OpenTarget, id: string, limits: ReadLimits): Promise<SnapshotReader>
  /** Tables that a user made, with their columns, keys and what is likely to be their time stamps. */
  discover(session: Session): Promise<readonly DiscoveredTable[]>
  readonly capabilities: SourceCapabilities
}

/** Facts about a source. All are required, so that no engine can forget one. */
export interface SourceCapabilities {
  readonly sharedSnapshots: boolean
  /** The engine tells which transactions are still open, so that late commits are never missed. */
  readonly tellsInFlight: boolean
}

/** How gently a database is read, and who is asked what is in flight. */
export interface ReadLimits {
  /** Of one statement; 0 for none. */
  readonly statementTimeoutMs: number
  /** Waiting for a lock that another holds on a table. */
  readonly lockTimeoutMs: number
  /**
   * When the target is a replica: the database that is written to. It tells what is in flight, and the
   * snapshot is taken when the replica has what the primary had then.
   */
  readonly primary?: OpenTarget | undefined
  /**
   * How many readers will be open at once, 1 where nothing is said. Where snapshots are not shared, so
   * many are begun at one moment if the server allows it; any more have a moment of their own.
   */
  readonly readers?: number | undefined
}

export interface Snapshot extends AsyncDisposable {
  /** What the engine calls it; null where snapshots are not shared. */
  readonly id: string | null
  /** By the clock of the source, ISO 8601 in UTC with microseconds. */
  readonly takenAt: string
  /**
   * A moment such that whoever commits after the snapshot had begun writing no earlier: the start of
   * the oldest transaction that is still open, or `takenAt` when none is. What such a transaction
   * stamps with the source's clock is not below it. Null where the engine does not tell.
   */
  readonly inFlightSince: string | null
  /** The engine's own transaction number below which all had ended (PostgreSQL's xmin), if it has such. */
  readonly oldestTransaction: string | null
  /** One more reader of the same moment, with a connection of its own. */
  reader(): Promise<SnapshotReader>
}

/** One connection that reads a snapshot; statements run one after the other. */
export interface SnapshotReader extends AsyncDisposable {
  readonly session: Session
  /** Columns, types and key of a table as the snapshot has it. @throws FerryError INPUT_MISSING */
  describe(table: Relation): Promise<SourceTable>
  /**
   * Conditions that cut a table into about `count` shares of like size: each row fulfils exactly one
   * of them. Fewer where the table is small, and a single `''` where it cannot be cut. They hold in
   * this snapshot only.
   */
  ranges(table: SourceTable, count: number): Promise<readonly string[]>
  /**
   * Streams rows as CSV lines without a header, values as in formats/column-type.ts, NULL empty and
   * the empty string `""`. Who stops reading cancels the query.
   * @throws FerryError also while it is read: TRANSIENT (the connection is lost; `details.timedOut`
   * where the statement took too long, and would again), SOURCE_CHANGED (the
   * table is not there any more, or not so), INTERRUPTED never but by the signal
   */
  read(query: RowsQuery): Promise<RowStream>
}

export interface SourceTable {
  readonly relation: Relation
  readonly columns: readonly TableColumn[]
  /** Columns whose values cannot be taken over unchanged; they are not among `columns`. */
  readonly refused: readonly { readonly name: string; readonly native: string }[]
  /** The primary key's columns, or those of the first unique index without NULLs; may be empty. */
  readonly key: readonly string[]
  /** What the planner believes; for cutting ranges and showing progress. */
  readonly estimatedRows: number
}

export interface RowsQuery {
  readonly table: SourceTable
  /** Names of the columns wanted, in order. */
  readonly columns: readonly string[]
  /** Conditions in the engine's own SQL, all of which must hold. */
  readonly where: readonly string[]
}

export interface RowStream {
  readonly pieces: AsyncIterable<RowPiece>
  /** Known when `pieces` was read to its end; what the server counted where it counts. */
  rows(): number
}

/** Some bytes of the rows, good until the next one is asked for. */
export interface RowPiece {
  readonly bytes: Uint8Array
  /**
   * How many rows end in it. When some do, its last byte is the end of a row; with 0 it is the inside
   * of a row that is longer than a piece.
   */
  readonly rows: number
}

export interface DiscoveredTable extends SourceTable {
  readonly updatedAt: string | undefined
  readonly deletedAt: string | undefined
}
