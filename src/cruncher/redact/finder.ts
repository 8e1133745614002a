import { findCard, mayBeCard } from './find-card.ts'
import { findEmail } from './find-email.ts'
import { findIpv4, findIpv6 } from './find-ip.ts'
import { findAwsKey, findBearer, findJwt, findSecretValue } from './find-token.ts'
import { isDigit, type Scan } from './scan.ts'
import { isSecretName } from './secret-names.ts'

/** What can be found in texts, in the order of its numbers from 1; 0 is nothing. */
export const KINDS = ['email', 'ip', 'token', 'card'] as const
export type Kind = (typeof KINDS)[number]
export const NOTHING = 0
export const EMAIL = 1
export const IP = 2
export const TOKEN = 3
export const CARD = 4
/** In JSON as it stands: something that must be read before it can be searched. */
const ENCODED = 5

/** What a byte may be the sign of. */
const AT_SIGN = 1
const ESCAPE = 2
const DIGIT = 3
const COLON = 4
const LETTER_J = 5
const LETTER_I = 6
const LETTER_B = 7
const EQUALS = 8

const DOT = 0x2e

/** Finds e-mail addresses, IPs, tokens and cards: one look at a table for each byte, and more only where one may be. */
export class Finder {
  readonly #signs = new Uint8Array(256)
  readonly #findsEmail: boolean
  readonly #findsCard: boolean
  readonly #findsToken: boolean
  /** May be turned off for a text in which versions look like addresses. */
  findsIp: boolean

  constructor(kinds: ReadonlySet<Kind>) {
    this.#findsEmail = kinds.has('email')
    this.#findsCard = kinds.has('card')
    this.#findsToken = kinds.has('token')
    this.findsIp = kinds.has('ip')
    this.#sign(ESCAPE, '\\')
    if (kinds.has('email')) this.#sign(AT_SIGN, '@%')
    if (kinds.has('card') || kinds.has('ip')) this.#sign(DIGIT, '0123456789')
    if (kinds.has('ip') || kinds.has('token')) this.#sign(COLON, ':')
    if (kinds.has('token')) {
      this.#sign(LETTER_J, 'J')
      this.#sign(LETTER_I, 'I')
      this.#sign(LETTER_B, 'Bb')
      this.#sign(EQUALS, '=')
    }
  }

  #sign(sign: number, bytes: string): void {
    for (const byte of Buffer.from(bytes)) this.#signs[byte] = sign
  }

  /** The kind of the next find at or behind a place; where it is, is said by the scan. NOTHING: there is none. */
  next(scan: Scan, start: number): number {
    const { bytes, to } = scan
    const signs = this.#signs
    for (
      let at = skipUnsigned(bytes, signs, start, to);
      at < to;
      at = skipUnsigned(bytes, signs, at + 1, to)
    ) {
      const sign = signs[bytes[at] ?? 0]
      if (sign === DIGIT) {
        let end = at + 1
        while (end < to && isDigit(bytes[end] ?? 0)) end++
        const length = end - at
        if (length <= 3) {
          if (this.findsIp && bytes[end] === DOT && findIpv4(scan, at)) return IP
        } else if (this.#findsCard && mayBeCard(scan, at, end) && findCard(scan, at)) return CARD
        at = end - 1
        continue
      }
      if (sign === ESCAPE) {
        if (bytes[at + 1] === LETTER_U) {
          // Behind two backslashes too: what is read of it may be read again.
          if (scan.isRaw && isAscii(scan, at)) return ENCODED
          if (this.#findsEmail && findEmail(scan, at)) return EMAIL
        }
        at += skipEscape(scan, at)
        continue
      }
      const kind = this.#find(scan, at, sign)
      if (kind !== NOTHING) return kind
    }
    return NOTHING
  }

  #find(scan: Scan, at: number, sign: number | undefined): number {
    switch (sign) {
      case AT_SIGN:
        return findEmail(scan, at) ? EMAIL : NOTHING
      case COLON:
        if (this.#findsToken && isSecretBefore(scan, at)) return TOKEN
        return this.findsIp && findIpv6(scan, at) ? IP : NOTHING
      case LETTER_J:
        return findJwt(scan, at) ? TOKEN : NOTHING
      case LETTER_I:
        return findAwsKey(scan, at) ? TOKEN : NOTHING
      case LETTER_B:
        return findBearer(scan, at) ? TOKEN : NOTHING
      case EQUALS:
        return findSecretValue(scan, at) ? TOKEN : NOTHING
      default:
        return NOTHING
    }
  }
}

/** The place of the next byte that is the sign of something; four at once, because most are of nothing. */
function skipUnsigned(bytes: Uint8Array, signs: Uint8Array, start: number, to: number): number {
  let at = start
  for (const last = to - 3; at < last; at += 4) {
    const first = (signs[bytes[at] ?? 0] ?? 0) | (signs[bytes[at + 1] ?? 0] ?? 0)
    const second = (signs[bytes[at + 2] ?? 0] ?? 0) | (signs[bytes[at + 3] ?? 0] ?? 0)
    if ((first | second) !== 0) break
  }
  while (at < to && (signs[bytes[at] ?? 0] ?? 0) === 0) at++
  return at
}

const BACKSLASH = 0x5c
const LETTER_N = 0x6e
const LETTER_U = 0x75
const SHORT_ESCAPES = new Uint8Array(256)
for (const byte of Buffer.from('nrtbf"/')) SHORT_ESCAPES[byte] = 1

/** The letter of `\n` is no part of the word that follows. Says how many bytes more are over. */
function skipEscape(scan: Scan, at: number): number {
  const next = scan.at(at + 1)
  const more = SHORT_ESCAPES[next] === 1 ? 1 : scan.isRaw && isUnicodeEscape(scan, at) ? 5 : 0
  if (more > 0) scan.floor = at + more + 1
  return more
}

/** `\u` and four digits, and not the second half of an escaped backslash: digits behind that are text. */
function isUnicodeEscape(scan: Scan, at: number): boolean {
  if (scan.at(at + 1) !== LETTER_U) return false
  for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(scan.at(digit))) return false
  let before = at
  while (scan.at(before - 1) === BACKSLASH) before--
  return (at - before) % 2 === 0
}

const isHex = (byte: number): boolean =>
  isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

/** `\u0040`, and whatever else need not be escaped. */
const isAscii = (scan: Scan, at: number): boolean =>
  scan.at(at + 2) === 0x30 && scan.at(at + 3) === 0x30 && scan.at(at + 4) < 0x38

/** A colon behind `Authorization`, or, in JSON, behind the name of any secret. */
function isSecretBefore(scan: Scan, colon: number): boolean {
  if ((scan.at(colon - 1) | 0x20) === LETTER_N && findSecretValue(scan, colon)) return true
  return scan.isRaw && isSecretMember(scan, colon)
}

function isSecretMember(scan: Scan, colon: number): boolean {
  let end = colon - 1
  while (scan.at(end) === 0x20) end--
  if (scan.at(end) !== 0x22) return false
  let start = end
  while (start > scan.floor && scan.at(start - 1) !== 0x22) start--
  return isSecretName(scan.bytes, start, end)
}
