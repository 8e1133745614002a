import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPresent, writeFileAtomically } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'
import { type LogicalDate, parseLogicalDate } from '../core/logical-date.ts'
import { type NightState, parseNightState } from '../formats/night-state.ts'

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
  const night = parseNightState(text)
  if (night !== undefined) return night
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
