/**
 * Values where they stand in a long text. To cut them out first and hand them to `Number` and
 * `Date.parse` takes four times as long, and a listing has two of them for each of its objects.
 */

const ZERO = 0x30
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** Digits and nothing else, at least one; -1 where it is not that. Exact up to fifteen. */
export function readDigits(text: string, begin: number, end: number): number {
  let value = end > begin ? 0 : -1
  for (let at = begin; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

/**
 * A time in ISO 8601, in milliseconds since 1970; NaN where it is none. Read here is the form in
 * which services write it, in UTC with seconds or milliseconds; all others `Date.parse` reads.
 */
export function readTime(text: string, begin: number, end: number): number {
  return plainTime(text, begin, end) ?? Date.parse(text.slice(begin, end))
}

function plainTime(text: string, begin: number, end: number): number | undefined {
  const hasMillis = end - begin === '2026-03-01T12:30:59.250Z'.length
  if (!hasMillis && end - begin !== '2026-03-01T12:30:59Z'.length) return undefined
  if (!isTimeLike(text, begin) || text[end - 1] !== 'Z') return undefined
  if (hasMillis && text[begin + 19] !== '.') return undefined
  const part = (from: number, length: number): number =>
    readDigits(text, begin + from, begin + from + length)
  const [year, month, day] = [part(0, 4), part(5, 2), part(8, 2)]
  const [hour, minute, second] = [part(11, 2), part(14, 2), part(17, 2)]
  const millis = hasMillis ? part(20, 3) : 0
  const isDate = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28
  const isTime = isWithin(hour, 23) && isWithin(minute, 59) && isWithin(second, 59)
  if (!isDate || !isTime || millis < 0) return undefined
  const midnight = Date.UTC(year, month - 1, day)
  return midnight + hour * HOUR_MS + minute * MINUTE_MS + second * 1_000 + millis
}

function isTimeLike(text: string, begin: number): boolean {
  return (
    text[begin + 4] === '-' &&
    text[begin + 7] === '-' &&
    text[begin + 10] === 'T' &&
    text[begin + 13] === ':' &&
    text[begin + 16] === ':'
  )
}

function isWithin(value: number, most: number): boolean {
  return value >= 0 && value <= most
}
