import { EVENT_COLUMNS } from '../../formats/event-row.ts'
import type { RowScanner } from './row-scanner.ts'

/** Stands for the `nr` of an event that has none; behind all others in the order. */
export const NO_NR = Number.POSITIVE_INFINITY

/** What the account of a day needs of an event. Its session is 128 bits, in three whole numbers. */
export interface EventFacts {
  high: number
  middle: number
  low: number
  nr: number
  /** Milliseconds since 1970. */
  receivedAtMs: number
  sequence: number
  atMs: number
}

export const emptyFacts = (): EventFacts => ({
  high: 0,
  middle: 0,
  low: 0,
  nr: 0,
  receivedAtMs: 0,
  sequence: 0,
  atMs: 0,
})

const column = (name: (typeof EVENT_COLUMNS)[number]): number => EVENT_COLUMNS.indexOf(name)
const SESSION = column('session')
const NR = column('nr')
const AT = column('at')
const RECEIVED_AT = column('received_at')
const SEQUENCE = column('sequence')
const IP = column('ip')

/** 13 hexadecimal digits are 52 bits, which a number holds exactly. */
const HIGH_DIGITS = 13
const LOW_DIGITS = 6
const SESSION_DIGITS = 2 * HIGH_DIGITS + LOW_DIGITS
const DAY_MS = 86_400_000

/** Reads the facts of a scanned row. Returns what is wrong with it, if anything. */
export function readFacts(bytes: Buffer, row: RowScanner, facts: EventFacts): string | undefined {
  const start = row.starts[SESSION] ?? 0
  if ((row.ends[SESSION] ?? 0) - start !== SESSION_DIGITS) return 'its session is no MD5 sum'
  facts.high = hexadecimal(bytes, start, HIGH_DIGITS)
  facts.middle = hexadecimal(bytes, start + HIGH_DIGITS, HIGH_DIGITS)
  facts.low = hexadecimal(bytes, start + 2 * HIGH_DIGITS, LOW_DIGITS)
  if (!(facts.high >= 0 && facts.middle >= 0 && facts.low >= 0)) return 'its session is no MD5 sum'
  const hasNr = row.ends[NR] !== row.starts[NR]
  facts.nr = hasNr ? integer(bytes, row.starts[NR] ?? 0, row.ends[NR] ?? 0) : NO_NR
  if (Number.isNaN(facts.nr)) return 'its nr is no whole number'
  facts.sequence = integer(bytes, row.starts[SEQUENCE] ?? 0, row.ends[SEQUENCE] ?? 0)
  if (Number.isNaN(facts.sequence)) return 'its sequence is no whole number'
  facts.atMs = moment(bytes, row.starts[AT] ?? 0, row.ends[AT] ?? 0)
  if (Number.isNaN(facts.atMs)) return 'its at is no date with a time'
  facts.receivedAtMs = moment(bytes, row.starts[RECEIVED_AT] ?? 0, row.ends[RECEIVED_AT] ?? 0)
  return Number.isNaN(facts.receivedAtMs) ? 'its received_at is no date with a time' : undefined
}

/** Order of a day's file: session, then nr, then which was received first. */
export function compareFacts(one: EventFacts, other: EventFacts): number {
  return (
    one.high - other.high ||
    one.middle - other.middle ||
    one.low - other.low ||
    (one.nr === other.nr ? 0 : one.nr - other.nr) ||
    one.receivedAtMs - other.receivedAtMs ||
    one.sequence - other.sequence
  )
}

export function isSameSession(one: EventFacts, other: EventFacts): boolean {
  return one.high === other.high && one.middle === other.middle && one.low === other.low
}

export function sessionText({ high, middle, low }: EventFacts): string {
  const digits = (value: number, count: number): string => value.toString(16).padStart(count, '0')
  return digits(high, HIGH_DIGITS) + digits(middle, HIGH_DIGITS) + digits(low, LOW_DIGITS)
}

/**
 * Where the content of a scanned row is: what its client said. When it came, its number here, and the
 * address that it came from are another's at each try, and left out.
 */
export function contentRanges(row: RowScanner): readonly (readonly [number, number])[] {
  const { starts, ends } = row
  return [
    [starts[0] ?? 0, starts[IP] ?? 0],
    [ends[IP] ?? 0, starts[RECEIVED_AT] ?? 0],
  ]
}

/** NaN where there is any but a digit. */
function hexadecimal(bytes: Buffer, start: number, count: number): number {
  let value = 0
  for (let at = start; at < start + count; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30
    else if (byte >= 0x61 && byte <= 0x66) value = value * 16 + byte - 0x57
    else return Number.NaN
  }
  return value
}

function integer(bytes: Buffer, start: number, end: number): number {
  if (end === start || end - start > 16) return Number.NaN
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return Number.isSafeInteger(value) ? value : Number.NaN
}

let lastDay = ''
let lastDayMs = 0

/** `2026-03-01 23:59:59`, with or without `.999`, in milliseconds; NaN where it is something else. */
function moment(bytes: Buffer, start: number, end: number): number {
  const length = end - start
  if (length !== 19 && length !== 23) return Number.NaN
  const day = bytes.toString('latin1', start, start + 10)
  if (day !== lastDay) {
    lastDay = day
    lastDayMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  }
  const part = (at: number, count: number): number => integer(bytes, start + at, start + at + count)
  const timeMs = part(11, 2) * 3_600_000 + part(14, 2) * 60_000 + part(17, 2) * 1_000
  const millis = length === 23 ? part(20, 3) : 0
  return timeMs < DAY_MS ? lastDayMs + timeMs + millis : Number.NaN
}
