import * as z from 'zod'
import { jsonIfWhole } from '../../core/json-if-whole.ts'
import { keepText, readKeptText } from '../../core/kept-file.ts'
import { parseLogicalDate } from '../../core/logical-date.ts'
import type { NightSummary } from './night.ts'

/**
 * `.ferry/web/nights/DATE.json`: what a night comes to. It can be thrown away at any time. Two lines: the summary, with the stamp of
 * the files that it was made from; how long targets took, which few ask for. A line that is torn, of
 * another version or of other files counts as not there.
 */
export interface KeptNight {
  readonly stamp: string
  readonly summary: NightSummary
  /** Milliseconds of targets that were made, by their name without the date. */
  readonly durations: Durations
}

export type Durations = Readonly<Record<string, number>>

const amount = z.int().min(0)

const headSchema = z.object({
  version: z.literal(2),
  stamp: z.string(),
  summary: z.object({
    date: z.string().transform(text => parseLogicalDate(text)),
    state: z.enum(['running', 'waiting', 'made', 'failed', 'stopped']),
    wanted: amount,
    counts: z.object({
      failed: amount,
      running: amount,
      'not reached': amount,
      waiting: amount,
      done: amount,
    }),
    attempts: amount,
    commands: amount,
    startedAt: z.number().optional(),
    finishedAt: z.number().optional(),
    failed: z.array(z.string()),
  }),
})

/** By hand: a year has a million of them. */
function isDurations(value: unknown): value is Durations {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  for (const ms of Object.values(value)) if (typeof ms !== 'number') return false
  return true
}

/** The summary of a night, if it is kept and was made from files of that stamp. */
export function readKeptSummary(path: string, stamp: string): NightSummary | undefined {
  const [head = ''] = linesOf(path)
  const read = headSchema.safeParse(jsonIfWhole(head)).data
  if (read?.stamp !== stamp) return undefined
  const { startedAt, finishedAt } = read.summary
  return { ...read.summary, startedAt, finishedAt }
}

/** The same of the durations. */
export function readKeptDurations(path: string, stamp: string): Durations | undefined {
  const [head = '', durations = ''] = linesOf(path)
  if (headSchema.safeParse(jsonIfWhole(head)).data?.stamp !== stamp) return undefined
  const read = jsonIfWhole(durations)
  return isDurations(read) ? read : undefined
}

export function keepNight(path: string, { stamp, summary, durations }: KeptNight): void {
  const head = JSON.stringify({ version: 2, stamp, summary })
  keepText(path, `${head}\n${JSON.stringify(durations)}\n`)
}

const linesOf = (path: string): string[] => readKeptText(path).split('\n')
