import { INFERRED_DATE, INFERRED_YEAR, INFERRED_ZONE, type LogRecord } from '../record.ts'
import { daysInMonth, daysSinceEpoch } from './calendar.ts'

/** Beyond these, microseconds since 1970 are not exact in a float64, and no log was written then. */
const FIRST_YEAR = 1900
const LAST_YEAR = 2250

/** Stands for a year that was not written: a leap year, so that 29 February has a place. */
export const PLACEHOLDER_YEAR = 1972

/**
 * A time as far as it has been read. There is one, filled again for every line: the functions of this
 * folder take `(bytes, at, to, reading)` and return the place behind what they have read, or -1.
 */
export class Reading {
  /** Days since 1970, in the placeholder year if the year is missing, 0 if the date is. */
  day = 0
  secondOfDay = 0
  micros = 0
  /** NaN: no offset was written. */
  offsetMinutes = Number.NaN
  missing = 0
  /** Read before the year is: `Dec 26 16:22:08 2016`. */
  month = 0
  dayOfMonth = 0
  #lastDate = 0
  #lastDay = 0

  /** False if there is no such day. The date of the line before costs one comparison. */
  setDate(year: number, month: number, day: number): boolean {
    const date = (year * 16 + month) * 32 + day
    this.missing = 0
    if (date === this.#lastDate) {
      this.day = this.#lastDay
      return true
    }
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12) return false
    if (day < 1 || day > daysInMonth(year, month)) return false
    this.day = daysSinceEpoch(year, month, day)
    this.#lastDate = date
    this.#lastDay = this.day
    return true
  }

  setDateWithoutYear(month: number, day: number): boolean {
    const exists = this.setDate(PLACEHOLDER_YEAR, month, day)
    this.missing = INFERRED_YEAR
    return exists
  }

  /** Keeps a date whose year may stand behind the time. */
  monthAndDay(month: number, day: number): this {
    this.month = month
    this.dayOfMonth = day
    return this
  }

  setNoDate(): void {
    this.day = 0
    this.missing = INFERRED_DATE
  }

  /** To be called when all has been read: whatever is missing by now was not written. */
  giveTo(record: LogRecord): void {
    const local = (this.day * 86_400 + this.secondOfDay) * 1e6 + this.micros
    const offset = this.offsetMinutes
    if (Number.isNaN(offset)) {
      record.timeUs = local
      record.inferred = this.missing | INFERRED_ZONE
    } else {
      record.timeUs = local - offset * 60e6
      record.inferred = this.missing
    }
    record.offsetMinutes = offset
  }
}

/** The byte at a place, a number in any case: 0 behind the end. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

export function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

/** The number that two digits make; -1 if they are not two digits. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  const a = byteAt(bytes, at) - 0x30
  const b = byteAt(bytes, at + 1) - 0x30
  return (a | b | (9 - a) | (9 - b)) < 0 ? -1 : a * 10 + b
}

export function fourDigits(bytes: Uint8Array, at: number): number {
  const high = twoDigits(bytes, at)
  const low = twoDigits(bytes, at + 2)
  return (high | low) < 0 ? -1 : high * 100 + low
}

/** As C libraries read two digits of a year: 69 is 1969, 68 is 2068. */
export function fullYear(twoDigitYear: number): number {
  return twoDigitYear < 69 ? 2_000 + twoDigitYear : 1_900 + twoDigitYear
}
