/** A day or an instant as its text of src/formats/column-type.ts. */
export interface TimeReading {
  readonly kind: 'date' | 'timestamp' | 'timestamptz'
  readonly text: string
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Reads ISO 8601 as APIs write it: `2026-03-01`, `2026-03-01T10:00:00Z`, `...:00.25+02:00`. A second's
 * fraction finer than microseconds, a leap second, a day that no month has: undefined, as is all else.
 */
export function readTime(text: string): TimeReading | undefined {
  if (text.length < 10 || text.length > 35) return undefined
  const match = TIME.exec(text)
  if (match === null) return undefined
  const [, year = '', month = '', day = '', hour, minute = '', second = '00', given = '', zone] =
    match
  if (!isDay(Number(year), Number(month), Number(day))) return undefined
  const date = `${year}-${month}-${day}`
  if (hour === undefined) return { kind: 'date', text: date }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const digits = given.replace(/0+$/, '')
  if (digits.length > 6) return undefined
  const fraction = digits === '' ? '' : `.${digits}`
  if (zone === undefined) {
    return { kind: 'timestamp', text: `${date} ${hour}:${minute}:${second}${fraction}` }
  }
  const utc = inUtc(`${date}T${hour}:${minute}:${second}Z`, zone)
  return utc === undefined ? undefined : { kind: 'timestamptz', text: `${utc}${fraction}+00` }
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= (month === 2 && !isLeap ? 28 : (MONTH_DAYS[month - 1] ?? 0))
}

function inUtc(time: string, zone: string): string | undefined {
  const digits = zone === 'Z' ? '0000' : zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  if (minutes > 18 * 60 || Number(digits.slice(2)) > 59) return undefined
  const sign = zone.startsWith('-') ? -1 : 1
  const shifted = new Date(Date.parse(time) - sign * minutes * 60_000).toISOString()
  // Years outside of four digits have a sign.
  return /^\d{4}-/.test(shifted) && !shifted.startsWith('0000')
    ? `${shifted.slice(0, 10)} ${shifted.slice(11, 19)}`
    : undefined
}
