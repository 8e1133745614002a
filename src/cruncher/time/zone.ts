import { byteAt, isDigit, isLetter, type Reading, twoDigits } from './reading.ts'
import { skipSpaces } from './time-of-day.ts'

/** What people and PostgreSQL call zones, by minutes east of UTC. */
const NAMES: readonly (readonly [offsetMinutes: number, names: string])[] = [
  [-600, 'HST'],
  [-540, 'AKST HDT'],
  [-480, 'PST AKDT'],
  [-420, 'MST PDT'],
  [-360, 'MDT'],
  [-300, 'EST CDT'],
  [-240, 'EDT CLT'],
  [-210, 'NST'],
  [-180, 'BRT ART UYT CLST'],
  [-150, 'NDT'],
  [-120, 'BRST'],
  [0, 'Z UTC GMT UT UCT WET'],
  [60, 'CET MET WEST WAT'],
  [120, 'CEST MEST EET CAT SAST'],
  [180, 'EEST MSK EAT TRT'],
  [240, 'SAMT'],
  [300, 'PKT YEKT'],
  [345, 'NPT'],
  [360, 'OMST'],
  [420, 'ICT WIB NOVT KRAT'],
  [480, 'HKT SGT AWST WITA IRKT'],
  [540, 'JST KST WIT'],
  [570, 'ACST'],
  [600, 'AEST VLAT'],
  [630, 'ACDT'],
  [660, 'AEDT'],
  [720, 'NZST'],
  [780, 'NZDT'],
]

/** Names that mean different zones to different people: China or Chicago, India or Israel. */
const AMBIGUOUS = 'AST ADT AMT BST CST ECT GST IST PYT SST WST'

const OFFSET_BY_LETTERS = new Map(
  [...NAMES, [Number.NaN, AMBIGUOUS] as const].flatMap(([offset, names]) =>
    names.split(' ').map((name): [number, number] => [lettersOf(name), offset]),
  ),
)

/**
 * Reads the zone behind a time, up to the end: nothing, `Z`, `+02:00`, ` +0200`, `+02`, ` CEST`, `GMT+0200 (CEST)`,
 * `+01:00[Europe/Paris]`. An ambiguous name is a zone that was not given; an unknown one is no time at all.
 */
export function readZone(bytes: Uint8Array, from: number, to: number, reading: Reading): boolean {
  reading.offsetMinutes = Number.NaN
  if (from === to) return true
  if (to - from === 1) {
    reading.offsetMinutes = 0
    return (byteAt(bytes, from) | 0x20) === 0x7a // Z
  }
  const at = byteAt(bytes, from) === 0x20 ? skipSpaces(bytes, from, to) : from
  const behind = readZoneName(bytes, at, to, reading)
  if (behind < 0) return false
  return behind === to || isRemark(bytes, behind, to)
}

/** As readZone, but of a zone that something may follow, a year for instance. */
export function readZoneName(
  bytes: Uint8Array,
  from: number,
  to: number,
  reading: Reading,
): number {
  const first = byteAt(bytes, from)
  if (first === 0x2b || first === 0x2d) return readOffset(bytes, from, to, reading)
  let letters = 0
  let at = from
  while (at < to && isLetter(byteAt(bytes, at))) letters = letters * 32 + (byteAt(bytes, at++) & 31)
  if (at === from || at - from > 5) return -1
  const offset = OFFSET_BY_LETTERS.get(letters)
  if (offset === undefined) return -1
  reading.offsetMinutes = offset
  const next = at < to ? byteAt(bytes, at) : 0
  const isBase = offset === 0 && (next === 0x2b || next === 0x2d)
  return isBase ? readOffset(bytes, at, to, reading) : at
}

/** `+hh:mm`, `+hhmm`, `+hh`, `+h`. No zone is more than 14 hours from Greenwich. */
function readOffset(bytes: Uint8Array, from: number, to: number, reading: Reading): number {
  const digits = to - from - 1
  let hours = digits < 2 ? -1 : twoDigits(bytes, from + 1)
  let minutes = 0
  let at = from + 3
  if (hours < 0) {
    if (digits < 1 || !isDigit(byteAt(bytes, from + 1))) return -1
    hours = byteAt(bytes, from + 1) - 0x30
    at = from + 2
  }
  const colon = at < to && byteAt(bytes, at) === 0x3a ? 1 : 0
  if (to - at >= 2 + colon) {
    const found = twoDigits(bytes, at + colon)
    if (found >= 0) {
      minutes = found
      at += 2 + colon
    } else if (colon === 1) return -1
  }
  if (minutes > 59 || hours * 60 + minutes > 14 * 60) return -1
  const offset = hours * 60 + minutes
  reading.offsetMinutes = byteAt(bytes, from) === 0x2d && offset !== 0 ? -offset : offset
  return at
}

/** `[Europe/Paris]` of Java, ` (CEST)` of JavaScript. */
function isRemark(bytes: Uint8Array, from: number, to: number): boolean {
  const at = skipSpaces(bytes, from, to)
  const open = byteAt(bytes, at)
  const close = byteAt(bytes, to - 1)
  return to - at > 2 && ((open === 0x5b && close === 0x5d) || (open === 0x28 && close === 0x29))
}

function lettersOf(name: string): number {
  let letters = 0
  for (const letter of name) letters = letters * 32 + (letter.charCodeAt(0) & 31)
  return letters
}
