import type { LogRecord } from '../record.ts'
import { byteAt, isDigit } from './reading.ts'

/** 1990 and 2100 in seconds: a number outside is no time. */
const FIRST = 631_152_000
const LAST = 4_102_444_800

/**
 * Reads a count of seconds, milliseconds, microseconds or nanoseconds since 1970, with or without a
 * fraction: the number of its digits tells which. It is in UTC, so nothing is left to be inferred.
 */
export function readEpoch(bytes: Uint8Array, from: number, to: number, record: LogRecord): boolean {
  let point = from
  while (point < to && isDigit(byteAt(bytes, point))) point++
  const digits = point - from
  if (digits < 9 || digits > 19 || digits % 3 === 2) return false
  if (point < to && !isPoint(bytes, point, to)) return false
  const secondsEnd = from + (digits % 3 === 0 ? 9 : 10)
  let seconds = 0
  for (let at = from; at < secondsEnd; at++) seconds = seconds * 10 + byteAt(bytes, at) - 0x30
  if (seconds < FIRST || seconds > LAST) return false
  let micros = 0
  let unit = 100_000
  for (let at = secondsEnd; at < to; at++) {
    if (at === point) continue
    const digit = byteAt(bytes, at) - 0x30
    if (digit < 0 || digit > 9) return false
    micros += digit * unit
    unit = Math.floor(unit / 10)
  }
  record.timeUs = seconds * 1e6 + micros
  record.offsetMinutes = Number.NaN
  record.inferred = 0
  return true
}

/** A point or comma with a digit behind it. */
function isPoint(bytes: Uint8Array, at: number, to: number): boolean {
  const mark = byteAt(bytes, at)
  return (mark === 0x2e || mark === 0x2c) && at + 1 < to
}
