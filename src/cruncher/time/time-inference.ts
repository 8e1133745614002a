import { INFERRED_DATE, INFERRED_YEAR, INFERRED_ZONE, type LogRecord } from '../record.ts'
import { dateInName, type NameDate } from './file-name-date.ts'
import { TimeZone } from './time-zone.ts'
import { MissingYear } from './missing-year.ts'

const DAY_US = 86_400e6

/** A clock that went back further than this, while it may have been set back, was. */
const DISORDER_US = 60e6

export interface TimeInferenceOptions {
  /** Path or URL, as it is shown; dates in it count. */
  readonly fileName: string
  /** When the file was last written, in milliseconds since 1970; NaN if nobody knows (a pipe). */
  readonly modifiedMs: number
  /** Of times that have none: `UTC`, `Europe/Budapest`, `+02:00`. */
  readonly zone?: string
}

/**
 * Fills in what the times of one file leave out, from the lines before, the date in its name, its own
 * time and the zone that was configured; the bits of `inferred` keep what was. The same name, time and
 * lines give the same times. Records must come in the file's order.
 */
export class TimeInference {
  readonly #zone: TimeZone
  readonly #nameDate: NameDate | undefined
  readonly #modifiedUs: number
  readonly #year: MissingYear
  /** Of the record before, in UTC; NaN at the start. */
  #lastUs = Number.NaN

  /** @throws FerryError CONFIG_INVALID for an unknown zone */
  constructor({ fileName, modifiedMs, zone = 'UTC' }: TimeInferenceOptions) {
    this.#zone = new TimeZone(zone)
    this.#modifiedUs = modifiedMs * 1_000
    this.#nameDate = believable(dateInName(fileName), this.#modifiedUs)
    this.#year = new MissingYear(this.#nameDate?.middleUs, this.#modifiedUs)
  }

  /** A time for which neither year nor date can be found becomes NaN, as if there were none. */
  complete(record: LogRecord): void {
    const { inferred } = record
    if (Number.isNaN(record.timeUs)) return
    if ((inferred & INFERRED_YEAR) !== 0) record.timeUs = this.#year.complete(record.timeUs)
    else if ((inferred & INFERRED_DATE) !== 0) this.#addDate(record)
    if ((inferred & INFERRED_ZONE) !== 0) record.timeUs -= this.#offsetOf(record.timeUs)
    if (Number.isNaN(record.timeUs)) return
    this.#lastUs = record.timeUs
    this.#year.saw(record.timeUs, (inferred & (INFERRED_YEAR | INFERRED_DATE)) === 0)
  }

  /** Of two times that a local time may be, the one that does not go back. */
  #offsetOf(localUs: number): number {
    if (Number.isNaN(localUs)) return 0
    const { first, second } = this.#zone.offsetOfLocal(localUs)
    if (first === second) return first
    return this.#lastUs - (localUs - first) > DISORDER_US ? second : first
  }

  /** A time of day is put within half a day of the record before, or where the file's date is. */
  #addDate(record: LogRecord): void {
    const timeOfDay = record.timeUs
    const anchor = this.#localAnchor(timeOfDay, record.offsetMinutes)
    record.timeUs = Math.round((anchor - timeOfDay) / DAY_US) * DAY_US + timeOfDay
  }

  /** Where a time without a date is looked for, in the local time of the record. */
  #localAnchor(timeOfDay: number, offsetMinutes: number): number {
    const ahead = (utcUs: number): number =>
      Number.isNaN(offsetMinutes) ? this.#zone.offsetAt(utcUs) : 0
    if (!Number.isNaN(this.#lastUs)) return this.#lastUs + ahead(this.#lastUs)
    const { precision, middleUs } = this.#nameDate ?? {}
    if (precision === 'day' && middleUs !== undefined) {
      return Math.floor(middleUs / DAY_US) * DAY_US + timeOfDay
    }
    // The last time of this kind before the file was written: half a day before is the nearest to it.
    return this.#modifiedUs + ahead(this.#modifiedUs) - DAY_US / 2
  }
}

/** Four digits alone are a year only if it had begun when the file was written. */
function believable(date: NameDate | undefined, modifiedUs: number): NameDate | undefined {
  const isLater = date?.precision === 'year' && date.middleUs - 183 * DAY_US > modifiedUs
  return isLater ? undefined : date
}
