import { type LogicalDate, logicalDateAt } from '../core/logical-date.ts'
import type { NightState } from '../formats/night-state.ts'
import { listNights, newNight, readNight } from './night-state.ts'

/** How long after its beginning a night may still be the one to go on with. */
const NIGHT_LASTS_MS = 20 * 3_600_000

export interface NightChoice {
  readonly project: string
  readonly timeZone: string
  /** Given by the user; it decides alone. */
  readonly date: LogicalDate | undefined
  readonly once: boolean
  readonly maxAttempts: number
  readonly now: Date
}

/**
 * The night that a call of `ferry run` belongs to. Its date was fixed when it began: a call after
 * midnight goes on with the night of the day before when that is not done and has attempts left.
 * With `once`, a night begun with `once` is the one for all calls of its 20 hours, so that cron's
 * later calls do not begin the next one early. Else the date is the clock's in the time zone.
 */
export async function chooseNight(choice: NightChoice): Promise<NightState> {
  if (choice.date !== undefined) {
    const night = await readNight(choice.project, choice.date)
    return night ?? newNight(choice.date, choice.now, 'date')
  }
  const recent = (await listNights(choice.project))
    .filter(night => {
      const ageMs = choice.now.getTime() - Date.parse(night.begun_at)
      if (ageMs < 0 || ageMs >= NIGHT_LASTS_MS || night.begun_by === 'date') return false
      if (choice.once && night.begun_by === 'once') return true
      return !isMade(night) && !night.closed && night.attempts.length < choice.maxAttempts
    })
    .sort((a, b) => b.begun_at.localeCompare(a.begun_at))
  const today = logicalDateAt(choice.now, choice.timeZone)
  const begunBy = choice.once ? 'once' : 'clock'
  return (
    recent[0] ?? (await readNight(choice.project, today)) ?? newNight(today, choice.now, begunBy)
  )
}

/** Were all targets of the last attempt made? */
export const isMade = (night: NightState): boolean => night.attempts.at(-1)?.outcome === 'made'
