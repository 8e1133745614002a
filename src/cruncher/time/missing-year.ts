import { isLeapYear } from './calendar.ts'

const DAY_US = 86_400e6

/** Zones and clocks that are wrong a little: lines may be this much later than the file they are in. */
const SLACK_US = 2 * DAY_US
/** Lines follow one another this closely; one that is further away is believed when the next one agrees. */
const JUMP_US = 31 * DAY_US
/** Leap years are eight years apart at most. */
const YEARS = 9

/** Of the year that stands for none. */
const PLACEHOLDER_START = Date.UTC(1972, 0, 1) * 1_000
const MARCH_FIRST = Date.UTC(1972, 2, 1) * 1_000
const LEAP_DAY = MARCH_FIRST - DAY_US

/**
 * Finds the year of times that have none: where the file's name has a date, or lines before had a year,
 * the one that puts them nearest to the lines before, so that January follows December; else the last
 * one in which they are not later than the file.
 */
export class MissingYear {
  readonly #nameUs: number | undefined
  /** The latest that a line can be. */
  readonly #limitUs: number
  #anchorUs = Number.NaN
  /** A time far away from the anchor, which becomes the anchor when another is beside it. */
  #strayUs = Number.NaN
  #lastDay = Number.NaN
  #lastShift = Number.NaN
  #lastAnchorUs = Number.NaN

  constructor(nameUs: number | undefined, modifiedUs: number) {
    this.#nameUs = nameUs
    const limit = modifiedUs + SLACK_US
    // A file that is older than the date in its name was unpacked by a tool that sets no time.
    const isUsable = nameUs === undefined || limit >= nameUs
    this.#limitUs = isUsable && !Number.isNaN(limit) ? limit : Number.POSITIVE_INFINITY
  }

  /** Of a local time in 1972, that time in its own year; NaN if nothing tells the year. */
  complete(placeholderUs: number): number {
    const day = Math.floor(placeholderUs / DAY_US)
    if (day !== this.#lastDay || !Object.is(this.#anchorUs, this.#lastAnchorUs)) {
      this.#lastDay = day
      this.#lastAnchorUs = this.#anchorUs
      this.#lastShift = this.#shiftOf(placeholderUs)
    }
    return placeholderUs + this.#lastShift
  }

  /** Tells of a time whose year was written, or has just been found. */
  saw(timeUs: number, isWritten: boolean): void {
    const distance = Math.abs(timeUs - this.#anchorUs)
    if (distance < DAY_US) return // near enough, and what was computed for it is still right
    if (Number.isNaN(distance)) {
      if (isWritten || this.#nameUs !== undefined) this.#anchorUs = timeUs
      return
    }
    if (distance > JUMP_US) {
      const isConfirmed = Math.abs(timeUs - this.#strayUs) < DAY_US
      this.#strayUs = timeUs
      if (!isConfirmed) return
    }
    this.#anchorUs = timeUs
  }

  #shiftOf(placeholderUs: number): number {
    const near = Number.isNaN(this.#anchorUs) ? this.#nameUs : this.#anchorUs
    const start = near ?? this.#limitUs
    if (!Number.isFinite(start)) return Number.NaN
    const year = new Date(start / 1_000).getUTCFullYear()
    let best = Number.NaN
    for (let candidate = year + 1; candidate > year - YEARS; candidate--) {
      if (isLeapDay(placeholderUs) && !isLeapYear(candidate)) continue
      const shift = shiftTo(candidate, placeholderUs)
      const time = placeholderUs + shift
      if (time > this.#limitUs) continue
      if (near === undefined) return shift
      const isNearer = Math.abs(time - near) < Math.abs(placeholderUs + best - near)
      if (Number.isNaN(best) || isNearer) best = shift
    }
    return best
  }
}

function isLeapDay(placeholderUs: number): boolean {
  return placeholderUs >= LEAP_DAY && placeholderUs < MARCH_FIRST
}

function shiftTo(year: number, placeholderUs: number): number {
  const shift = Date.UTC(year, 0, 1) * 1_000 - PLACEHOLDER_START
  return placeholderUs >= MARCH_FIRST && !isLeapYear(year) ? shift - DAY_US : shift
}
