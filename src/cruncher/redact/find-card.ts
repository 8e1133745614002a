import { isDigit, isLetterOrDigit, type Scan } from './scan.ts'

const DOT = 0x2e
const MIN_DIGITS = 13
const MAX_DIGITS = 19

/** The digits of the number that is looked at. */
const digits = new Uint8Array(MAX_DIGITS)

/** Whether digits that end at a place are enough, or go on in another group. */
export const mayBeCard = (scan: Scan, from: number, to: number): boolean =>
  to - from >= MIN_DIGITS || (isBetween(scan.at(to)) && isDigit(scan.at(to + 1)))

const isBetween = (byte: number): boolean => byte === 0x20 || byte === 0x2d || byte === 0x2b

/**
 * A card's number that begins at a place: 13 to 19 digits in one piece, or in groups that begin with four, with
 * spaces, `+` or dashes between; of a known issuer, and with the right check digit (Luhn, ISO/IEC 7812-1).
 */
export function findCard(scan: Scan, from: number): boolean {
  const before = scan.at(from - 1)
  if (isLetterOrDigit(before) || before === 0x5f) return false
  if (before === DOT && isDigit(scan.at(from - 2))) return false
  let count = 0
  let at = from
  let separator = 0
  let end = -1
  for (; count < MAX_DIGITS; at++) {
    const byte = scan.at(at)
    if (isDigit(byte)) {
      digits[count++] = byte - 0x30
      continue
    }
    if (!isBetween(byte) || !isDigit(scan.at(at + 1)) || count < 4) break
    if (separator === 0 && count === 4) separator = byte
    else if (separator !== byte) break
    // What follows in the next group may be a date, or a price.
    if (isCard(count)) end = at
  }
  if (isCard(count) && !goesOn(scan, at)) end = at
  return end > 0 && scan.found(from, end)
}

function goesOn(scan: Scan, at: number): boolean {
  const next = scan.at(at)
  return isLetterOrDigit(next) || next === 0x5f || (next === DOT && isDigit(scan.at(at + 1)))
}

const isCard = (count: number): boolean =>
  count >= MIN_DIGITS && isIssued(count) && isChecked(count)

/** Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay, Maestro, by their first digits. */
function isIssued(count: number): boolean {
  const two = digitsTo(2)
  const four = digitsTo(4)
  if (digits[0] === 4) return count === 13 || count === 16 || count === 19
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return count === 16
  if (two === 34 || two === 37) return count === 15
  if (four >= 3528 && four <= 3589) return count >= 16
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059)) return count >= 14
  return two === 50 || (two >= 56 && two <= 69)
}

function digitsTo(count: number): number {
  let value = 0
  for (let at = 0; at < count; at++) value = value * 10 + (digits[at] ?? 0)
  return value
}

function isChecked(count: number): boolean {
  let sum = 0
  for (let back = 0; back < count; back++) {
    const digit = digits[count - 1 - back] ?? 0
    const doubled = digit * 2
    sum += back % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
