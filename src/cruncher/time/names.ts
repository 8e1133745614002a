import { byteAt, isLetter } from './reading.ts'

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const WEEKDAYS = 'mon tue wed thu fri sat sun'.split(' ')

/** A month or weekday by five bits of each of its three letters. */
const MONTH_BY_LETTERS = numbered(MONTHS)
const WEEKDAY_BY_LETTERS = numbered(WEEKDAYS)

/** 1 to 12 for `Jan` to `Dec` in any case, 0 for anything else. */
export function monthAt(bytes: Uint8Array, at: number): number {
  return MONTH_BY_LETTERS[lettersAt(bytes, at)] ?? 0
}

/** The place behind `Mon`, `Mon,`, `Monday,` and the space that follows; `at` if there is no weekday. */
export function skipWeekday(bytes: Uint8Array, at: number, to: number): number {
  if (to - at < 4 || (WEEKDAY_BY_LETTERS[lettersAt(bytes, at)] ?? 0) === 0) return at
  let behind = at + 3
  while (behind < to && isLetter(byteAt(bytes, behind))) behind++
  if (byteAt(bytes, behind) === 0x2c) behind++ // ,
  if (byteAt(bytes, behind) !== 0x20) return at
  return behind + 1
}

/** 15 bits of three letters; 0 if one of them is no letter. */
function lettersAt(bytes: Uint8Array, at: number): number {
  const a = byteAt(bytes, at)
  const b = byteAt(bytes, at + 1)
  const c = byteAt(bytes, at + 2)
  if (!isLetter(a) || !isLetter(b) || !isLetter(c)) return 0
  return ((a & 31) << 10) | ((b & 31) << 5) | (c & 31)
}

function numbered(names: readonly string[]): Uint8Array {
  const table = new Uint8Array(32 * 32 * 32)
  for (const [index, name] of names.entries()) {
    table[lettersAt(Buffer.from(name), 0)] = index + 1
  }
  return table
}
