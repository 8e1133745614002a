import type { KeptNight } from './kept-night.ts'
import type { Night } from './night.ts'

/** Names of targets that failed, of a summary. */
export const MOST_FAILED = 20

export function summarizeNight(night: Night, stamp: string): KeptNight {
  const failed: string[] = []
  const durations: Record<string, number> = {}
  let attempts = night.attempts.length
  for (const { name, ms, state, attempts: own } of night.targets.values()) {
    if (state === 'failed') failed.push(name)
    if (state === 'done' && ms !== undefined) durations[undated(name, night.date)] = ms
    attempts = Math.max(attempts, own.at(-1) ?? 0)
  }
  return {
    stamp,
    summary: {
      date: night.date,
      state: night.state,
      wanted: night.wanted,
      counts: night.counts,
      attempts,
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
