import { BYTES, DURATION_MS, type LogRecord, STATUS } from '../record.ts'

/** Of 0000-01-01 and behind 9999-12-31, in microseconds: years of four digits. */
const FIRST_TIME_US = -62_167_219_200_000_000
const END_TIME_US = 253_402_300_800_000_000
const MOST_INT32 = 2 ** 31 - 1

/** The numbers of a record as every format writes them; what has no place in its column is absent: NaN. */
export class NumberFields {
  timeUs = Number.NaN
  utcOffset = Number.NaN
  status = Number.NaN
  durationMs = Number.NaN
  bytes = Number.NaN

  load(record: LogRecord): void {
    const { timeUs, numbers } = record
    const inRange = timeUs >= FIRST_TIME_US && timeUs < END_TIME_US
    this.timeUs = inRange ? Math.floor(timeUs) : Number.NaN
    this.utcOffset = wholeUpTo(record.offsetMinutes, MOST_INT32)
    this.status = wholeUpTo(numbers[STATUS] ?? Number.NaN, MOST_INT32)
    this.bytes = wholeUpTo(numbers[BYTES] ?? Number.NaN, Number.MAX_SAFE_INTEGER)
    const duration = numbers[DURATION_MS] ?? Number.NaN
    this.durationMs = Number.isFinite(duration) ? duration : Number.NaN
  }
}

function wholeUpTo(value: number, most: number): number {
  // Adding 0 makes -0, which only a floating-point column can hold, 0.
  return value >= -most && value <= most ? Math.trunc(value) + 0 : Number.NaN
}
