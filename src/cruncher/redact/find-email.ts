import { hexValue, isDigit, isLetter, isLetterOrDigit, type Scan } from './scan.ts'

const AT = 0x40
const PERCENT = 0x25
const BACKSLASH = 0x5c
const DOT = 0x2e
const DASH = 0x2d
const QUOTE = 0x27
const ESCAPED_LENGTH = 6

/**
 * The length of an `@` at a place, as it is or encoded: `%40`, `%2540` (encoded twice), `\u0040` of JSON within a
 * text; 0 if there is none.
 */
function atSignLength(scan: Scan, at: number): number {
  const first = scan.at(at)
  if (first === AT) return 1
  if (first === PERCENT) {
    if (isText(scan, at + 1, '40')) return 3
    return isText(scan, at + 1, '2540') ? 5 : 0
  }
  return first === BACKSLASH && isText(scan, at + 1, 'u0040') ? ESCAPED_LENGTH : 0
}

/** An e-mail address whose `@` is at a place. */
export function findEmail(scan: Scan, at: number): boolean {
  const length = atSignLength(scan, at)
  if (length === 0) return false
  const to = domainEnd(scan, at + length)
  if (to < 0) return false
  // `\\\\u0040` is JSON within JSON within a text.
  let end = at
  while (scan.at(end - 1) === BACKSLASH && length === ESCAPED_LENGTH) end--
  const from = localStart(scan, end)
  return (from < end || scan.isRaw) && scan.found(from, to)
}

/** Letters, digits, `._%+-`, `'` within letters and what is not ASCII; other characters are mostly a text's own. */
function localStart(scan: Scan, at: number): number {
  let from = at
  while (from > scan.floor) {
    const byte = scan.at(from - 1)
    if (
      !isLocal(byte) &&
      !(byte === QUOTE && isLetter(scan.at(from - 2)) && isLetter(scan.at(from)))
    ) {
      break
    }
    from--
  }
  // `email%3Djoe%40...`: what is encoded before it may be what ends it.
  for (let place = at - 1; place >= from; place--) {
    if (scan.at(place) === PERCENT && !isLocal(encodedAt(scan, place)))
      return place + 3 <= at ? place + 3 : at
  }
  while (from < at && (scan.at(from) === DOT || scan.at(from) === DASH)) from++
  return from
}

function encodedAt(scan: Scan, place: number): number {
  const high = hexValue(scan.at(place + 1))
  const low = hexValue(scan.at(place + 2))
  return high < 0 || low < 0 ? PERCENT : high * 16 + low
}

const isLocal = (byte: number): boolean =>
  isLetterOrDigit(byte) ||
  byte >= 0x80 ||
  byte === DOT ||
  byte === DASH ||
  byte === 0x5f ||
  byte === 0x2b ||
  byte === PERCENT

/** Behind a domain of two labels at least, the last of letters; -1: there is none. `logo@2x.png` is a picture. */
function domainEnd(scan: Scan, from: number): number {
  let end = -1
  let label = from
  let at = from
  for (; at <= scan.to; at++) {
    const byte = scan.at(at)
    if (isLetterOrDigit(byte) || byte >= 0x80 || byte === DASH) continue
    if (at === label) break
    if (label > from && isTopLevel(scan, label, at)) end = at
    if (byte !== DOT) break
    label = at + 1
  }
  const isPicture =
    isDigit(scan.at(from)) && scan.at(from + 1) === 0x78 && scan.at(from + 2) === DOT
  return isPicture ? -1 : end
}

function isTopLevel(scan: Scan, from: number, to: number): boolean {
  if (to - from < 2) return false
  for (let at = from; at < to; at++) {
    const byte = scan.at(at)
    // `xn--p1ai` has digits
    if (!isLetter(byte) && byte < 0x80 && !(isText(scan, from, 'xn--') && byte !== DOT))
      return false
  }
  return true
}

function isText(scan: Scan, from: number, text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (scan.at(from + at) !== text.charCodeAt(at)) return false
  }
  return true
}
