import type { ColumnType } from '../formats/column-type.ts'
import type { AskGuard } from './asking.ts'
import type { Dialect } from './dialect.ts'
import type { FingerprintWriter } from './fingerprint.ts'
import type { LoadWriter } from './loading.ts'
import type { SourceReader } from './source.ts'

/**
 * All that Ferry knows of an engine: a dialect, and what moving whole tables needs. Commands that only
 * run SQL open a `Dialect` (open-database.ts) and never load the rest.
 */
export interface Engine extends Dialect {
  /** The engine's type names in terms that all engines share. */
  readonly types: TypeMap
  /** How it is read as a production database; undefined where it cannot be one. */
  readonly source: SourceReader | undefined
  /** How its tables are compared; undefined where nothing is. */
  readonly fingerprint: FingerprintWriter | undefined
  /** How tables are loaded; undefined where the engine is no warehouse. */
  readonly loading: LoadWriter | undefined
  /** How those who may only look are let ask; absent where that cannot be promised. */
  readonly asking?: AskGuard
}

export interface TypeMap {
  /** What a type's name stands for; undefined for one whose values cannot be taken over unchanged. */
  readonly read: (native: string) => ColumnType | undefined
  /** The engine's type that keeps every value of this one. */
  readonly write: (type: ColumnType) => string
}
