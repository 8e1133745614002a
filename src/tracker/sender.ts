import type { TrackerOptions } from './api.ts'
import type { Stored } from './queue.ts'
import { sign } from './signature.ts'

/** Browsers let requests of up to 64 KiB, in total, outlive their page. */
export const MAX_BODY_BYTES = 60_000
const TIMEOUT_MS = 30_000
/** A clock that is off by less than this needs no correction; collectors allow for minutes. */
const MAX_SKEW_MS = 60_000

export type Outcome =
  | { readonly kind: 'taken' }
  /** The collector will never take one of these events, or not so many in one request. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfterMs: number }

/** Sends events to a collector, and tells what its answer means. */
export class Sender {
  readonly url: string
  readonly #options: TrackerOptions
  readonly #contentType: string
  /** What is to be added to the clock here for that of the collector, as far as it matters. */
  #skewMs = 0

  constructor(options: TrackerOptions, contentType: string) {
    this.url = `${options.url.replace(/\/+$/, '')}/api/v1/track`
    this.#options = options
    this.#contentType = contentType
  }

  get isSigning(): boolean {
    return (this.#options.key ?? this.#options.secret) !== undefined
  }

  async send(events: readonly Stored[]): Promise<Outcome> {
    const body = new TextEncoder().encode(bodyOf(events))
    try {
      const signature = await sign(this.#options, body, Date.now() + this.#skewMs)
      const answer = await fetch(this.url, {
        method: 'POST',
        headers: { 'Content-Type': this.#contentType, ...signature },
        body,
        keepalive: body.length <= MAX_BODY_BYTES,
        credentials: 'omit',
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return await this.#read(answer)
    } catch (error) {
      return { kind: 'later', reason: String(error), retryAfterMs: 0 }
    }
  }

  async #read(answer: Response): Promise<Outcome> {
    const { status, headers } = answer
    const text = await answer.text()
    const skew = Date.parse(headers.get('Date') ?? '') - Date.now()
    this.#skewMs = Math.abs(skew) > MAX_SKEW_MS ? skew : 0
    // A page of HTML is somebody else's answer: a proxy's, a hotel's.
    const isCollector = !/html/.test(headers.get('Content-Type') ?? '')
    if (isCollector && status === 200) return { kind: 'taken' }
    const reason = `${status} ${text.slice(0, 200)}`
    if (isCollector && [204, 400, 413].includes(status)) return { kind: 'refused', reason }
    return { kind: 'later', reason, retryAfterMs: retryAfterMs(headers.get('Retry-After')) }
  }
}

/** A Collection in JSON. @see docs/collect.md */
export function bodyOf(events: readonly Stored[]): string {
  return JSON.stringify({ ...events[0]?.c, payloads: events.map(one => one.p) })
}

/** As many of the first events as make a body that may outlive its page; one in any case. Not empty. */
export function fitting(events: readonly Stored[]): readonly Stored[] {
  let bytes = JSON.stringify(events[0]?.c).length + 20
  const end = events.findIndex(
    one => (bytes += new TextEncoder().encode(JSON.stringify(one.p)).length + 1) > MAX_BODY_BYTES,
  )
  return end < 0 ? events : events.slice(0, Math.max(1, end))
}

/** Seconds or a date. @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function retryAfterMs(header: string | null): number {
  if (header === null) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return ms > 0 ? ms : 0
}
