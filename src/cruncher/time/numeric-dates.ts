import { byteAt, fourDigits, fullYear, type Reading, twoDigits } from './reading.ts'
import { oneOrTwoDigits } from './time-of-day.ts'

const SPACE = 0x20
const SLASH = 0x2f
const T = 0x54

/** `2016-10-25T`, `2016-10-25 `, `2023/02/21 `, `2018.12.27 `: read up to the first digit of the time. */
export function readYearFirst(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  if (to - from < 15 || byteAt(bytes, from + 4) !== byteAt(bytes, from + 7)) return -1
  const between = byteAt(bytes, from + 10)
  if (between !== T && between !== SPACE && between !== 0x74) return -1
  const year = fourDigits(bytes, from)
  const month = twoDigits(bytes, from + 5)
  const day = twoDigits(bytes, from + 8)
  // MariaDB writes hours below ten after two spaces.
  const start = byteAt(bytes, from + 11) === SPACE ? from + 12 : from + 11
  return reading.setDate(year, month, day) ? start : -1
}

/** `20160825T`: ISO 8601's basic format; also `20160825 `, and no separator at all. */
export function readBasic(bytes: Uint8Array, from: number, to: number, reading: Reading): number {
  if (to - from < 12) return -1
  const year = fourDigits(bytes, from)
  const month = twoDigits(bytes, from + 4)
  const day = twoDigits(bytes, from + 6)
  if (!reading.setDate(year, month, day)) return -1
  const between = byteAt(bytes, from + 8)
  return between === T || between === SPACE || between === 0x74 ? from + 9 : from + 8
}

/** `01/25/22 `, `1/25/2022 `: the month first, as in the US; the day first is not told apart and refused. */
export function readMonthFirst(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  const month = oneOrTwoDigits(bytes, from)
  let at = byteAt(bytes, from + 1) === SLASH ? from + 2 : from + 3
  const day = oneOrTwoDigits(bytes, at)
  at += byteAt(bytes, at + 1) === SLASH ? 1 : 2
  if (byteAt(bytes, at) !== SLASH || to - at < 8) return -1
  const four = fourDigits(bytes, at + 1)
  const two = twoDigits(bytes, at + 1)
  at += four >= 0 ? 5 : 3
  if (two < 0 || !reading.setDate(four >= 0 ? four : fullYear(two), month, day)) return -1
  if (byteAt(bytes, at) === 0x2c) at++ // `1/25/2022, 4:08:02 PM`
  return byteAt(bytes, at) === SPACE ? at + 1 : -1
}

/** `25.01.2022 `: with dots, the day is first. */
export function readDayFirst(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  if (to - from < 15 || byteAt(bytes, from + 10) !== SPACE) return -1
  const day = twoDigits(bytes, from)
  const month = twoDigits(bytes, from + 3)
  return reading.setDate(fourDigits(bytes, from + 6), month, day) ? from + 11 : -1
}

/** `180807 `: MySQL before 5.7; behind it, an hour below ten stands after two spaces. */
export function readSixDigits(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  const year = twoDigits(bytes, from)
  const month = twoDigits(bytes, from + 2)
  const day = twoDigits(bytes, from + 4)
  if (to - from < 12 || year < 0 || !reading.setDate(fullYear(year), month, day)) return -1
  return byteAt(bytes, from + 7) === SPACE ? from + 8 : from + 7
}

/** `0509 `: klog, which leaves the year out. */
export function readFourDigits(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  const month = twoDigits(bytes, from)
  const day = twoDigits(bytes, from + 2)
  return to - from >= 10 && reading.setDateWithoutYear(month, day) ? from + 5 : -1
}
