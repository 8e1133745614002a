import { FerryError } from '../../core/errors.ts'

/** Clocks are only ever changed at whole quarters of an hour, of local time and of UTC. */
const QUARTER_US = 900e6
const DAY_US = 86_400e6
const MINUTE_US = 60e6

/** Enough for some months of logs; then the cache begins anew. */
const MAX_QUARTERS = 10_000

/** What a local time is ahead of UTC, in microseconds: of the two times it may be, first and second. */
export interface LocalOffset {
  readonly first: number
  readonly second: number
}

/** A zone in which local times are turned into UTC: `UTC`, `Europe/Budapest`, `+02:00`. */
export class TimeZone {
  readonly #fixedUs: number | undefined
  readonly #format: Intl.DateTimeFormat | undefined
  readonly #quarters = new Map<number, LocalOffset>()
  #lastQuarter = Number.NaN
  #last: LocalOffset = { first: 0, second: 0 }
  #lastUtcQuarter = Number.NaN
  #lastUtcOffset = 0

  /** @throws FerryError CONFIG_INVALID for a zone that does not exist */
  constructor(name: string) {
    this.#fixedUs = fixedOffset(name)
    if (this.#fixedUs === undefined) this.#format = formatIn(name)
    else this.#last = { first: this.#fixedUs, second: this.#fixedUs }
  }

  /**
   * What must be taken from a local time to get UTC. A time that was left out when the clocks went forward is
   * taken as if they had not; one that came twice has two offsets, of which the first is earlier.
   */
  offsetOfLocal(localUs: number): LocalOffset {
    if (this.#fixedUs !== undefined) return this.#last
    const quarter = Math.floor(localUs / QUARTER_US)
    if (quarter === this.#lastQuarter) return this.#last
    let found = this.#quarters.get(quarter)
    if (found === undefined) {
      found = this.#compute(quarter * QUARTER_US)
      if (this.#quarters.size >= MAX_QUARTERS) this.#quarters.clear()
      this.#quarters.set(quarter, found)
    }
    this.#lastQuarter = quarter
    this.#last = found
    return found
  }

  /** Microseconds that local time is ahead of UTC at a time in UTC. */
  offsetAt(utcUs: number): number {
    if (this.#fixedUs !== undefined) return this.#fixedUs
    const quarter = Math.floor(utcUs / QUARTER_US)
    if (quarter !== this.#lastUtcQuarter) {
      this.#lastUtcQuarter = quarter
      this.#lastUtcOffset = this.#askFor(quarter * QUARTER_US)
    }
    return this.#lastUtcOffset
  }

  #askFor(utcUs: number): number {
    if (this.#format === undefined) return 0
    const second = Math.floor(utcUs / 1e6)
    const parts: Record<string, number> = {}
    for (const { type, value } of this.#format.formatToParts(second * 1_000)) {
      parts[type] = Number(value)
    }
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: s = 0 } = parts
    return (Date.UTC(year, month - 1, day, hour, minute, s) / 1_000 - second) * 1e6
  }

  #compute(localUs: number): LocalOffset {
    const before = this.offsetAt(localUs - DAY_US)
    const after = this.offsetAt(localUs + DAY_US)
    if (before === after) return { first: before, second: before }
    const isBefore = this.offsetAt(localUs - before) === before
    const isAfter = this.offsetAt(localUs - after) === after
    if (isBefore && isAfter) return { first: before, second: after }
    const only = isAfter ? after : before
    return { first: only, second: only }
  }
}

function fixedOffset(name: string): number | undefined {
  if (/^(UTC|GMT|Z)$/i.test(name)) return 0
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(name)
  if (match === null) return undefined
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return (match[1] === '-' ? -minutes : minutes) * MINUTE_US
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      calendar: 'gregory',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (error) {
    throw new FerryError('CONFIG_INVALID', `\`${timeZone}\` is not a time zone`, {
      cause: error,
      hint: 'write a name such as Europe/Budapest, UTC, or an offset such as +02:00',
    })
  }
}
