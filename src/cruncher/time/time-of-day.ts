import { byteAt, isDigit, type Reading, twoDigits } from './reading.ts'

const COLON = 0x3a
const SPACE = 0x20

/**
 * Reads `16:08:02`, `16:08:02.393003`, `16:08:02,393`, `16:08:02:393`, `16:08`, `4:08:02 PM`. A second 60 is a leap
 * second. Of a fraction of up to nine digits, microseconds are kept.
 */
export function readTimeOfDay(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  let at = from
  let hour = twoDigits(bytes, at)
  if (hour >= 0) {
    at += 2
  } else {
    hour = byteAt(bytes, at) - 0x30
    if (hour < 0 || hour > 9) return -1
    at++
  }
  if (to - at < 3 || hour > 23 || byteAt(bytes, at) !== COLON) return -1
  const minute = twoDigits(bytes, at + 1)
  if (minute < 0 || minute > 59) return -1
  at += 3
  let second = 0
  reading.micros = 0
  if (to - at >= 3 && byteAt(bytes, at) === COLON) {
    second = twoDigits(bytes, at + 1)
    if (second < 0 || second > 60) return -1
    at += 3
    if (at < to) at = readFraction(bytes, at, to, reading)
    if (at < 0) return -1
  }
  reading.secondOfDay = hour * 3_600 + minute * 60 + second
  return at < to ? readHalfOfDay(bytes, at, to, reading) : at
}

/** `140502` or `1405` of ISO 8601's basic format, with or without a fraction. */
export function readBasicTimeOfDay(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  if (to - from < 4) return -1
  const hour = twoDigits(bytes, from)
  const minute = twoDigits(bytes, from + 2)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return -1
  const second = to - from < 6 ? 0 : twoDigits(bytes, from + 4)
  if (second < 0 || second > 60) return -1
  reading.micros = 0
  reading.secondOfDay = hour * 3_600 + minute * 60 + second
  const at = Math.min(from + 6, to)
  return at < to ? readFraction(bytes, at, to, reading) : at
}

/** Unchanged if no fraction is there; -1 if it has no digit or too many. */
function readFraction(bytes: Uint8Array, from: number, to: number, reading: Reading): number {
  const mark = byteAt(bytes, from)
  if (mark !== 0x2e && mark !== 0x2c && mark !== COLON) return from
  let at = from + 1
  let value = 0
  while (at < to) {
    const digit = byteAt(bytes, at) - 0x30
    if (digit < 0 || digit > 9) break
    if (at - from <= 6) value = value * 10 + digit
    at++
  }
  const digits = at - from - 1
  if (digits === 0 || digits > 9 || (mark === COLON && digits !== 3)) return -1
  for (let missing = digits; missing < 6; missing++) value *= 10
  reading.micros = value
  return at
}

/** ` AM`, `pm`: moves what has been read into its half of the day; -1 for `13:00 PM`. */
function readHalfOfDay(bytes: Uint8Array, from: number, to: number, reading: Reading): number {
  const at = byteAt(bytes, from) === SPACE ? from + 1 : from
  if (to - at < 2 || (byteAt(bytes, at + 1) | 0x20) !== 0x6d) return from
  const half = byteAt(bytes, at) | 0x20
  if (half !== 0x61 && half !== 0x70) return from
  const hour = Math.floor(reading.secondOfDay / 3_600)
  if (hour < 1 || hour > 12) return -1
  if (hour === 12) reading.secondOfDay -= 12 * 3_600
  if (half === 0x70) reading.secondOfDay += 12 * 3_600
  return at + 2
}

/** The place behind spaces. */
export function skipSpaces(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && byteAt(bytes, at) === SPACE) at++
  return at
}

/** Reads one or two digits, of a day or a month; `-1` if there is none. The place behind is where digits end. */
export function oneOrTwoDigits(bytes: Uint8Array, at: number): number {
  const two = twoDigits(bytes, at)
  if (two >= 0) return two
  const byte = byteAt(bytes, at)
  return isDigit(byte) ? byte - 0x30 : -1
}
