import type { LogicalDate } from '../core/logical-date.ts'
import type { Column, Dialect, Relation, Session } from '../databases/dialect.ts'
import type { CheckResult } from '../formats/model-receipt.ts'
import type { ReadingModel } from './model.ts'
import type { Checked } from './check-sql.ts'

/** A model's query, rendered: one statement. */
export interface ModelQuery {
  readonly text: string
  /** An error of the engine gets the place in the model's file. `lead` is what we put before it. */
  locate(error: unknown, lead: number): unknown
}

/** What publishing a model on one night works with. */
export interface ModelRun {
  readonly model: ReadingModel
  readonly date: LogicalDate
  readonly dialect: Dialect
  readonly session: Session
  readonly live: Relation
  /** What is at `live` now. */
  readonly was: 'table' | 'view' | undefined
  /** Do it although there is nothing to do: replace what the night appended already. */
  readonly isForced: boolean
  /** Build an incremental model from all rows. */
  readonly isFull: boolean
  /** Leave the build of a failed check where it is. */
  readonly keepsBuild: boolean
  /** Renders the query; `since` is what the template sees under that name. */
  render(since: string | null): Promise<ModelQuery>
  /** What the SQL of the model's checks is about, when its rows are in `from`. */
  checked(from: string): Checked
}

/** What was published. */
export interface Published {
  /** Null for a view whose rows nobody counted. */
  readonly rows: number | null
  readonly columns: readonly Column[]
  readonly checks: readonly CheckResult[]
  /** What happened, when it is not the usual. */
  readonly note?: string
  readonly query: ModelQuery
}
