import type { CrunchConfig } from './config.ts'
import type { RouteRule } from './routes/route-rule.ts'

/** A configuration file that `crunch:` names, read once for all workers. */
export interface ConfigText {
  /** As it is shown in errors. */
  readonly file: string
  readonly text: string
}

/** All that a worker needs to crunch any of the inputs. Plain data: it is sent to threads. */
export interface CrunchPlan {
  readonly config: CrunchConfig
  readonly routes: readonly RouteRule[]
  readonly formats: readonly ConfigText[]
  /** Where receipts and partial results are; a folder of this machine. */
  readonly stateDirectory: string
  /** Where outputs are written; a folder of this machine, from which they are brought to `outputUrl`. */
  readonly outputDirectory: string | undefined
  readonly outputUrl: string | undefined
  /** All of each record is wanted, although nothing is written. */
  readonly keepsAll?: boolean
  /** Of all of the above: what was made with another one is made again. */
  readonly hash: string
}
