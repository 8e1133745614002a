import { monthAt, skipWeekday } from './names.ts'
import { byteAt, fourDigits, fullYear, isDigit, type Reading, twoDigits } from './reading.ts'
import { oneOrTwoDigits, readTimeOfDay, skipSpaces } from './time-of-day.ts'
import { readZone, readZoneName } from './zone.ts'

const SPACE = 0x20
const COLON = 0x3a
const COMMA = 0x2c

/** `25/Oct/2016:`, `10/Dec/2018 `, `19-Oct-2022 `: read up to the first digit of the time. */
export function readDayMonthYear(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  if (to - from < 16 || byteAt(bytes, from + 2) !== byteAt(bytes, from + 6)) return -1
  const between = byteAt(bytes, from + 11)
  if (between !== COLON && between !== SPACE) return -1
  const day = twoDigits(bytes, from)
  const year = fourDigits(bytes, from + 7)
  return reading.setDate(year, monthAt(bytes, from + 3), day) ? from + 12 : -1
}

/** `27 Dec 2018 `, `25 Oct 16 `, `30 May `, `26-Dec-16 ` (RFC 2822, RFC 850, Redis): up to the time. */
export function readDayMonth(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  const day = oneOrTwoDigits(bytes, from)
  let at = isDigit(byteAt(bytes, from + 1)) ? from + 2 : from + 1
  const separator = byteAt(bytes, at)
  if (to - at < 10 || (separator !== SPACE && separator !== 0x2d)) return -1
  const month = monthAt(bytes, at + 1)
  at += 4
  if (byteAt(bytes, at) !== separator) return -1
  at++
  const four = fourDigits(bytes, at)
  if (four >= 0 && byteAt(bytes, at + 4) === SPACE) {
    return reading.setDate(four, month, day) ? at + 5 : -1
  }
  const two = twoDigits(bytes, at)
  if (two >= 0 && byteAt(bytes, at + 2) === SPACE) {
    return reading.setDate(fullYear(two), month, day) ? at + 3 : -1
  }
  return separator === SPACE && reading.setDateWithoutYear(month, day) ? at : -1
}

/** All that begins with a name: `Feb  9 21:19:40`, `Dec 26, 2016 4:22:08 PM`, `Mon Dec 26 16:22:08 2016`, RFC 2822. */
export function readNamed(bytes: Uint8Array, from: number, to: number, reading: Reading): boolean {
  const start = skipWeekday(bytes, from, to)
  if (isDigit(byteAt(bytes, start))) {
    const at = readDayMonth(bytes, start, to, reading)
    const behind = at < 0 ? -1 : readTimeOfDay(bytes, at, to, reading)
    return behind >= 0 && readZone(bytes, behind, to, reading)
  }
  const month = monthAt(bytes, start)
  if (month === 0 || byteAt(bytes, start + 3) !== SPACE) return false
  let at = skipSpaces(bytes, start + 4, to)
  const day = oneOrTwoDigits(bytes, at)
  at += isDigit(byteAt(bytes, at + 1)) ? 2 : 1
  if (byteAt(bytes, at) === COMMA) at++
  if (byteAt(bytes, at) !== SPACE) return false
  at = skipSpaces(bytes, at, to)
  const year = fourDigits(bytes, at)
  const hasYear = year >= 0 && (byteAt(bytes, at + 4) === SPACE || byteAt(bytes, at + 4) === COMMA)
  if (!hasYear) return readClockThenYear(bytes, at, to, reading.monthAndDay(month, day))
  if (!reading.setDate(year, month, day)) return false
  const behind = readTimeOfDay(bytes, skipSpaces(bytes, at + 5, to), to, reading)
  return behind >= 0 && readZone(bytes, behind, to, reading)
}

/** `21:19:40`, `16:22:08 2016`, `16:22:08.123456 2016`, `16:22:08 CET 2016`, with the date that stood before. */
function readClockThenYear(bytes: Uint8Array, from: number, to: number, reading: Reading): boolean {
  let at = readTimeOfDay(bytes, from, to, reading)
  if (at < 0) return false
  const { month, dayOfMonth } = reading
  const year = to - at >= 5 && byteAt(bytes, to - 5) === SPACE ? fourDigits(bytes, to - 4) : -1
  if (year < 0) {
    return reading.setDateWithoutYear(month, dayOfMonth) && readZone(bytes, at, to, reading)
  }
  if (!reading.setDate(year, month, dayOfMonth)) return false
  reading.offsetMinutes = Number.NaN
  if (to - at === 5) return true
  at = skipSpaces(bytes, at, to)
  return readZoneName(bytes, at, to, reading) === to - 5
}
