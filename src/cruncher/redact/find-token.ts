import { isDigit, isLetterOrDigit, type Scan } from './scan.ts'
import { endsSecretName, isSecretName } from './secret-names.ts'

const DOT = 0x2e
const DASH = 0x2d
const UNDERSCORE = 0x5f
const PERCENT = 0x25
const COLON = 0x3a
const SPACE = 0x20
const LETTER_N = 0x6e

/** Shorter ones are words. */
const MIN_JWT = 20
const MIN_BEARER = 8
const SURE_BEARER = 20
const KEY_LENGTH = 20
const AUTHORIZATION_LENGTH = 13
const MAX_NAME = 64

/** A JSON Web Token (RFC 7519) around the `J` of `eyJ`, with which all of them begin. */
export function findJwt(scan: Scan, letterJ: number): boolean {
  const from = letterJ - 2
  if (scan.at(from) !== 0x65 || scan.at(from + 1) !== 0x79) return false
  if (isBase64Url(scan.at(from - 1))) return false
  let dots = 0
  let to = letterJ
  for (; isBase64Url(scan.at(to)) || scan.at(to) === DOT; to++) if (scan.at(to) === DOT) dots++
  while (scan.at(to - 1) === DOT && to > letterJ) to--
  return dots > 0 && to - from >= MIN_JWT && scan.found(from, to)
}

/** The id of an AWS access key, around the `I` of `AKIA` and `ASIA`. */
export function findAwsKey(scan: Scan, letterI: number): boolean {
  const from = letterI - 2
  const second = scan.at(from + 1)
  if (scan.at(from) !== 0x41 || (second !== 0x4b && second !== 0x53)) return false
  if (scan.at(letterI + 1) !== 0x41 || isLetterOrDigit(scan.at(from - 1))) return false
  let to = from
  while (isCapitalOrDigit(scan.at(to))) to++
  return to - from === KEY_LENGTH && !isLetterOrDigit(scan.at(to)) && scan.found(from, to)
}

const BEARER = Buffer.from('bearer')

/** What follows the word `Bearer` (RFC 6750) that begins at a place; the word itself stays. */
export function findBearer(scan: Scan, from: number): boolean {
  if (isLetterOrDigit(scan.at(from - 1))) return false
  for (let at = 0; at < BEARER.length; at++) {
    if ((scan.at(from + at) | 0x20) !== BEARER[at]) return false
  }
  let start = from + BEARER.length
  const space = start
  for (;;) {
    const byte = scan.at(start)
    if (byte === 0x20 || byte === 0x3a || byte === 0x2b) start++
    else if (byte === PERCENT && scan.at(start + 1) === 0x32 && scan.at(start + 2) === 0x30)
      start += 3
    else break
  }
  if (start === space) return false
  let to = start
  let digits = 0
  for (; isToken68(scan.at(to)); to++) if (isDigit(scan.at(to))) digits++
  const length = to - start
  return (length >= SURE_BEARER || (length >= MIN_BEARER && digits > 0)) && scan.found(start, to)
}

/**
 * The value behind `password=`, `access_token=` and the like, whose `=` is at a place, and behind
 * `Authorization:`; the name stays. Behind other names, a colon mostly stands in a sentence.
 */
export function findSecretValue(scan: Scan, sign: number): boolean {
  if (!endsSecretName(scan.at(sign - 1))) return false
  let from = sign
  while (isBase64Url(scan.at(from - 1)) && sign - from < MAX_NAME) from--
  if (from === sign || !isSecretName(scan.bytes, from, sign)) return false
  let start = sign + 1
  if (scan.at(sign) === COLON) {
    if ((scan.at(sign - 1) | 0x20) !== LETTER_N || sign - from < AUTHORIZATION_LENGTH) return false
    if (scan.at(start) === SPACE) start++
  }
  const quote = scan.at(start)
  const isQuoted = quote === 0x22 || quote === 0x27
  if (isQuoted) start++
  const first = valueEnd(scan, start, isQuoted ? quote : 0)
  const isScheme = !isQuoted && scan.at(first) === SPACE && isSchemeName(scan, start, first)
  const to = isScheme ? valueEnd(scan, first + 1, 0) : first
  return (to > start || scan.isRaw) && scan.found(start, to)
}

function valueEnd(scan: Scan, from: number, quote: number): number {
  let to = from
  while (to < scan.to && !(quote === 0 ? endsValue(scan.at(to)) : scan.at(to) === quote)) to++
  return to
}

/** `Bearer`, `Basic` and the like (RFC 7235), which the secret itself follows. */
function isSchemeName(scan: Scan, from: number, to: number): boolean {
  let name = ''
  for (let at = from; at < to && at - from < 10; at++) {
    name += String.fromCharCode(scan.at(at) | 0x20)
  }
  return name === 'bearer' || name === 'basic' || name === 'digest' || name === 'token'
}

const isBase64Url = (byte: number): boolean =>
  isLetterOrDigit(byte) || byte === DASH || byte === UNDERSCORE

/** RFC 7235, 2.1. */
const isToken68 = (byte: number): boolean =>
  isBase64Url(byte) ||
  byte === DOT ||
  byte === 0x7e ||
  byte === 0x2b ||
  byte === 0x2f ||
  byte === 0x3d

const isCapitalOrDigit = (byte: number): boolean => isDigit(byte) || (byte >= 0x41 && byte <= 0x5a)

/** Blanks, quotes, brackets, and what separates values: `&`, `,`, `;`. */
const endsValue = (byte: number): boolean => ENDS_VALUE[byte] === 1
const ENDS_VALUE = new Uint8Array(256)
for (const byte of Buffer.from(' \t\r\n"\'&,;)]}>\\\0')) ENDS_VALUE[byte] = 1
