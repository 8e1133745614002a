import * as z from 'zod'
import { compared, events, rows } from './counts.ts'

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

/** A table of a source in the warehouse. */
const table = z.object({
  name: z.string(),
  /** Rows in the warehouse after the load. */
  rows: amount.nullable(),
  /** The newest time stamp among its rows. */
  newest: z.string().nullable(),
  /** When it was loaded last: a moment of this night, or an earlier night; null when neither is known. */
  updated: z.string().nullable(),
  compared: compared.nullable(),
})

/** What became of the rows or lines of a step: in = out + filtered + rejected. */
const step = z.object({
  step: z.string(),
  name: z.string(),
  rows,
  /** Of a step with many sources, the same of each: `crunch`. */
  sources: z.array(z.object({ name: z.string(), rows })).optional(),
})

const check = z.object({
  name: z.string(),
  severity: z.enum(['warn', 'error']),
  passed: z.boolean(),
  failing_rows: amount.nullable(),
  found: z.string(),
})

/** The checks of a model, night by night. */
const modelChecks = z.object({
  model: z.string(),
  /** By date: how many failed of how many. */
  nights: z.record(
    z.string(),
    z.object({
      failed: amount,
      all: amount,
      /** The model was not published: a check kept it back, or it never came so far. */
      isFailed: z.boolean(),
    }),
  ),
  /** Those that found something on the night in question. */
  failing: z.array(check),
})

export const nightQuality = z.object({
  version: z.literal(1),
  date: z.string(),
  findings: z.array(finding),
  series: z.array(series),
  /** Of the night, and of those before it that are judged: the latest first. Files of older versions lack this and what follows. */
  nights: z.array(z.string()).default([]),
  tables: z.array(table).default([]),
  checks: z.array(modelChecks).default([]),
  /** Whether the events of clients are complete, by source. */
  events: z.array(z.object({ name: z.string(), events })).default([]),
  steps: z.array(step).default([]),
  finishedAt: z.string(),
})

export type Finding = z.output<typeof finding>
export type CountSeries = z.output<typeof series>
export type QualityTable = z.output<typeof table>
export type QualityStep = z.output<typeof step>
export type ModelChecks = z.output<typeof modelChecks>
export type NightQuality = z.output<typeof nightQuality>

export const qualityPath = (date: string): string => `results/${date}/quality.json`
