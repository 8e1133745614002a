import * as z from 'zod'
import { parseLogicalDate } from '../../core/logical-date.ts'
import type { Night, NightSummary } from './night.ts'

const MOST_FAILED = 20
const amount = z.int().min(0)

const keptSchema = z.object({
  version: z.literal(1),
  /** Of the files that it was made from. */
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
  /** Milliseconds of targets that were made, by their name without the date. */
  durations: z.record(z.string(), z.number()),
})

/** `.ferry/web/nights/DATE.json`: what a night comes to. It can be thrown away at any time. */
export interface KeptNight {
  readonly version: 1
  readonly stamp: string
  readonly summary: NightSummary
  readonly durations: Readonly<Record<string, number>>
}

export function parseKeptNight(text: string): KeptNight | undefined {
  try {
    const read = keptSchema.safeParse(JSON.parse(text)).data
    if (read === undefined) return undefined
    const { startedAt, finishedAt } = read.summary
    return { ...read, summary: { ...read.summary, startedAt, finishedAt } }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export function summarizeNight(night: Night, stamp: string): KeptNight {
  const targets = [...night.targets.values()]
  const failed = targets.filter(one => one.state === 'failed').map(one => one.name)
  const durations: Record<string, number> = {}
  for (const { name, ms, state } of targets) {
    if (state === 'done' && ms !== undefined) durations[undated(name, night.date)] = ms
  }
  return {
    version: 1,
    stamp,
    summary: {
      date: night.date,
      state: night.state,
      wanted: night.wanted,
      counts: night.counts,
      attempts: Math.max(night.attempts.length, ...targets.map(one => one.attempts.at(-1) ?? 0)),
      commands: night.commands.length,
      startedAt: night.startedAt,
      finishedAt: night.finishedAt,
      failed: failed.slice(0, MOST_FAILED),
    },
    durations,
  }
}

/** The same target's name on every night. */
export const undated = (target: string, date: string): string => target.replaceAll(date, 'DATE')
