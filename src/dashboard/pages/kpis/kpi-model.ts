import type { LogicalDate } from '../../../core/logical-date.ts'
import type { Field } from '../../../formats/csv.ts'
import type { Chart } from './chart-data.ts'
import type { Trust } from './trust.ts'

/** What the page of one result shows. */
export interface KpiModel {
  readonly date: LogicalDate
  readonly name: string
  readonly description: string | null
  readonly trust: Trust
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly Field[])[]
  readonly allRows: number | null
  readonly chart: Chart | null
  readonly sql: string | null
  readonly file: string | null
  readonly reads: readonly string[]
  readonly readBy: readonly string[]
  /** Of these two, those that have a page like this one. */
  readonly withResults: readonly string[]
}
