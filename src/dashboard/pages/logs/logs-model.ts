import type { TargetReceipt } from '../../logs/receipts.ts'
import type { TargetState } from '../../nights/night.ts'

export interface LogsModel {
  readonly date: string
  readonly logs: readonly LogModel[]
  readonly bytes: number
  /** What failed, in any attempt, the newest first. */
  readonly errors: readonly ErrorModel[]
}

export interface LogModel {
  readonly log: string
  /** Null when no target of the night is known to have written it (an attempt's own log). */
  readonly target: string | null
  readonly state: TargetState | null
  readonly size: number
  /** Null until they are counted. */
  readonly lines: number | null
  readonly attempts: number
  readonly ms: number | null
  /** What the target said of its work in its receipt: `1,234 rows`, `2 of 3 checks failed`. */
  readonly receipt: TargetReceipt | null
}

interface ErrorModel {
  readonly at: string
  readonly target: string
  readonly commandId: string
  /** Null when it was killed. */
  readonly exitCode: number | null
  readonly attempt: number
  readonly command: string
}
