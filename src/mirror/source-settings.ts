import type { Logger } from '../core/logger.ts'
import type { SourceConfig } from '../databases/config.ts'
import type { OpenTarget } from '../databases/dialect.ts'
import type { ReadLimits } from '../databases/source.ts'

/** A source that is about to be read, and whose project it is. */
export interface SourceSettings {
  readonly name: string
  readonly config: SourceConfig
  readonly projectDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** Where rows are read: the replica, where there is one. */
export function readTarget({ config, ...rest }: SourceSettings): OpenTarget {
  const { projectDirectory, environment, signal } = rest
  return { url: config.replica ?? config.url, projectDirectory, environment, signal }
}

/** `readers`: how many will be opened of one moment, where such a moment is not shared by name. */
export function readLimits({ config, ...rest }: SourceSettings, readers = 1): ReadLimits {
  const { projectDirectory, environment, signal } = rest
  const { statement_timeout, lock_timeout, snapshot_age } = config
  return {
    // A statement holds its snapshot: it may not take longer than that may grow old.
    statementTimeoutMs: Math.min(statement_timeout, snapshot_age),
    lockTimeoutMs: lock_timeout,
    readers,
    primary:
      config.replica === undefined
        ? undefined
        : { url: config.url, projectDirectory, environment, signal },
  }
}

/** The pace of one reader, such that all that may be open keep the source's together. */
export function rowsPerSecondOfOne({
  rows_per_second,
  connections,
}: SourceConfig): number | undefined {
  return rows_per_second === undefined ? undefined : Math.max(1, rows_per_second / connections)
}
