import type { ColumnType, TableColumn } from '../formats/column-type.ts'
import type { Relation } from './dialect.ts'

/**
 * Writes the SQL by which two tables are compared without moving their rows: counts and order-free
 * sums of a checksum of each row, by ranges of the key. Pure: no statement is run here.
 *
 * The common checksum of a row is the same from every engine: the first 60 bits of the MD5 of the
 * row's text (fingerprint-statements.ts, which makes a writer of an engine's few expressions). Two
 * writers that name the same `family`, and whose probes agree, may use a quicker one of their own.
 * The promises are tested by test/databases/fingerprint.contract.ts, which every engine passes.
 */
export interface FingerprintWriter {
  readonly family: string
  /** A query with one value; engines of a family on which it is the same share their own checksum. */
  readonly ownProbe: string | undefined
  /**
   * Statements to run in a fresh session before any other of these: a transaction that only reads and
   * sees one moment, as far as the engine has such, in which texts come as formats/column-type.ts says.
   */
  readonly beginReading: readonly string[]
  /**
   * Expression of a value's text in the form that both sides agreed on; NULL stays NULL.
   * @throws FerryError UNSUPPORTED: this engine cannot write that text exactly
   */
  readonly text: (column: ComparedColumn) => string
  /** The value of the column's own type that has this text. */
  readonly literal: (column: ComparedColumn, text: string | null) => string
  /** Yields `bucket`, `row_count`, `checksum` (exact decimal text) of each bucket that has rows. */
  readonly fingerprints: (query: FingerprintQuery) => string
  /** Yields the key's texts, the row's checksum, and `also`, of each row. In no order. */
  readonly rows: (query: RowsOfRanges) => string
  /** Yields the key's texts and those of the columns, of the rows that have one of these keys. */
  readonly keyed: (query: KeyedQuery) => string
  /** Condition that a row has this key; a NULL of it is NULL. */
  readonly isKey: (key: readonly ComparedColumn[], texts: readonly (string | null)[]) => string
  /**
   * Yields, ascending, the bucket and the key's texts of every n-th row by the order of the key: for
   * cutting ranges.
   */
  readonly cuts: (query: CutsQuery) => string
  /** Yields the least and the greatest value of the key's first column, as texts; NULLs if none. */
  readonly span: (query: TableOfKeys) => string
  /** Yields the names of the primary key's columns, else of a unique index without NULLs; in order. */
  readonly keyColumns: (relation: Relation) => string
}

export interface ComparedColumn {
  readonly column: TableColumn
  readonly form: ComparedForm
}

/**
 * How a value is written for a comparison: as the text of a type that every engine knows, or as a
 * `number`: digits without zeros at the end of the decimals, so that 1.10, 1.1000 and, in a column of
 * integers, 1 beside 1.0 agree. A form that is not the column's own type is one of these: `number` of
 * an integer, `float` with 32 bits of one with 64, `boolean` of an integer, `text` of anything, which
 * then is the column's own text.
 */
export type ComparedForm = ColumnType | { readonly kind: 'number' }

/** The texts of a key's columns, or, of a bound, of the first of them. */
export type Key = readonly string[]

/**
 * Keys at or above `from` and below `to`, by the order that all engines share: numbers and times by
 * their value, everything else by the bytes of its text in UTF-8. The range without a lower end also
 * holds the rows that have a NULL in their key.
 */
export interface KeyRange {
  readonly from: Key | null
  readonly to: Key | null
}

export interface TableOfKeys {
  readonly relation: Relation
  /** May be empty: then there is one range, the whole table. */
  readonly key: readonly ComparedColumn[]
  /** Conditions in the engine's own SQL. */
  readonly where: readonly string[]
}

export interface RangesQuery extends TableOfKeys {
  /** Disjoint, ascending; empty for the whole table. */
  readonly ranges: readonly KeyRange[]
}

export interface FingerprintQuery extends RangesQuery {
  readonly columns: readonly ComparedColumn[]
  readonly kind: ChecksumKind
  /** Ascending, at most MAX_BOUNDS: bucket 0 is below the first, bucket n at or above the n-th. */
  readonly bounds: readonly Key[]
}

export interface RowsOfRanges extends RangesQuery {
  readonly columns: readonly ComparedColumn[]
  readonly kind: ChecksumKind
  /** More expressions in the engine's own SQL, each with a text or NULL. */
  readonly also: readonly string[]
  /** Only so many rows, the first by the order of the key; undefined for all. */
  readonly most?: number | undefined
}

export interface CutsQuery extends RangesQuery {
  readonly every: number
  /** As those of a FingerprintQuery. */
  readonly bounds: readonly Key[]
}

export interface KeyedQuery extends TableOfKeys {
  readonly columns: readonly ComparedColumn[]
  readonly keys: readonly (readonly (string | null)[])[]
}

export type ChecksumKind = 'common' | 'own'

/** Buckets are found by a tree of comparisons; SQL Server nests CASE ten deep and no deeper. */
export const MAX_BOUNDS = 511
