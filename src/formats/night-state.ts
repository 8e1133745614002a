import * as z from 'zod'
import { parseLogicalDate } from '../core/logical-date.ts'

const attemptSchema = z.object({
  number: z.int().min(1),
  run_id: z.string(),
  started_at: z.string(),
  /** Null until the attempt has ended; for ever when something killed `ferry run`. */
  ended_at: z.string().nullable(),
  /** make came to its own end, or what it left when killed has been swept away. */
  settled: z.boolean(),
  outcome: z.enum(['made', 'failed', 'interrupted']).nullable(),
  targets: z.array(z.string()),
  /** Every failure was for good: another attempt can help only when something changes. */
  all_permanent: z.boolean(),
  /** Of the makefiles as they were: the recipes that the records tell of. */
  makefiles_hash: z.string(),
  /** Which boot of the machine; another one now means that the machine went down. */
  boot_id: z.string(),
})

const nightSchema = z.object({
  version: z.literal(1),
  date: z.string().transform(text => parseLogicalDate(text)),
  begun_at: z.string(),
  begun_by: z.enum(['clock', 'once', 'date']),
  attempts: z.array(attemptSchema),
  /** Until when everything written is known to be on the disk. */
  synced_at: z.string().nullable(),
  /** Failure targets and cleanup have run for the last attempt. */
  closed: z.boolean(),
  /** Targets whose failure for good has been told, with their exit code. */
  reported: z.record(z.string(), z.int()),
  /** People were told of a failure, and not yet that all is made. */
  alarmed: z.boolean().default(false),
})

/**
 * `.ferry/nights/DATE/night.json`: what must survive a kill of anything, always whole. `ferry run`
 * writes it, the pages read it.
 */
export type NightState = z.output<typeof nightSchema>
export type AttemptState = z.output<typeof attemptSchema>

/** Reads it; undefined when the text is no such state. */
export function parseNightState(text: string): NightState | undefined {
  try {
    return nightSchema.safeParse(JSON.parse(text)).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
