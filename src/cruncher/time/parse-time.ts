import type { LogRecord } from '../record.ts'
import { readEpoch } from './epoch.ts'
import { readDayMonth, readDayMonthYear, readNamed } from './named-dates.ts'
import {
  readBasic,
  readDayFirst,
  readFourDigits,
  readMonthFirst,
  readSixDigits,
  readYearFirst,
} from './numeric-dates.ts'
import { byteAt, isDigit, isLetter, Reading } from './reading.ts'
import { readBasicTimeOfDay, readTimeOfDay } from './time-of-day.ts'
import { readZone } from './zone.ts'

const SPACE = 0x20
const DASH = 0x2d
const POINT = 0x2e
const SLASH = 0x2f
const COLON = 0x3a

/** Filled anew by every call: a thread parses one time at once. */
const reading = new Reading()

/**
 * Reads a time in any of the shapes that logs use; the tests list them. The text must be a time from its
 * first byte to its last, without brackets or quotes. The shape is told by the bytes at a few places, and
 * only that one is read.
 *
 * Sets `timeUs`, `offsetMinutes` (NaN if none was written) and, as bits of `inferred`, what was not written
 * and TimeInference is to fill in: until then `timeUs` is local time, in the year 1972 if no year was
 * written, and the time of day if no date was. False, with the record as it was, for what is no time: 30
 * February, 25:00.
 */
export function parseTime(bytes: Uint8Array, from: number, to: number, record: LogRecord): boolean {
  if (to - from < 5 || to > bytes.length) return false
  const first = byteAt(bytes, from)
  if (first < 0x30 || first > 0x39) {
    if (!isLetter(first) || !readNamed(bytes, from, to, reading)) return false
    reading.giveTo(record)
    return true
  }
  const third = byteAt(bytes, from + 2)
  const fifth = byteAt(bytes, from + 4)
  let at = -1
  if (!isDigit(third) || !isDigit(byteAt(bytes, from + 1))) {
    at = readShort(bytes, from, to, third)
  } else if (fifth === DASH || fifth === SLASH) {
    at = readYearFirst(bytes, from, to, reading)
  } else {
    return parseDigits(bytes, from, to, record)
  }
  if (at < 0) return false
  const behind = readTimeOfDay(bytes, at, to, reading)
  if (behind < 0 || !readZone(bytes, behind, to, reading)) return false
  reading.giveTo(record)
  return true
}

/** One or two digits, then something else: up to the time of day. */
function readShort(bytes: Uint8Array, from: number, to: number, third: number): number {
  const second = byteAt(bytes, from + 1)
  if (third === COLON || second === COLON) {
    reading.setNoDate()
    return from
  }
  if (third === SLASH && isLetter(byteAt(bytes, from + 3))) {
    return readDayMonthYear(bytes, from, to, reading)
  }
  if (third === DASH && byteAt(bytes, from + 11) === SPACE && to - from > 15) {
    return readDayMonthYear(bytes, from, to, reading)
  }
  if (third === SLASH || second === SLASH) return readMonthFirst(bytes, from, to, reading)
  if (third === POINT) return readDayFirst(bytes, from, to, reading)
  return readDayMonth(bytes, from, to, reading)
}

/** Three digits at least: a count since 1970, or a date without separators. */
function parseDigits(bytes: Uint8Array, from: number, to: number, record: LogRecord): boolean {
  let end = from + 3
  while (end < to && isDigit(byteAt(bytes, end))) end++
  const digits = end - from
  let behind = -1
  if (digits === 8 || digits === 12 || digits === 14) {
    if (digits === 12) return readEpoch(bytes, from, to, record)
    const at = readBasic(bytes, from, to, reading)
    if (at >= 0) behind = readAfterBasic(bytes, at, to)
  } else if (digits === 4 || digits === 6) {
    const at = readUndivided(bytes, from, to, digits)
    if (at >= 0) behind = readTimeOfDay(bytes, at, to, reading)
  } else {
    return readEpoch(bytes, from, to, record)
  }
  if (behind < 0 || !readZone(bytes, behind, to, reading)) return false
  reading.giveTo(record)
  return true
}

function readAfterBasic(bytes: Uint8Array, at: number, to: number): number {
  return byteAt(bytes, at + 2) === COLON
    ? readTimeOfDay(bytes, at, to, reading)
    : readBasicTimeOfDay(bytes, at, to, reading)
}

function readUndivided(bytes: Uint8Array, from: number, to: number, digits: number): number {
  const next = byteAt(bytes, from + digits)
  if (digits === 4 && next === POINT) return readYearFirst(bytes, from, to, reading)
  if (next !== SPACE) return -1
  return digits === 4
    ? readFourDigits(bytes, from, to, reading)
    : readSixDigits(bytes, from, to, reading)
}
