import type { TableColumn } from '../formats/column-type.ts'
import type { Relation } from './dialect.ts'

/**
 * Writes the SQL by which two tables are compared without moving their rows: counts and order-free
 * sums of a checksum of each row. Two dialects that name the same `family` may use a quicker checksum
 * of their own; between all others the common one is used: MD5 over the values' texts
 * (formats/column-type.ts), whose first 60 bits are summed without overflow.
 */
export interface FingerprintWriter {
  readonly family: string
  /** Expression of a column's text, the same from every engine; NULL stays NULL. */
  readonly text: (column: TableColumn) => string
  /** Expression of a row's checksum, an integer; `own` takes the engine's quicker one. */
  readonly rowChecksum: (columns: readonly TableColumn[], kind: 'common' | 'own') => string
  /**
   * One statement: for each bucket of rows, `bucket`, `rows`, `checksum` (exact decimal text). Rows of
   * a bucket are those between two keys of `bounds`, by the order of the key's own type.
   */
  readonly fingerprints: (query: FingerprintQuery) => string
}

export interface FingerprintQuery {
  readonly relation: Relation
  readonly columns: readonly TableColumn[]
  readonly key: readonly TableColumn[]
  readonly kind: 'common' | 'own'
  /** Conditions in the engine's own SQL. */
  readonly where: readonly string[]
  /** Texts of keys, ascending: bucket 0 is below the first, bucket n at or above the n-th. */
  readonly bounds: readonly (readonly string[])[]
}
