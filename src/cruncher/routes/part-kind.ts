/**
 * What a part of a path that no rule names looks like: a word, which stays as it is, or one of many
 * values, which becomes a parameter. Each part is judged by itself, so that a path gets the same template
 * in every file; the bounds below were chosen on real paths (docs/crunch-routes.md says what they lead to).
 */
export const WORD = 0
export const NUMBER = 1
export const UUID = 2
export const HASH = 3
export const TOKEN = 4
export const SLUG = 5
export const DATE = 6
export const EMAIL = 7
export const IP = 8
export const VERSION = 9
export const TEXT = 10
/** All segments of a path with too many. */
export const REST = 11
/** By kind: what stands in a template's name. */
export const KIND_NAMES = [
  '',
  ':number',
  ':uuid',
  ':hash',
  ':token',
  ':slug',
  ':date',
  ':email',
  ':ip',
  ':version',
  ':text',
  '*',
] as const

/** What bytes a part has, as bits. */
export const DIGIT = 1
const HEX_LOWER = 2
const LOWER = 4
const HEX_UPPER = 8
const UPPER = 16
export const HYPHEN = 32
const UNDERSCORE = 64
/** Between the parts of a segment: `.`, `:`, `=` and the like. */
export const PUNCTUATION = 128
/** Besides PUNCTUATION. */
export const AT_SIGN = 512
/** What only texts of people have: spaces, letters of other scripts, escapes. */
export const ODD = 256

const SMALL_LETTERS = HEX_LOWER | LOWER
const CAPITALS = HEX_UPPER | UPPER
const LETTERS = SMALL_LETTERS | CAPITALS
export const BYTE_BITS = new Uint16Array(256).fill(ODD)
setBits('0123456789', DIGIT)
setBits('abcdef', HEX_LOWER)
setBits('ghijklmnopqrstuvwxyz', LOWER)
setBits('ABCDEF', HEX_UPPER)
setBits('GHIJKLMNOPQRSTUVWXYZ', UPPER)
setBits('-', HYPHEN)
setBits('_', UNDERSCORE)
setBits("~!$&'()*+,.:=|", PUNCTUATION)
setBits('@', PUNCTUATION | AT_SIGN)

const UUID_LENGTH = 36
const SHORTEST_HASH = 7
/** The longest words of these letters alone have seven: `defaced`. */
const SHORTEST_HEX_LETTERS = 8
const SHORTEST_RANDOM_LETTERS = 16
const LONGEST_WORD = 64
/** `terms-and-conditions` has two and is a page of its own, `why-make-is-enough` is one of many. */
const SLUG_HYPHENS = 3
const HYPHEN_BYTE = 0x2d

function setBits(characters: string, bits: number): void {
  for (const character of characters) BYTE_BITS[character.charCodeAt(0)] = bits
}

/** What a part of letters, digits, `-` and `_` is; `bits` are those of all its bytes together. */
export function partKind(bits: number, bytes: Uint8Array, from: number, to: number): number {
  const length = to - from
  if ((bits & ~(SMALL_LETTERS | UNDERSCORE)) === 0 && length <= LONGEST_WORD)
    return bits === HEX_LOWER && length >= SHORTEST_HEX_LETTERS ? HASH : WORD
  if (bits === DIGIT) return NUMBER
  if ((bits & (LETTERS | DIGIT)) === 0) return length <= LONGEST_WORD ? WORD : TOKEN
  if ((bits & LETTERS) === 0) return isDate(bytes, from, to) ? DATE : NUMBER
  if ((bits & ~(DIGIT | HEX_LOWER | HEX_UPPER | HYPHEN)) === 0) {
    if (length === UUID_LENGTH && isUuid(bytes, from)) return UUID
    if ((bits & DIGIT) !== 0 && (bits & HYPHEN) === 0 && length >= SHORTEST_HASH) return HASH
  }
  if (length > LONGEST_WORD) return TOKEN
  if (isApiVersion(bytes, from, to)) return WORD
  if ((bits & (DIGIT | CAPITALS)) === 0)
    return countOf(HYPHEN_BYTE, bytes, from, to) >= SLUG_HYPHENS ? SLUG : WORD
  return mixedKind(bits, bytes, from, to)
}

