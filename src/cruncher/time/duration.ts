import { byteAt, isDigit, isLetter } from './reading.ts'

/** Units as programs write them, by their milliseconds. */
const UNITS: readonly (readonly [ms: number, names: string])[] = [
  [1e-6, 'ns nanos nanoseconds'],
  [1e-3, 'us micros usec usecs microseconds'],
  [1, 'ms millis msec msecs millisecond milliseconds'],
  [1e3, 's sec secs second seconds'],
  [6e4, 'm min mins minute minutes'],
  [36e5, 'h hr hour hours'],
  [864e5, 'd day days'],
]

const MS_BY_LETTERS = new Map(
  UNITS.flatMap(([ms, names]) =>
    names
      .split(' ')
      .map((name): [number, number] => [lettersAt(Buffer.from(name), 0, name.length), ms]),
  ),
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

/** A number for letters, five bits each (the longest units lose some); a µ counts as a u. */
function lettersAt(bytes: Uint8Array, from: number, to: number): number {
  let letters = 0
  for (let at = from; at < to; at++) {
    const byte = byteAt(bytes, at)
    if (byte === 0xc2 || byte === 0xce) continue
    letters = letters * 32 + (byte === 0xb5 || byte === 0xbc ? 21 : byte & 31)
  }
  return letters
}
