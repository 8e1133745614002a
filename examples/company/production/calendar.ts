/** Times are milliseconds since 1970, in UTC. */
import type { Random } from './random.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** What never happens happens after everything else. */
export const NEVER = Number.POSITIVE_INFINITY

/** The app opened on a Monday. */
export const OPENED = Date.UTC(2026, 2, 2)
/** The first night sees what was there when this day began; the second one a day more. */
export const FIRST_NIGHT = Date.UTC(2026, 10, 21)
export const SECOND_NIGHT = FIRST_NIGHT + DAY

/** From Monday to Sunday: people plan at the start of the week and rest at its end. */
const WEEKLY = [1.25, 1.2, 1.15, 1.05, 0.9, 0.65, 0.8] as const

export function startOfDay(time: number): number {
  return Math.floor(time / DAY) * DAY
}

export function weeklyRhythm(time: number): number {
  const sinceOpening = Math.floor((time - OPENED) / DAY)
  return WEEKLY[((sinceOpening % 7) + 7) % 7] ?? 1
}

/** A moment of a day: rare at night, most likely in the afternoon. */
export function momentOf(day: number, random: Random): number {
  const bell = (random.fraction() + random.fraction() + random.fraction()) / 3
  return day + Math.floor((5 * HOUR + bell * 20 * HOUR) % DAY)
}