/** Of letters with digits, `-` or capitals: how often it changes between them tells words from tokens. */
function mixedKind(bits: number, bytes: Uint8Array, from: number, to: number): number {
  let hyphens = 0
  let digitChanges = 0
  let caseChanges = 0
  let longestNumber = 0
  let hasNumber = false
  let digits = 0
  let before = 0
  for (let at = from; at <= to; at++) {
    const now = at < to ? (BYTE_BITS[bytes[at] ?? 0] ?? 0) : 0
    const kind = now === DIGIT ? DIGIT : (now & LETTERS) !== 0 ? LETTERS : 0
    const kindBefore = before === DIGIT ? DIGIT : (before & LETTERS) !== 0 ? LETTERS : 0
    if (now === HYPHEN) hyphens++
    if (kind !== kindBefore && kind !== 0 && kindBefore !== 0) digitChanges++
    if (kind === LETTERS && kindBefore === LETTERS && isCapital(now) !== isCapital(before))
      caseChanges++
    if (kind === DIGIT) digits++
    else {
      const isApart = kind === 0 && digits > 0 && isSeparator(bytes, at - digits - 1, from)
      hasNumber ||= isApart
      longestNumber = Math.max(longestNumber, digits)
      digits = 0
    }
    before = now
  }
  const length = to - from
  if ((bits & DIGIT) === 0) {
    if (length >= SHORTEST_RANDOM_LETTERS && caseChanges * 5 >= length * 2) return TOKEN
    return hyphens >= SLUG_HYPHENS ? SLUG : WORD
  }
  if (digitChanges >= 4 || (digitChanges >= 3 && length >= 8)) return TOKEN
  if (hasNumber || hyphens >= SLUG_HYPHENS) return SLUG
  return longestNumber >= 4 || length >= 20 ? TOKEN : WORD
}

function isCapital(bits: number): boolean {
  return (bits & CAPITALS) !== 0
}

/** Whether there is no letter or digit, but a separator or the part's beginning. */
function isSeparator(bytes: Uint8Array, at: number, from: number): boolean {
  return at < from || ((BYTE_BITS[bytes[at] ?? 0] ?? 0) & (HYPHEN | UNDERSCORE)) !== 0
}

/** `v1`, `v2beta`, `v1alpha1`. */
function isApiVersion(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > 9 || ((bytes[from] ?? 0) | 0x20) !== 0x76) return false
  if (BYTE_BITS[bytes[from + 1] ?? 0] !== DIGIT) return false
  let changes = 0
  let digits = 0
  for (let at = from + 1; at < to; at++) {
    const bits = BYTE_BITS[bytes[at] ?? 0] ?? 0
    if (bits === DIGIT) digits++
    else if ((bits & LETTERS) === 0) return false
    if (at > from + 1 && (bits === DIGIT) !== (BYTE_BITS[bytes[at - 1] ?? 0] === DIGIT)) changes++
  }
  return changes <= 2 && digits <= 3
}

/** 8-4-4-4-12; that all of it is hexadecimal or `-` is known. */
function isUuid(bytes: Uint8Array, from: number): boolean {
  return (
    bytes[from + 8] === HYPHEN_BYTE &&
    bytes[from + 13] === HYPHEN_BYTE &&
    bytes[from + 18] === HYPHEN_BYTE &&
    bytes[from + 23] === HYPHEN_BYTE &&
    countOf(HYPHEN_BYTE, bytes, from, from + UUID_LENGTH) === 4
  )
}

/** `2026-11-28`, `2026-11`, `28-11-2026`; that there are but digits, `-` and `_` is known. */
export function isDate(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  const isSplit = (at: number): boolean => BYTE_BITS[bytes[from + at] ?? 0] !== DIGIT
  if (length === 7) return isSplit(4) && countSplits(bytes, from, to) === 1
  if (length !== 10 || countSplits(bytes, from, to) !== 2) return false
  return (isSplit(4) && isSplit(7)) || (isSplit(2) && isSplit(5))
}

function countSplits(bytes: Uint8Array, from: number, to: number): number {
  let splits = 0
  for (let at = from; at < to; at++) if (BYTE_BITS[bytes[at] ?? 0] !== DIGIT) splits++
  return splits
}

export function countOf(byte: number, bytes: Uint8Array, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at++) if (bytes[at] === byte) count++
  return count
}
