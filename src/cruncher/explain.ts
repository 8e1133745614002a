import type { Detector } from './detector.ts'
import { GENERIC, LIKELY, type Sureness } from './format.ts'
import type { LogRecord } from './record.ts'
import { describeRecord } from './describe-record.ts'

export interface Explanation {
  /** `unknown` where no format claims it; of a line within a line both names. */
  readonly format: string
  readonly title: string | undefined
  readonly sureness: string
  /** The next one that would claim it. */
  readonly second: string | undefined
  /** All that would. */
  readonly candidates: readonly { readonly format: string; readonly sureness: string }[]
  readonly why: string
  /** How many records it holds, if it is more than one. */
  readonly records?: number
  /** What is found in it; of many records, in the first. */
  readonly record: Readonly<Record<string, unknown>>
}

const surenessName = (sureness: Sureness): string =>
  sureness === GENERIC ? 'generic' : sureness === LIKELY ? 'likely' : 'sure'

/** Which format a line has, and what else it could be. */
export function explainLine(
  line: Buffer,
  detector: Detector,
  complete: (record: LogRecord) => void,
): Explanation {
  const candidates = detector.candidates(line, 0, line.length)
  const [chosen] = candidates
  const shown = candidates.map(({ name, sureness }) => ({
    format: name,
    sureness: surenessName(sureness),
  }))
  const asked = detector.asked(line[0] ?? 0)
  const record = detector.detect(line, 0, line.length)
  if (chosen === undefined || record === undefined) {
    const why = `none of the ${asked} formats whose lines may begin so claims it`
    const fields = { message: line.toString('utf8') }
    return { ...NOTHING, candidates: [], why, record: fields }
  }
  const { records } = detector
  const [first] = records?.lines() ?? []
  if (records !== undefined && first !== undefined) {
    detector.release(record)
    return { ...explainLine(first, detector, complete), records: records.count }
  }
  complete(record)
  const explanation = {
    format: record.format,
    title: chosen.title,
    sureness: surenessName(chosen.sureness),
    second: candidates[1]?.name,
    candidates: shown,
    why: `the whole line is as ${chosen.name} writes it; of ${asked} formats whose lines may begin so, ${candidates.length} would claim it, and this one is the surest`,
    record: describeRecord(record),
  }
  detector.release(record)
  return explanation
}

const NOTHING = { format: 'unknown', title: undefined, sureness: 'none', second: undefined }
