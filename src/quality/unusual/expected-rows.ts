/**
 * How many rows a source is to be expected to give on a night, from the nights before: its rhythm over
 * the week, its growth, and how much it varies anyhow. All by medians, so that a night that went wrong
 * does not spoil those behind it.
 *
 * Numbers are compared by their logarithms: what counts is by how many percent one is off. The growth
 * is the median of the differences from week to week (Theil and Sen's slope over pairs a week apart, in
 * which the weekly rhythm cancels out); the spread is the median absolute deviation (MAD).
 */
export interface NightRows {
  /** `YYYY-MM-DD`. */
  readonly date: string
  readonly rows: number
}

export interface Expectation {
  readonly expected: number
  /** Less is out of the ordinary, and so is more than `high`. */
  readonly low: number
  readonly high: number
}

/** Fewer nights say nothing. */
const MIN_NIGHTS = 7
const MAX_DAYS = 84
const WEEK = 7
/** Nights that tell the level of today, and as many that tell it when it has just moved. */
const LEVEL_NIGHTS = 21
const MOVED_NIGHTS = 7
const SPREAD_NIGHTS = 42
/** Deviations, in standard deviations of a normal distribution, that are out of the ordinary. */
const LIMIT = 4.5
/** What sources vary even when they seem not to, as a share. */
const LEAST_SPREAD = 0.04
const MAD_TO_DEVIATION = 1.4826
/** Growth beyond half as much again in a week is no growth, but a change. */
const MAX_SLOPE = Math.log(1.5) / WEEK
const MILLISECONDS_A_DAY = 86_400_000

interface Point {
  /** Days before the night in question, 1 or more. */
  readonly age: number
  readonly weekday: number
  readonly log: number
}

/**
 * What is to be expected of a night; undefined when too little is known. `history`: nights before it, in
 * any order, without holidays. On a holiday less is in order too: as little as on the weakest day of
 * the week, and a half of that.
 */
export function expectRows(
  history: readonly NightRows[],
  date: string,
  isHoliday = false,
): Expectation | undefined {
  const points = pointsOf(history, date)
  if (points.length < MIN_NIGHTS) return undefined
  const slope = slopeOf(points)
  const flat = points.map(({ age, weekday, log }) => ({ age, weekday, log: log + slope * age }))
  const rhythm = rhythmOf(flat)
  const bare = flat.map(({ age, weekday, log }) => ({
    age,
    weekday,
    log: log - (rhythm[weekday] ?? 0),
  }))
  const level = median(logsOf(bare, LEVEL_NIGHTS))
  const spread = spreadOf(bare, level)
  const now = levelNow(bare, level, spread)
  const weekday = weekdayOf(dayOf(date))
  const centre = now + (rhythm[weekday] ?? 0)
  const band = LIMIT * spreadWith(spread, Math.exp(centre), points.length)
  const least = isHoliday ? now + Math.min(...rhythm) - Math.LN2 : centre
  // Before a day of the week was seen three times, it may be like any other there was.
  const seen = points.filter(point => point.weekday === weekday).length
  const others = seen < 3 ? points.map(({ log }) => log) : []
  return {
    expected: Math.round(rowsOf(centre)),
    low: Math.floor(rowsOf(Math.min(least, ...others) - band)),
    high: Math.ceil(rowsOf(Math.max(centre, ...others) + band)),
  }
}

const rowsOf = (log: number): number => Math.max(0, Math.expm1(log))

function pointsOf(history: readonly NightRows[], date: string): Point[] {
  const today = dayOf(date)
  const points: Point[] = []
  for (const night of history) {
    const day = dayOf(night.date)
    const age = today - day
    if (age < 1 || age > MAX_DAYS) continue
    points.push({ age, weekday: weekdayOf(day), log: Math.log1p(night.rows) })
  }
  return points.sort((a, b) => a.age - b.age)
}

const days = new Map<string, number>()

/** Days since 1970. A year has few dates, and a page asks for them a million times. */
function dayOf(date: string): number {
  let day = days.get(date)
  if (day === undefined) {
    if (days.size > 10_000) days.clear()
    day = Date.parse(date) / MILLISECONDS_A_DAY
    days.set(date, day)
  }
  return day
}

/** 0 is Sunday; the first of January 1970 was a Thursday. */
const weekdayOf = (day: number): number => (((day + 4) % WEEK) + WEEK) % WEEK

/** Growth a day, by logarithm. Points are in the order of their age. */
function slopeOf(points: readonly Point[]): number {
  const growths: number[] = []
  let before = 0
  for (const { age, log } of points) {
    while ((points[before]?.age ?? Number.POSITIVE_INFINITY) < age + WEEK) before += 1
    const other = points[before]
    if (other?.age === age + WEEK) growths.push((log - other.log) / WEEK)
  }
  if (growths.length < WEEK) return 0
  return Math.min(MAX_SLOPE, Math.max(-MAX_SLOPE, median(growths)))
}

/** By day of the week: how far it is from the level. With one week of nights nothing is known of it. */
function rhythmOf(points: readonly Point[]): readonly number[] {
  const level = median(points.map(point => point.log))
  const logs: number[][] = Array.from({ length: WEEK }, () => [])
  for (const { weekday, log } of points) logs[weekday]?.push(log)
  return logs.map(own => (own.length < 2 ? 0 : median(own) - level))
}

function logsOf(points: readonly Point[], days: number): number[] {
  const recent: number[] = []
  for (const { age, log } of points) if (age <= days) recent.push(log)
  return recent.length > 0 ? recent : points.map(({ log }) => log)
}

function spreadOf(points: readonly Point[], level: number): number {
  const deviations = logsOf(points, SPREAD_NIGHTS).map(log => Math.abs(log - level))
  return Math.max(LEAST_SPREAD, MAD_TO_DEVIATION * median(deviations))
}

/** The level of most of the last nights, where it has moved: it is the new one after half a week. */
function levelNow(points: readonly Point[], level: number, spread: number): number {
  const recent = median(logsOf(points, MOVED_NIGHTS))
  return Math.abs(recent - level) > 2 * spread ? recent : level
}

/** Small numbers vary by their root at least, and of few nights little is known. */
function spreadWith(spread: number, rows: number, nights: number): number {
  const counting = Math.sqrt(2 / Math.max(1, rows))
  return Math.hypot(spread, counting) * (1 + 4 / nights)
}

function median(numbers: readonly number[]): number {
  const sorted = Float64Array.from(numbers).sort()
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
