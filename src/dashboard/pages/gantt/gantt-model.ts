/** What the server tells the browser of a night's commands; both sides read this file. */
export interface GanttModel {
  readonly date: string
  readonly timeZone: string
  /** Milliseconds since 1970. All other times are milliseconds after it. */
  readonly startedAt: number
  /** When this was made; commands that run go as far as this. */
  readonly now: number
  readonly isOver: boolean
  readonly targets: readonly GanttTarget[]
  readonly commands: readonly GanttCommand[]
  /** Places of targets. */
  readonly criticalPath: readonly number[]
  readonly attempts: readonly { readonly number: number; readonly from: number }[]
}

export interface GanttTarget {
  readonly name: string
  /** What its run usually takes, in milliseconds. */
  readonly usual: number | null
  /** Not a part of the night: made by hand, or after it. */
  readonly isBeside: boolean
}

export interface GanttCommand {
  readonly id: string
  /** Place of its target. */
  readonly target: number
  readonly from: number
  readonly to: number | null
  readonly state: 'running' | 'done' | 'failed' | 'killed' | 'held'
  readonly exit: number | null
  readonly attempt: number
  /** Masked, and cut after a few hundred letters. */
  readonly command: string
}
