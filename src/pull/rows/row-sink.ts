import type { ReadRow } from './row.ts'

/** Where a source puts its rows. */
export interface RowSink {
  add(rows: readonly ReadRow[]): Promise<void>
  /** What `work` adds is kept when it succeeds, and taken back when it fails. */
  attempt<Result>(work: () => Promise<Result>): Promise<Result>
  /** No more rows are wanted (`--head`). */
  readonly isFull: boolean
}
