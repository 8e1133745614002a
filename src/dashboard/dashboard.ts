import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/logger.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import type { NightQuality } from '../formats/quality.ts'
import type { ResultsArchive } from '../formats/results-archive.ts'
import type { Warehouses } from './asking.ts'
import type { WebConfig } from './config.ts'
import type { ModelSource } from './kpi-source.ts'
import type { Mask } from './mask.ts'
import type { NightIndex } from './nights/night-index.ts'
import type { NightStore } from './nights/night-store.ts'

/** What all pages share: the project, and what is known of its nights. */
export interface Dashboard {
  /** Absolute path of the project. */
  readonly project: string
  /** Changes with all but files that pages come from: the program, settings, secrets that are masked. */
  readonly identity: string
  /** Shown in titles. */
  readonly name: string
  readonly timeZone: string
  readonly config: WebConfig
  readonly nights: NightStore
  readonly index: NightIndex
  /** To be put over every text that a command wrote or was. */
  readonly mask: Mask
  /** What is to be said of a night's data, as `ferry check` says it. */
  readonly quality: (date: LogicalDate) => Promise<NightQuality>
  /** The same, with no judgement of the nights before: it takes a tenth of the time. */
  readonly briefQuality: (date: LogicalDate) => Promise<NightQuality>
  /** Changes when anything does that `quality` is told from. */
  readonly qualityVersion: (date: LogicalDate) => Promise<string>
  /** What the steps and models of nights left. */
  readonly results: ResultsArchive
  /** Every model of the project; none when they cannot be read. */
  readonly models: () => Promise<readonly ModelSource[]>
  readonly warehouses: Warehouses
  /** A CSV with a header line as Parquet, by its columns' types. */
  readonly parquetOf: (
    csv: string,
    columns: readonly { readonly name: string; readonly type: string }[],
    signal: AbortSignal,
  ) => Promise<AsyncIterable<Uint8Array>>
  readonly clock: Clock
  readonly logger: Logger
  /** Makes a target of a night again, in a process of its own; undefined unless `web.allow` has `run`. */
  readonly runTarget: ((date: LogicalDate, target: string) => Promise<void>) | undefined
}
