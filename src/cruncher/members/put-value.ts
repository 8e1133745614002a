import { assign } from '../fields/assign.ts'
import { TO_BYTES, TO_DURATION, TO_LEVEL, TO_STATUS, TO_TIME } from '../fields/field-name.ts'
import { bunyanLevel, LEVEL_SCALES } from '../level.ts'
import { numberOf } from '../number.ts'
import {
  ABSENT,
  BYTES,
  DURATION_MS,
  ESCAPED,
  HTTP_HOST,
  JSON_VALUE,
  type LogRecord,
  PLAIN,
  STATUS,
  type ValueKind,
} from '../record.ts'
import type { MemberFormat } from './member-format.ts'
import { ESCAPED_TEXT, LIST, LITERAL, NUMBER, OBJECT, TEXT } from './members.ts'

const LETTER_N = 0x6e
const MAX_BUFFERS = 256

/** A value that a field can take: neither null nor something with members. */
export const isScalar = (kind: number, first: number | undefined): boolean =>
  kind !== OBJECT && kind !== LIST && !(kind === LITERAL && first === LETTER_N)

/** A text for a field that takes all texts: most values are, and this is all there is to do with them. */
export const isPlainText = (destination: number, kind: number, format: MemberFormat): boolean =>
  destination < TO_TIME && (kind === TEXT || kind === ESCAPED_TEXT) && format.absent === undefined

/** How a value is kept as an attribute. */
export function attributeKind(kind: number): ValueKind {
  if (kind === TEXT) return PLAIN
  return kind === ESCAPED_TEXT ? ESCAPED : JSON_VALUE
}

/** A value with its place. */
export interface Value {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
  readonly kind: number
}

/**
 * Puts a value into the field that is its destination. False: it is for the caller to keep, since it is
 * no such value, or the field has one already, of the same name further in or out.
 */
export function putValue(
  record: LogRecord,
  format: MemberFormat,
  destination: number,
  scale: number,
  value: Value,
): boolean {
  const { bytes, from, to, kind } = value
  if (!isScalar(kind, bytes[from])) return false
  if (format.absent !== undefined && isAbsent(format.absent, value)) return true
  if (!record.isFilling && isTaken(record, destination)) {
    return destination === HTTP_HOST && isSame(record, HTTP_HOST, value)
  }
  if (kind === ESCAPED_TEXT && destination >= TO_TIME) {
    return putEscaped(record, format, destination, scale, value)
  }
  if (destination === TO_LEVEL && format.levelWords !== undefined) {
    const level = format.levelWords.get(bytes.toString('utf8', from, to))
    if (level !== undefined) {
      record.level = level
      return true
    }
  }
  if (destination === TO_LEVEL && (kind === NUMBER || isDigit(bytes[from]))) {
    record.level = levelOfNumber(format, numberOf(bytes, from, to))
    return record.level !== 0
  }
  const isEscaped = kind === ESCAPED_TEXT
  return assign(record, destination, scale, bytes, from, to, isEscaped ? ESCAPED : PLAIN)
}

function isAbsent(texts: readonly string[], { bytes, from, to }: Value): boolean {
  for (const text of texts) {
    if (text.length !== to - from) continue
    let at = 0
    while (at < text.length && bytes[from + at] === text.charCodeAt(at)) at++
    if (at === text.length) return true
  }
  return false
}

/** `https:\/\/…` as PHP writes it, and whatever else is not a text: it is read without its escapes. */
function putEscaped(
  record: LogRecord,
  format: MemberFormat,
  destination: number,
  scale: number,
  { bytes, from, to }: Value,
): boolean {
  // Places say their buffer in one byte.
  if (record.buffers.length >= MAX_BUFFERS) return false
  const whole: unknown = JSON.parse(`"${bytes.toString('utf8', from, to)}"`)
  const text = Buffer.from(String(whole))
  const { current } = record
  record.current = record.addBuffer(text)
  const value = { bytes: text, from: 0, to: text.length, kind: TEXT }
  const isPut = putValue(record, format, destination, scale, value)
  record.current = current
  return isPut
}

function isTaken(record: LogRecord, destination: number): boolean {
  if (destination < TO_TIME) return record.kind[destination] !== ABSENT
  switch (destination) {
    case TO_TIME:
      return !Number.isNaN(record.timeUs)
    case TO_LEVEL:
      return record.level !== 0
    case TO_STATUS:
      return !Number.isNaN(record.numbers[STATUS])
    case TO_BYTES:
      return !Number.isNaN(record.numbers[BYTES])
    case TO_DURATION:
      return !Number.isNaN(record.numbers[DURATION_MS])
    default:
      return false
  }
}

function levelOfNumber(format: MemberFormat, number: number): number {
  if (format.levels !== undefined) return LEVEL_SCALES[format.levels](number)
  return number >= 10 && number <= 60 ? bunyanLevel(number) : 0
}

/** A host is often written twice: by itself and in the URL. */
function isSame(record: LogRecord, field: number, { bytes, from, to }: Value): boolean {
  const known = record.buffers[record.source[field] ?? 0]
  const start = record.from[field] ?? 0
  const end = record.to[field] ?? 0
  return known?.compare(bytes, from, to, start, end) === 0
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39
