import type { ErrorRecord } from '../core/errors.ts'

/** One check of a model on one night. */
export interface CheckResult {
  /** `not_null day`, `row_count min 1`: unique within the model. */
  readonly name: string
  readonly severity: 'warn' | 'error'
  readonly passed: boolean
  /** How many rows broke it; null when the check does not count rows. */
  readonly failing_rows: number | null
  /** What was found, in words; empty when it passed. */
  readonly found: string
}

/**
 * `results/DATE/models/NAME.json`: written last and atomically, so that its being there proves that
 * the model was published and its result written. It is the model's make target; the pages read it.
 */
export interface ModelReceipt {
  readonly version: 1
  readonly model: string
  readonly date: string
  /** `skipped`: its schedule does not name this night; counts as done. */
  readonly state: 'published' | 'skipped'
  readonly warehouse: string
  readonly relation: string
  readonly materialize: 'table' | 'view' | 'incremental' | 'append'
  readonly description: string | null
  readonly owner: string | null
  readonly rows: number | null
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly checks: readonly CheckResult[]
  /** Path of the result file relative to the project, or null when the model writes none. */
  readonly result: string | null
  readonly started_at: string
  readonly finished_at: string
  /** When skipped: the next logical date on which it runs. */
  readonly next_date: string | null
}

/** `results/DATE/models/NAME.failed.json`: why the last try failed, with the checks that did. */
export interface ModelFailure {
  readonly version: 1
  readonly model: string
  readonly date: string
  readonly state: 'failed'
  readonly error: ErrorRecord
  readonly checks: readonly CheckResult[]
  readonly finished_at: string
}
