import {
  DAY,
  HOUR,
  MINUTE,
  momentOf,
  NEVER,
  OPENED,
  SECOND_NIGHT,
  weeklyRhythm,
} from './calendar.ts'
import { Random } from './random.ts'
import type { User } from './records.ts'
import { country, personName } from './words.ts'

const USERS_ON_FIRST_DAY = 11
const GROWTH_A_WEEK = 1.03
/** A review in a magazine brings a wave of sign-ups. */
const PRESS_DAYS = new Set([Date.UTC(2026, 4, 12), Date.UTC(2026, 8, 22), Date.UTC(2026, 8, 23)])
const LOCALES = ['en', 'en', 'de', 'hu', 'fr', 'ja', 'pt-BR', 'zh-CN'] as const
const CHANNELS = ['organic', 'organic', 'organic', 'friend', 'friend', 'ad'] as const
const ERASED_AFTER = 14 * DAY

/** Everybody who signs up, in order. `scale` 1 makes about 5,000 people. */
export function makePeople(seed: number, scale: number): User[] {
  const days = new Random(seed, 1)
  const users: User[] = []
  for (let day = OPENED; day < SECOND_NIGHT; day += DAY) {
    const week = (day - OPENED) / DAY / 7
    const wave = PRESS_DAYS.has(day) ? 6 : 1
    const usual = USERS_ON_FIRST_DAY * GROWTH_A_WEEK ** week * weeklyRhythm(day)
    const expected = usual * wave * scale * (0.8 + 0.4 * days.fraction())
    const count = Math.floor(expected + days.fraction())
    const moments = Array.from({ length: count }, () => momentOf(day, days)).sort((a, b) => a - b)
    for (const moment of moments) users.push(makeUser(seed, users.length, moment, wave > 1))
  }
  return users
}

function makeUser(seed: number, number: number, createdAt: number, fromPress: boolean): User {
  const random = new Random(seed, 1_000_000 + number)
  const isStaff = number % 400 === 3
  const confirmed = isStaff || random.chance(0.86)
  const confirmedAt = confirmed ? createdAt + MINUTE + random.exponential(3 * HOUR) : NEVER
  const loyal = isStaff || random.chance(0.18)
  const stays = loyal ? NEVER : random.exponential(random.chance(0.35) ? 2 * DAY : 40 * DAY)
  const activeUntil = confirmed ? confirmedAt + stays : createdAt
  const closes = confirmed && !loyal && random.chance(0.16)
  const closedAt = closes ? Math.floor(activeUntil + random.exponential(5 * DAY)) : NEVER
  return {
    id: 0,
    number,
    name: personName(random),
    country: country(random),
    locale: random.pick(LOCALES),
    channel: fromPress && random.chance(0.7) ? 'press' : random.pick(CHANNELS),
    newsletter: random.chance(0.3) ? null : random.chance(0.4),
    isStaff,
    createdAt,
    confirmedAt: Math.floor(confirmedAt),
    upgradedAt: random.chance(loyal ? 0.2 : 0.03)
      ? Math.floor(confirmedAt + random.exponential(30 * DAY))
      : NEVER,
    closedAt,
    deletedAt: closedAt + ERASED_AFTER,
    activeUntil: Math.min(activeUntil, closedAt),
    zeal: 0.12 + 0.6 * random.fraction() ** 2,
  }
}
