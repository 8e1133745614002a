import type { TableColumn } from '../formats/column-type.ts'
import type { ManifestPart } from '../formats/manifest.ts'
import type { Relation } from './dialect.ts'

/**
 * Writes the SQL that loads files into a table, each engine as its makers advise. Pure: a plan can be
 * printed without a connection (`ferry load --plan`), and the loader runs what was printed.
 * The promises are tested by test/databases/loading.contract.ts, which every warehouse passes.
 */
export interface LoadWriter {
  /** @throws FerryError UNSUPPORTED (a design or format that the engine does not have) */
  readonly plan: (request: LoadRequest) => LoadPlan
  /** How many parts, and how large, the engine likes best. */
  readonly advice: LoadAdvice
}

export interface LoadAdvice {
  /** `local`: files that this machine reads; `stream`: bytes through the session; `url`: objects that the engine fetches itself. */
  readonly takes: 'local' | 'stream' | 'url'
  readonly partBytes: number
  /** Parts are a multiple of this (the slices of a cluster). */
  readonly multipleOf: number
}

export type LoadStrategy = 'replace' | 'append' | 'merge' | 'history' | 'partition'

export interface LoadRequest {
  readonly target: Relation
  readonly design: TableDesign
  readonly strategy: LoadStrategy
  /** What is there now; undefined when there is no such table. */
  readonly present: readonly TableColumn[] | undefined
  readonly files: LoadFiles
  /** The row of the ledger that is written in the same transaction; a load that finds it does nothing. */
  readonly ledger: LedgerRow
}

export interface LoadFiles {
  readonly format: 'csv' | 'jsonl' | 'parquet'
  readonly compression: 'gzip' | 'zstd' | 'none'
  readonly parts: readonly ManifestPart[]
  /** Of the parts, in a form the engine fetches by itself. */
  readonly manifestUrl?: string | undefined
}

/** How a table is laid out: from the source, and from `load.tables.NAME` in ferry.yaml. */
export interface TableDesign {
  readonly columns: readonly TableColumn[]
  readonly key: readonly string[]
  readonly deletedAt?: string | undefined
  readonly distribution?: 'even' | 'all' | 'auto' | { readonly column: string } | undefined
  readonly sort?: readonly string[] | undefined
  readonly partition?: { readonly column: string; readonly by: 'day' | 'month' } | undefined
  readonly compression?: Readonly<Record<string, string>> | undefined
}

export interface LedgerRow {
  readonly delivery: string
  readonly table: string
  readonly date: string
  readonly rows: number
  /** The edge that the table then has (formats/table-manifest.ts). */
  readonly to: string | null
}

export interface LoadPlan {
  readonly steps: readonly LoadStep[]
}

export type LoadStep =
  /** One statement. `inTransaction` steps that follow each other are one transaction. */
  | {
      readonly kind: 'sql'
      readonly text: string
      readonly inTransaction: boolean
      readonly why: string
    }
  /** The parts' bytes are streamed into a statement of the session (COPY FROM STDIN, bulk load). */
  | {
      readonly kind: 'stream'
      readonly into: Relation
      readonly text: string
      readonly inTransaction: boolean
      readonly why: string
    }
