import { compareEdges } from './edge.ts'
import type { SinceConfig } from './config.ts'
import { readValue } from './columns/read-value.ts'
import { FerryError } from '../core/errors.ts'
import type { EdgeWatch } from './delivery/deliver.ts'
import type { JsonRecord } from './json/parse-json.ts'

const DAY_MS = 86_400_000

/** What `{since}` stands for: where the warehouses are, or the start; undefined where there is none. */
export function sinceValue(
  since: SinceConfig | undefined,
  edge: string | null,
): string | undefined {
  if (since === undefined) return undefined
  const from = edge ?? since.start
  if (from === undefined) return undefined
  const overlapMs = edge === null ? 0 : (since.overlap ?? 0)
  if (since.as === 'text' && overlapMs === 0) return from
  const ms = instantOf(from)
  if (ms === undefined) {
    if (since.as === 'text') return from // an overlap is of time stamps; numbers have none
    throw new FerryError('CONFIG_INVALID', `\`${from}\` of \`${since.field}\` is no time stamp`, {
      hint: 'leave out `since.as`: it is for time stamps',
    })
  }
  const earlier = new Date(ms - overlapMs)
  switch (since.as) {
    case 'unix':
      return String(Math.floor(earlier.getTime() / 1_000))
    case 'unix_ms':
      return String(earlier.getTime())
    case 'date':
      return earlier.toISOString().slice(0, 10)
    default:
      return readValue(from, true)?.kind === 'date'
        ? earlier.toISOString().slice(0, 10)
        : earlier.toISOString()
  }
}

function instantOf(text: string): number | undefined {
  const reading = readValue(text, true)
  switch (reading?.kind) {
    case 'date':
      return Date.parse(`${reading.text}T00:00:00Z`)
    case 'timestamp':
      return Date.parse(`${reading.text.replace(' ', 'T')}Z`)
    case 'timestamptz':
      return Date.parse(reading.text.replace(' ', 'T').replace('+00', 'Z'))
    default:
      return undefined
  }
}

/**
 * Watches the rows for the largest value of the field: where the next pull begins. A time stamp of the
 * day after tomorrow is somebody's mistake, and would hide all rows until then: it does not count.
 */
export function watchEdge(
  since: SinceConfig | undefined,
  from: string | null,
  takenAt: Date,
): EdgeWatch {
  let to = from
  if (since === undefined) return { observe: () => undefined, to: () => null }
  const observe = (members: JsonRecord): void => {
    const reading = readValue(
      Object.hasOwn(members, since.field) ? members[since.field] : null,
      true,
    )
    if (reading === undefined || reading.kind === 'json' || reading.asText === '') return
    const ms = instantOf(reading.asText)
    if (ms !== undefined && ms > takenAt.getTime() + DAY_MS) return
    if (to === null || compareEdges(reading.asText, to) > 0) to = reading.asText
  }
  return { observe, to: () => to }
}
