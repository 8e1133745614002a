import type { Warehouses } from '../../asking.ts'

export interface AskModel {
  readonly warehouses: readonly string[]
  /** Rows and seconds that a question may take. */
  readonly limits: Warehouses['limits']
  readonly saved: readonly string[]
  /** The saved query that is asked for. */
  readonly name: string | null
  readonly sql: string
}
