import type { Row } from '../databases/dialect.ts'

/** The warehouses of a project, for those who ask. */
export interface Warehouses {
  /** In the order of ferry.yaml; the first is the default. */
  readonly names: readonly string[]
  readonly limits: { readonly rows: number; readonly seconds: number }
  /**
   * Runs one query that changes nothing and reads tables only, for so many rows and so long.
   * @throws FerryError USAGE (no such warehouse), DENIED, SQL_INVALID, UNSUPPORTED, TRANSIENT (too long)
   */
  ask(question: Question, signal: AbortSignal): Promise<Answer>
  /** Columns by table, `production.tasks` where the schema is not the default one: for completion. */
  schema(warehouse: string, signal: AbortSignal): Promise<Readonly<Record<string, string[]>>>
}

export interface Question {
  readonly warehouse: string
  readonly sql: string
}

export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly Row[]
  /** There are more rows than these. */
  readonly isCut: boolean
  readonly ms: number
}
