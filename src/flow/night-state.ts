import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { readIfPresent, writeFileAtomically } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'
import { type LogicalDate, parseLogicalDate } from '../core/logical-date.ts'

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

/** `.ferry/nights/DATE/night.json`: what must survive a kill of anything, always whole. */
export type NightState = z.output<typeof nightSchema>
export type AttemptState = z.output<typeof attemptSchema>

export const nightDirectory = (project: string, date: LogicalDate): string =>
  join(project, '.ferry/nights', date)

export function newNight(
  date: LogicalDate,
  begunAt: Date,
  begunBy: NightState['begun_by'],
): NightState {
  return {
    version: 1,
    date,
    begun_at: begunAt.toISOString(),
    begun_by: begunBy,
    attempts: [],
    synced_at: null,
    closed: false,
    reported: {},
    alarmed: false,
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

/** The nights that have begun, in no order. */
export async function listNights(project: string): Promise<NightState[]> {
  const folder = join(project, '.ferry/nights')
  await mkdir(folder, { recursive: true })
  const names = (await readdir(folder)).filter(name => /^\d{4}-\d{2}-\d{2}$/.test(name))
  const nights = await Promise.all(names.map(name => readNight(project, parseLogicalDate(name))))
  return nights.filter(night => night !== undefined)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
