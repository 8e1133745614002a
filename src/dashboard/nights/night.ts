import type { LogicalDate } from '../../core/logical-date.ts'
import type { AttemptState } from '../../formats/night-state.ts'

/** One command of a night. Times are milliseconds since 1970. */
export interface NightCommand {
  readonly id: string
  readonly target: string
  /** The recipe line after expansion, as make had it: to be masked before it is shown. */
  readonly command: string
  /** 0 for a make by hand. */
  readonly attempt: number
  readonly runId: string | null
  readonly startedAt: number
  /** Undefined while it runs, and for ever when it was killed with its shell. */
  readonly finishedAt: number | undefined
  readonly exitCode: number | undefined
  readonly state: CommandState
  /** CPU seconds. */
  readonly cpu: number | undefined
}

/** `killed`: it never came to its end. `held`: refused, as it had failed for good before. */
export type CommandState = 'running' | 'done' | 'failed' | 'killed' | 'held'

/** `waiting`: its turn may come. `not reached`: it never came. */
export type TargetState = 'failed' | 'running' | 'not reached' | 'waiting' | 'done'

export const TARGET_STATES = ['failed', 'running', 'not reached', 'waiting', 'done'] as const

export interface NightTarget {
  readonly name: string
  readonly state: TargetState
  /** Part of what the night was to make; else it was made beside that (by hand, or after it). */
  readonly isWanted: boolean
  /** All of the night's, in the order of their beginnings. */
  readonly commands: readonly NightCommand[]
  /** Attempts that ran it, in order. */
  readonly attempts: readonly number[]
  /** Of its last run; undefined when none began this night. */
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  /** Wall time of its last run. */
  readonly ms: number | undefined
  /** Of the command that decided, when that failed. */
  readonly exitCode: number | undefined
  /** The failure is for good: not tried again until something changes. */
  readonly isPermanent: boolean
  /** What was not made because of it, when it failed. */
  readonly keptFrom: readonly string[]
  /** Names that it needs, of targets that a command makes. */
  readonly needs: readonly string[]
}

export type NightStateName = 'running' | 'waiting' | 'made' | 'failed' | 'stopped'

/** A night put together from its files. */
export interface Night {
  readonly date: LogicalDate
  /** Changes when anything of it does. */
  readonly version: string
  /** `waiting`: for its next attempt. `stopped`: killed, or never ended. */
  readonly state: NightStateName
  /** In make's order where it is known, then by beginning. */
  readonly targets: ReadonlyMap<string, NightTarget>
  readonly commands: readonly NightCommand[]
  readonly attempts: readonly AttemptState[]
  readonly startedAt: number | undefined
  /** Undefined while it runs. */
  readonly finishedAt: number | undefined
  /** Of the wanted targets. */
  readonly counts: Readonly<Record<TargetState, number>>
  readonly wanted: number
  /** make has told what needs what: `ferry run` asks it, a make by hand does not. */
  readonly hasGraph: boolean
}

/** What is kept of every night, for calendars and comparisons. */
export interface NightSummary {
  readonly date: LogicalDate
  readonly state: NightStateName
  readonly wanted: number
  readonly counts: Readonly<Record<TargetState, number>>
  readonly attempts: number
  readonly commands: number
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  /** A few, for a glance. */
  readonly failed: readonly string[]
}
