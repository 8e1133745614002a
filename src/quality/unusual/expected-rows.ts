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
/** A source that is the same all week may rest on a holiday: a quarter, by logarithm. */
const HOLIDAY = Math.log(4)
/** What sources vary even when they seem not to, as a share. */
const LEAST_SPREAD = 0.04
const MAD_TO_DEVIATION = 1.4826
/** Growth beyond half as much again in a week is no growth, but a change. */
const MAX_SLOPE = Math.log(1.5) / WEEK
const MILLISECONDS_A_DAY = 86_400_000

/** Nights of a source, one a day, the earliest first: made once for all nights that are judged by them. */
export interface RowHistory {
  /** Since 1970. */
  readonly days: Int32Array
  /** Of rows and one. */
  readonly logs: Float64Array
}

/** Nights in any order, without holidays. Of two counts of one night, the later in the list counts. */
export function rowHistory(nights: readonly NightRows[]): RowHistory {
  const byDay = new Map<number, number>()
  let isAscending = true
  let last = Number.NEGATIVE_INFINITY
  for (const { date, rows } of nights) {
    const day = dayOf(date)
    isAscending &&= day >= last
    last = day
    byDay.set(day, Math.log1p(rows))
  }
  const entries = [...byDay]
  if (!isAscending) entries.sort(([a], [b]) => a - b)
  const days = new Int32Array(entries.length)
  const logs = new Float64Array(entries.length)
  for (const [at, [day, log]] of entries.entries()) {
    days[at] = day
    logs[at] = log
  }
  return { days, logs }
}

/** The nights before, the latest first. One is made for all calls, as a page makes thousands of them. */
interface Points {
  length: number
  /** Days before the night in question, 1 or more. */
  readonly ages: Int32Array
  readonly weekdays: Uint8Array
  readonly logs: Float64Array
}

const POINTS: Points = {
  length: 0,
  ages: new Int32Array(MAX_DAYS),
  weekdays: new Uint8Array(MAX_DAYS),
  logs: new Float64Array(MAX_DAYS),
}
/** What a median is looked for in. */
const CHOSEN = new Float64Array(MAX_DAYS)

/**
 * What is to be expected of a night, by those of the history before it; undefined when too little is known. On a
 * holiday less is in order too: as little as on the weakest day of
 * the week, and a quarter of that.
 */
export function expectRows(
  history: RowHistory,
  date: string,
  isHoliday = false,
): Expectation | undefined {
  const points = pointsOf(history, date)
  const { length, weekdays, logs } = points
  if (length < MIN_NIGHTS) return undefined
  const raw = logs.slice(0, length)
  const slope = slopeOf(points)
  for (let at = 0; at < length; at += 1) logs[at] = (logs[at] ?? 0) + slope * (points.ages[at] ?? 0)
  const rhythm = rhythmOf(points)
  for (let at = 0; at < length; at += 1) {
    logs[at] = (logs[at] ?? 0) - (rhythm[weekdays[at] ?? 0] ?? 0)
  }
  const level = medianSince(points, LEVEL_NIGHTS)
  const spread = spreadOf(points, level)
  const now = levelNow(points, level, spread)
  const weekday = weekdayOf(dayOf(date))
  const centre = now + (rhythm[weekday] ?? 0)
  const band = LIMIT * spreadWith(spread, Math.exp(centre), length)
  const least = isHoliday ? now + Math.min(...rhythm) - HOLIDAY : centre
  // Before a day of the week was seen three times, it may be like any other there was.
  let seen = 0
  for (let at = 0; at < length; at += 1) if (weekdays[at] === weekday) seen += 1
  const others = seen < 3 ? raw : []
  return {
    expected: Math.round(rowsOf(centre)),
    low: Math.floor(rowsOf(Math.min(least, ...others) - band)),
    high: Math.ceil(rowsOf(Math.max(centre, ...others) + band)),
  }
}

const rowsOf = (log: number): number => Math.max(0, Math.expm1(log))

function pointsOf({ days, logs }: RowHistory, date: string): Points {
  const today = dayOf(date)
  let length = 0
  for (let at = days.length - 1; at >= 0; at -= 1) {
    const day = days[at] ?? 0
    const age = today - day
    if (age < 1) continue
    if (age > MAX_DAYS) break
    POINTS.ages[length] = age
    POINTS.weekdays[length] = weekdayOf(day)
    POINTS.logs[length] = logs[at] ?? 0
    length += 1
  }
  POINTS.length = length
  return POINTS
}

