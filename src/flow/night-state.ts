import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readIfPresent, writeFileAtomically } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'
import { type LogicalDate, parseLogicalDate } from '../core/logical-date.ts'

const attemptSchema = z.object({
  number: z.int().min(1),
  run_id: z.string(),
  started_at: z.string(),
  /** Null until make has ended in an orderly way; for ever when something killed it. */
  ended_at: z.string().nullable(),
  outcome: z.enum(['made', 'failed', 'interrupted']).nullable(),
  targets: z.array(z.string()),
  /** Of the makefiles as they were: the recipes that the records tell of. */
  makefiles_hash: z.string(),
  /** Which boot of the machine; another one now means that the machine went down. */
  boot_id: z.string(),
})

const nightSchema = z.object({
  version: z.literal(1),
  date: z.string().transform(text => parseLogicalDate(text)),
  begun_at: z.string(),
  attempts: z.array(attemptSchema),
  /** Until when everything written is known to be on the disk. */
  synced_at: z.string().nullable(),
  /** Failure targets and cleanup have run for the last attempt. */
  closed: z.boolean(),
  /** Targets whose failure for good has been told, with their exit code. */
  reported: z.record(z.string(), z.int()),
})

/** `.ferry/nights/DATE/night.json`: what must survive a kill of anything, always whole. */
export type NightState = z.output<typeof nightSchema>
export type AttemptState = z.output<typeof attemptSchema>

export const nightDirectory = (project: string, date: LogicalDate): string =>
  join(project, '.ferry/nights', date)

export function newNight(date: LogicalDate, begunAt: Date): NightState {
  return {
    version: 1,
    date,
    begun_at: begunAt.toISOString(),
    attempts: [],
    synced_at: null,
    closed: false,
    reported: {},
  }
}

/** The state of a night, or undefined when it has not begun. @throws FerryError DATA_INVALID */
export async function readNight(
  project: string,
  date: LogicalDate,
): Promise<NightState | undefined> {
  const path = join(nightDirectory(project, date), 'night.json')
  const text = await readIfPresent(path)
  if (text === undefined) return undefined
  const parsed = nightSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new FerryError('DATA_INVALID', `\`${path}\` is not the state of a night`, {
    hint: 'remove it; the night then begins anew and keeps what is made',
  })
}

export async function writeNight(project: string, night: NightState): Promise<void> {
  const path = join(nightDirectory(project, night.date), 'night.json')
  await writeFileAtomically(path, `${JSON.stringify(night, null, 1)}\n`)
}

/** How long after its beginning a night is still the one that goes on, whatever the clock's date. */
export const NIGHT_LASTS_MS = 20 * 3_600_000

/** The night that began last, if it began less than NIGHT_LASTS_MS ago. */
export async function findRecentNight(project: string, now: Date): Promise<NightState | undefined> {
  const folder = join(project, '.ferry/nights')
  await mkdir(folder, { recursive: true })
  let recent: NightState | undefined
  for (const name of await readdir(folder)) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(name)) continue
    const night = await readNight(project, parseLogicalDate(name))
    if (night === undefined) continue
    const ageMs = now.getTime() - Date.parse(night.begun_at)
    if (ageMs < 0 || ageMs >= NIGHT_LASTS_MS) continue
    if (recent === undefined || night.begun_at > recent.begun_at) recent = night
  }
  return recent
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
