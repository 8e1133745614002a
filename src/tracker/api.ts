/** What a program sees of `ferry/tracker`; becomes its file of types (build.ts). */

export type Environment =
  | 'PRODUCTION'
  | 'GENERAL_AVAILABILITY'
  | 'RELEASE_TO_MARKETING'
  | 'RELEASE_CANDIDATE'
  | 'BETA'
  | 'ALPHA'
  | 'WEEKLY'
  | 'NIGHTLY'
  | 'STAGING'
  | 'QUALITY_ASSURANCE'
  | 'TESTING'
  | 'DEVELOPMENT'

/** Of the device and the product; what is left out is found out where that is possible. */
export interface About {
  readonly systemVersion?: string
  readonly deviceMake?: string
  readonly deviceModel?: string
  readonly system?: string
  readonly systemLanguage?: string
  readonly browser?: string
  readonly browserVersion?: string
  readonly productGitHash?: string
  readonly productLanguage?: string
}

export interface TrackerOptions {
  /** Of the collector, such as `https://events.example`. */
  readonly url: string
  readonly productVersion: string
  /** Default: PRODUCTION. */
  readonly env?: Environment
  readonly about?: About
  /** Default: made once and kept with the queue. */
  readonly deviceId?: string
  /** Signs requests with `Ferry-Signature`. In a page, everybody can read it. */
  readonly key?: { readonly id: string; readonly secret: string }
  /** Signs requests with `X-Hamustro-Signature`. In a page, everybody can read it. */
  readonly secret?: string
  /** Events that are sent at once when so many wait. Default: 50. */
  readonly batchSize?: number
  /** How long an event waits for others, in milliseconds. Default: 5,000. */
  readonly batchAgeMs?: number
  /** Events that the queue holds; further ones are dropped. Default: 10,000. */
  readonly maxWaiting?: number
  /** In a browser: the queue's name, for pages of one site that shall not share one. */
  readonly name?: string
  /** In Node: the queue's folder. Default: `.ferry-tracker`. */
  readonly directory?: string
  readonly onProblem?: (problem: Problem) => void
}

export type Problem =
  /** The event will not arrive. A number stays free in its session where it had one. */
  | {
      readonly kind: 'dropped'
      readonly event: string
      readonly nr: number | undefined
      /** `full`, `closed`, `not kept: ...`, or the status of the collector's refusal and its text. */
      readonly reason: string
    }
  /** Nothing is lost: the events stay in the queue until the next try. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs: number }
  /** The queue is in memory: there is no storage here. */
  | { readonly kind: 'not_persistent'; readonly reason: string }
  /** Lines of the queue's file that could not be read. */
  | { readonly kind: 'damaged'; readonly lines: number }

export interface User {
  readonly userId?: string
  readonly tenantId?: string
  readonly country?: string
}

export interface TrackerStatus {
  /** In the queue, those of other tabs too. */
  readonly waiting: number
  /** By this tracker, since it was made. */
  readonly acknowledged: number
  readonly dropped: number
  /** Whether the queue outlives the process. */
  readonly isPersistent: boolean
}

export interface Tracker {
  /**
   * Keeps an event and sends it later. Resolves, when it is in the queue, to its number in the
   * session, or to undefined when it was dropped; never rejects. Values of parameters that are no
   * texts become JSON; those that are undefined or null are left out.
   */
  track(event: string, parameters?: Readonly<Record<string, unknown>>): Promise<number | undefined>
  /** Whom the events that follow are of; undefined for nobody. Not kept: call it at each start. */
  setUser(user: User | undefined): void
  /** Sends what waits now, whatever pause there is. True when all was acknowledged. */
  flush(): Promise<boolean>
  status(): Promise<TrackerStatus>
  /** Sends what waits, for up to `timeoutMs` (5,000), and lets go of the queue. */
  close(timeoutMs?: number): Promise<boolean>
}