const daysOfDates = new Map<string, number>()

/** Days since 1970. A year has few dates, and a page asks for them a million times. */
function dayOf(date: string): number {
  let day = daysOfDates.get(date)
  if (day === undefined) {
    if (daysOfDates.size > 10_000) daysOfDates.clear()
    day = Date.parse(date) / MILLISECONDS_A_DAY
    daysOfDates.set(date, day)
  }
  return day
}

/** 0 is Sunday; the first of January 1970 was a Thursday. */
const weekdayOf = (day: number): number => (((day + 4) % WEEK) + WEEK) % WEEK

/** Growth a day, by logarithm. */
function slopeOf({ length, ages, logs }: Points): number {
  let growths = 0
  let before = 0
  for (let at = 0; at < length; at += 1) {
    const weekAgo = (ages[at] ?? 0) + WEEK
    while (before < length && (ages[before] ?? 0) < weekAgo) before += 1
    if (before === length) break
    if (ages[before] !== weekAgo) continue
    CHOSEN[growths] = ((logs[at] ?? 0) - (logs[before] ?? 0)) / WEEK
    growths += 1
  }
  if (growths < WEEK) return 0
  return Math.min(MAX_SLOPE, Math.max(-MAX_SLOPE, medianOfChosen(growths)))
}

/** By day of the week: how far it is from the level. With one week of nights nothing is known of it. */
function rhythmOf(points: Points): readonly number[] {
  const { length, weekdays, logs } = points
  const level = medianSince(points, MAX_DAYS)
  return Array.from({ length: WEEK }, (_, weekday) => {
    let own = 0
    for (let at = 0; at < length; at += 1) {
      if (weekdays[at] !== weekday) continue
      CHOSEN[own] = logs[at] ?? 0
      own += 1
    }
    return own < 2 ? 0 : medianOfChosen(own) - level
  })
}

/** Of so many days, or of all nights when none of them is that late. */
function medianSince({ length, ages, logs }: Points, days: number): number {
  const recent = recentOf(ages, length, days)
  for (let at = 0; at < recent; at += 1) CHOSEN[at] = logs[at] ?? 0
  return medianOfChosen(recent)
}

function recentOf(ages: Int32Array, length: number, days: number): number {
  let recent = 0
  while (recent < length && (ages[recent] ?? 0) <= days) recent += 1
  return recent === 0 ? length : recent
}

function spreadOf({ length, ages, logs }: Points, level: number): number {
  const recent = recentOf(ages, length, SPREAD_NIGHTS)
  for (let at = 0; at < recent; at += 1) CHOSEN[at] = Math.abs((logs[at] ?? 0) - level)
  return Math.max(LEAST_SPREAD, MAD_TO_DEVIATION * medianOfChosen(recent))
}

/** The level of most of the last nights, where it has moved: it is the new one after half a week. */
function levelNow(points: Points, level: number, spread: number): number {
  const recent = medianSince(points, MOVED_NIGHTS)
  return Math.abs(recent - level) > 2 * spread ? recent : level
}

/** Small numbers vary by their root at least, and of few nights little is known. */
function spreadWith(spread: number, rows: number, nights: number): number {
  const counting = Math.sqrt(2 / Math.max(1, rows))
  return Math.hypot(spread, counting) * (1 + 4 / nights)
}

/** Of the first so many, which are put into another order. */
function medianOfChosen(length: number): number {
  const middle = length >> 1
  const upper = select(length, middle)
  if (length % 2 === 1) return upper
  let lower = Number.NEGATIVE_INFINITY
  for (let at = 0; at < middle; at += 1) lower = Math.max(lower, CHOSEN[at] ?? 0)
  return (lower + upper) / 2
}

/** Hoare's selection: what would stand at a place if they were sorted; less or equal ones come before it. */
function select(length: number, place: number): number {
  let left = 0
  let right = length - 1
  while (left < right) {
    const pivot = CHOSEN[(left + right) >> 1] ?? 0
    let low = left
    let high = right
    while (low <= high) {
      while ((CHOSEN[low] ?? 0) < pivot) low += 1
      while ((CHOSEN[high] ?? 0) > pivot) high -= 1
      if (low > high) break
      const other = CHOSEN[low] ?? 0
      CHOSEN[low] = CHOSEN[high] ?? 0
      CHOSEN[high] = other
      low += 1
      high -= 1
    }
    if (place <= high) right = high
    else if (place >= low) left = low
    else break
  }
  return CHOSEN[place] ?? 0
}
