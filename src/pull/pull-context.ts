import type { Logger } from '../core/logger.ts'
import type { ObjectUrl } from '../formats/object-url.ts'

/** What pulling needs of who asks for it. */
export interface PullContext {
  /** Absolute path of the project; of the working directory, outside of one. */
  readonly project: string
  /** The logical date. */
  readonly date: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  readonly signal: AbortSignal
  /** What a URL, a path or `STORE:path` stands for. */
  readonly locate: (text: string) => Promise<ObjectUrl>
}
