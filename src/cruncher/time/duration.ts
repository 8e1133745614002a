import { byteAt, isDigit, isLetter } from './reading.ts'

/** Milliseconds of units as programs write them, by their letters. */
const MS: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, nanos: 1e-6, nanoseconds: 1e-6 },
  ...{ us: 1e-3, micros: 1e-3, microseconds: 1e-3, usec: 1e-3, usecs: 1e-3 },
  ...{ ms: 1, millis: 1, msec: 1, msecs: 1, milliseconds: 1, millisecond: 1 },
  ...{ s: 1e3, sec: 1e3, secs: 1e3, seconds: 1e3, second: 1e3 },
  ...{ m: 6e4, min: 6e4, mins: 6e4, minutes: 6e4, minute: 6e4 },
  ...{ h: 36e5, hr: 36e5, hours: 36e5, hour: 36e5, d: 864e5, days: 864e5, day: 864e5 },
}

const MS_BY_LETTERS = new Map(
  Object.entries(MS).map(([unit, ms]) => [lettersAt(Buffer.from(unit), 0, unit.length), ms]),
)

/** Where the reading of one number stopped. */
let behind = 0

/**
 * Milliseconds of a duration: `12ms`, `1.5s`, `221micros`, `1m30.5s`, `250µs`, `0:00:01.23`, and a bare number, whose
 * unit is `bareUnitMs` milliseconds. NaN for anything else.
 */
export function parseDuration(bytes: Uint8Array, from: number, to: number, bareUnitMs = 1): number {
  if (from >= to) return Number.NaN
  let total = 0
  let at = from
  while (at < to) {
    const number = readNumber(bytes, at, to)
    if (Number.isNaN(number)) return Number.NaN
    if (behind === to) return at === from ? number * bareUnitMs : Number.NaN
    if (byteAt(bytes, behind) === 0x3a) return at === from ? readClock(bytes, from, to) : Number.NaN
    at = behind
    if (byteAt(bytes, at) === 0x20) at++
    const unit = at
    // µ is c2 b5, and μ, the Greek letter, is ce bc
    if (byteAt(bytes, at) === 0xc2 || byteAt(bytes, at) === 0xce) at += 2
    while (at < to && isLetter(byteAt(bytes, at))) at++
    const ms = MS_BY_LETTERS.get(lettersAt(bytes, unit, at))
    if (ms === undefined) return Number.NaN
    total += number * ms
    if (at < to && byteAt(bytes, at) === 0x20) at++
  }
  return total
}

/** `1:02:03.5`, `02:03`: at most two colons. */
function readClock(bytes: Uint8Array, from: number, to: number): number {
  let seconds = 0
  let parts = 0
  for (let at = from; at <= to; at = behind + 1) {
    const number = readNumber(bytes, at, to)
    if (Number.isNaN(number) || ++parts > 3 || (parts > 1 && number >= 60)) return Number.NaN
    seconds = seconds * 60 + number
    if (behind === to) break
    if (byteAt(bytes, behind) !== 0x3a) return Number.NaN
  }
  return seconds * 1_000
}

function readNumber(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  let at = from
  while (at < to && isDigit(byteAt(bytes, at))) value = value * 10 + byteAt(bytes, at++) - 0x30
  let digits = at - from
  let scale = 1
  if (at < to && byteAt(bytes, at) === 0x2e) {
    at++
    for (; at < to && isDigit(byteAt(bytes, at)); at++, digits++) {
      value = value * 10 + byteAt(bytes, at) - 0x30
      scale *= 10
    }
  }
  behind = at
  return digits === 0 || digits > 15 ? Number.NaN : value / scale
}

/** Units by their letters; those with a µ count as with a u. */
function lettersAt(bytes: Uint8Array, from: number, to: number): number {
  let letters = 0
  for (let at = from; at < to; at++) {
    const byte = byteAt(bytes, at)
    if (byte === 0xc2 || byte === 0xce) continue
    letters = letters * 32 + (byte === 0xb5 || byte === 0xbc ? 21 : byte & 31)
  }
  return letters
}
