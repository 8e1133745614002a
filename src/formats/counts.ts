import { join } from 'node:path'
import * as z from 'zod'
import { writeFileAtomically } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'

/**
 * `results/DATE/counts/STEP/NAME.json`: what one step of a night counted of one source or table, for
 * the data quality page and `ferry check`. One file a step and name (`mirror/production.tasks.json`,
 * `load/production.tasks.json`, `crunch/web.json`), so that steps which run at the same time never
 * write the same file; written whole or not at all, over what an earlier attempt wrote.
 */
const amount = z.int().min(0)
export const rows = z.object({ in: amount, out: amount, filtered: amount, rejected: amount })

/**
 * The steps of a night that count what passes through them. `receive` is what a collector took of its
 * clients, as it goes; `collect` what it delivered of a day, verified.
 */
export const STEPS = ['receive', 'collect', 'crunch', 'mirror', 'pull', 'load', 'compare'] as const

export const compared = z.object({
  sourceRows: amount,
  targetRows: amount,
  missing: amount,
  surplus: amount,
  different: amount,
  /** The share of the table that was compared this night: 1 is all of it. */
  share: z.number().min(0).max(1),
  repaired: amount,
})

export const events = z.object({
  gaps: amount,
  duplicates: amount,
  late: amount,
  sessions: amount.optional(),
  /** Sessions with numbers that never came. */
  brokenSessions: amount.optional(),
})

export const counts = z.object({
  version: z.literal(1),
  step: z.enum(STEPS),
  /** `production.tasks` of a table, else the name of the source. */
  name: z.string().min(1),
  source: z.string().min(1),
  /** The logical date of the night. */
  date: z.string(),
  /** in = out + filtered + rejected, always. */
  rows,
  /** Rows by the day that they belong to, where rows have one: `{"2026-11-27": 248339}`. */
  days: z.record(z.string(), amount).optional(),
  /** The same of each source, where one step has many: `{"pino:web": {"2026-11-27": 248339}}`. */
  sources: z.record(z.string(), z.record(z.string(), amount)).optional(),
  /** The four numbers of each of these; their sums are `rows`. */
  bySource: z.record(z.string(), rows).optional(),
  /** The newest time stamp among the rows, ISO 8601 in UTC: how fresh the data is. */
  newest: z.string().optional(),
  bytes: amount.optional(),
  /** Rows of the whole table in the warehouse after a load. */
  tableRows: amount.optional(),
  /** What a comparison of the source with the warehouse found. */
  compared: compared.optional(),
  /** Of client events: numbers that never came, that came twice, that came late. */
  events: events.optional(),
  finishedAt: z.string(),
})

export type Counts = z.output<typeof counts>

/** Path of a step's counts in a project. */
export const countsPath = ({ date, step, name }: Pick<Counts, 'date' | 'step' | 'name'>): string =>
  `results/${date}/counts/${step}/${name}.json`

/** A counts file's text. */
export const countsText = (one: Counts): string => `${JSON.stringify(one, null, 2)}\n`

/** Writes a step's counts into a project. @throws FerryError LOCAL_IO */
export async function writeCounts(project: string, one: Counts): Promise<void> {
  await writeFileAtomically(join(project, countsPath(one)), countsText(one))
}

/** Reads one; `name` is for the error. @throws FerryError DATA_INVALID */
export function parseCounts(text: string, name: string): Counts {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new FerryError('DATA_INVALID', `\`${name}\` is not JSON`, { cause: error })
  }
  const read = counts.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new FerryError(
    'DATA_INVALID',
    `\`${name}\` does not hold counts: \`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? ''}`,
    { cause: read.error },
  )
}
