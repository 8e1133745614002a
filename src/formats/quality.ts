import * as z from 'zod'

/**
 * `results/DATE/quality.json`: what is to be said of a night's data, written by `ferry check`; the data
 * quality page shows the same.
 */
const amount = z.int().min(0)

const finding = z.object({
  /** An error says that data is wrong or missing; a warning, that it is out of the ordinary. */
  severity: z.enum(['error', 'warn']),
  kind: z.enum([
    'rows',
    'missing',
    'sum',
    'rejected',
    'comparison',
    'freshness',
    'events',
    'check',
    'broken',
  ]),
  /** What it is about: `mirror/production.tasks`, `model/daily_users`. */
  about: z.string(),
  /** What was found, as a sentence without its full stop. */
  found: z.string(),
})

const seriesNight = z.object({
  date: z.string(),
  rows: amount,
  /** Out of the ordinary, as the nights before it were; said of the last two weeks. */
  isUnusual: z.boolean().optional(),
})

/** What a step counted of one source, night by night, the last of them the night in question. */
const series = z.object({
  step: z.string(),
  name: z.string(),
  nights: z.array(seriesNight),
  /** What was to be expected of the last night; absent while too little is known. */
  expected: z.object({ expected: amount, low: amount, high: amount }).optional(),
})

export const nightQuality = z.object({
  version: z.literal(1),
  date: z.string(),
  findings: z.array(finding),
  series: z.array(series),
  finishedAt: z.string(),
})

export type Finding = z.output<typeof finding>
export type CountSeries = z.output<typeof series>
export type NightQuality = z.output<typeof nightQuality>

export const qualityPath = (date: string): string => `results/${date}/quality.json`
