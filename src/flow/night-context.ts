import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/logger.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import type { RunConfig } from './config.ts'

/** What a night needs from outside. */
export interface NightOptions {
  /** Absolute path of the project directory. */
  readonly project: string
  /** Shown in reports. */
  readonly name: string
  readonly config: RunConfig
  /** What to make; `run.targets` unless the user named some. */
  readonly targets: readonly string[]
  readonly timeZone: string
  /** Given by the user. */
  readonly date: LogicalDate | undefined
  /** One attempt, and the next is left to cron. */
  readonly once: boolean
  readonly clock: Clock
  readonly logger: Logger
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Gets reports, and live progress when it is a terminal. */
  readonly stderr: NodeJS.WriteStream
  /** Ends the night: make is asked to end, and the state stays good for another call. */
  readonly signal: AbortSignal
  /** Ends make at once. */
  readonly hardStop: AbortSignal
  /** Brings .ferry/rules.mk up to date. Called before each attempt. */
  readonly refreshRules: () => Promise<void>
  /** Called before each attempt; what it returns is disposed of after it. Keeps a warehouse up. */
  readonly onAttemptStart?: (date: LogicalDate) => Promise<Disposable | undefined>
}
