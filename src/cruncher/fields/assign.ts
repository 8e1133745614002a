import { levelOf } from '../level.ts'
import { numberOf } from '../number.ts'
import {
  ABSENT,
  BYTES,
  CLIENT_IP,
  DURATION_MS,
  HTTP_HOST,
  type LogRecord,
  METHOD,
  PATH,
  PLAIN,
  STATUS,
  type ValueKind,
} from '../record.ts'
import { parseDuration } from '../time/duration.ts'
import { parseTime } from '../time/parse-time.ts'
import {
  TO_BYTES,
  TO_CLIENT_ADDRESS,
  TO_DURATION,
  TO_LEVEL,
  TO_NANOSECOND,
  TO_NOTHING,
  TO_REQUEST,
  TO_STATUS,
  TO_TIME,
  TO_URL,
} from './field-name.ts'

const SPACE = 0x20
const SLASH = 0x2f
const COLON = 0x3a
const QUESTION_MARK = 0x3f
const HASH = 0x23
const AT_SIGN = 0x40
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const TEXT_FIELDS_END = 20

/**
 * Puts a value where it goes: `to` and `scale` are those of a destination. False: it does not fit
 * (a level that is no level); then it is for the caller to keep as an attribute.
 */
export function assign(
  record: LogRecord,
  to: number,
  scale: number,
  bytes: Buffer,
  from: number,
  end: number,
  kind: ValueKind,
): boolean {
  if (to < TEXT_FIELDS_END) {
    record.setSlice(to, from, end, kind)
    return true
  }
  switch (to) {
    case TO_TIME:
      return parseTime(bytes, from, end, record)
    case TO_LEVEL:
      record.level = levelOf(bytes, from, end)
      return record.level !== 0
    case TO_STATUS:
      return setNumber(record, STATUS, numberOf(bytes, from, end))
    case TO_BYTES:
      return setNumber(record, BYTES, numberOf(bytes, from, end))
    case TO_DURATION:
      return setNumber(record, DURATION_MS, durationOf(bytes, from, end, scale))
    case TO_URL:
      assignUrl(record, bytes, from, end, kind)
      return true
    case TO_REQUEST:
      return assignRequest(record, bytes, from, end, kind)
    case TO_CLIENT_ADDRESS:
      record.setSlice(CLIENT_IP, ...withoutPort(bytes, from, end), kind)
      return true
    case TO_NANOSECOND:
      return addNanoseconds(record, numberOf(bytes, from, end))
    case TO_NOTHING:
      return true
    default:
      return false
  }
}

function setNumber(record: LogRecord, field: number, value: number): boolean {
  if (Number.isNaN(value)) return false
  record.numbers[field] = value
  return true
}

/** Where the address is in `203.0.113.4:5123`, `[2001:db8::7]:5123`, what has no port, and the first of a list. */
function withoutPort(bytes: Buffer, from: number, to: number): readonly [number, number] {
  let end = from
  while (end < to && bytes[end] !== COMMA) end++
  if (bytes[from] === OPEN_BRACKET) {
    let close = from
    while (close < end && bytes[close] !== CLOSE_BRACKET) close++
    return close < end ? [from + 1, close] : [from, end]
  }
  let colon = -1
  for (let at = from; at < end; at++) {
    if (bytes[at] !== COLON) continue
    // Two colons: an address of IPv6 without a port.
    if (colon >= 0) return [from, end]
    colon = at
  }
  return [from, colon < 0 ? end : colon]
}

/** To a time in whole seconds, which stands before. */
function addNanoseconds(record: LogRecord, nanoseconds: number): boolean {
  if (Number.isNaN(record.timeUs) || !(nanoseconds >= 0 && nanoseconds < 1e9)) return false
  if (record.timeUs % 1e6 === 0) record.timeUs += Math.floor(nanoseconds / 1_000)
  return true
}

const NANOSECONDS = 1_000_000

/** In milliseconds, to the nanosecond: what is below is an error of conversion. */
function durationOf(bytes: Buffer, from: number, end: number, scale: number): number {
  const value = numberOf(bytes, from, end)
  if (Number.isNaN(value)) return parseDuration(bytes, from, end)
  return scale === 1 ? value : Math.round(value * scale * NANOSECONDS) / NANOSECONDS
}

/** The path of a URL, with the query as an attribute; the host before it, if nothing else has said which it is. */
export function assignUrl(
  record: LogRecord,
  bytes: Buffer,
  from: number,
  end: number,
  kind: ValueKind,
): void {
  let path = from
  if (bytes[from] !== SLASH) {
    path = pathStart(bytes, from, end)
    if (path > from && record.kind[HTTP_HOST] === ABSENT) {
      assignAuthority(record, bytes, from, path, kind)
    }
  }
  let at = path
  while (at < end && bytes[at] !== QUESTION_MARK && bytes[at] !== HASH) at++
  if (record.kind[PATH] === ABSENT) record.setSlice(PATH, path, at, kind)
  if (record.keepsAttributes && at < end && bytes[at] === QUESTION_MARK) {
    let query = at + 1
    while (query < end && bytes[query] !== HASH) query++
    if (query > at + 1) record.addSlice('query', at + 1, query, kind)
  }
}

/** Behind `https://host:port`, where there is such a thing; else where it begins. */
function pathStart(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== COLON && bytes[at] !== SLASH) at++
  if (bytes[at] !== COLON || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH) return from
  at += 3
  while (at < end && bytes[at] !== SLASH && bytes[at] !== QUESTION_MARK) at++
  return at
}

/** The host of `https://jo:secret@host:port`, which ends at `end`. */
function assignAuthority(
  record: LogRecord,
  bytes: Buffer,
  from: number,
  end: number,
  kind: ValueKind,
): void {
  let start = end
  while (start > from && bytes[start - 1] !== SLASH && bytes[start - 1] !== AT_SIGN) start--
  let to = end
  while (to > start && isDigit(bytes[to - 1])) to--
  const hasPort = to > start && bytes[to - 1] === COLON
  record.setSlice(HTTP_HOST, start, hasPort ? to - 1 : end, kind)
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39

/**
 * `GET /path?query HTTP/1.1` (RFC 9112, 3): method, path and protocol. What has no method of letters
 * before a target is not one.
 */
export function assignRequest(
  record: LogRecord,
  bytes: Buffer,
  from: number,
  end: number,
  kind: ValueKind = PLAIN,
): boolean {
  let at = from
  while (at < end && isMethodLetter(bytes[at] ?? 0)) at++
  if (at === from || at - from > 20 || bytes[at] !== SPACE) return false
  const methodEnd = at
  let target = at + 1
  while (target < end && bytes[target] === SPACE) target++
  let last = end
  let protocol = end
  // The protocol is behind the last space; a target may have spaces that nobody encoded.
  for (let back = end - 1; back > target; back--) {
    if (bytes[back] !== SPACE) continue
    if (isProtocol(bytes, back + 1, end)) {
      last = back
      protocol = back + 1
    }
    break
  }
  if (target >= last) return false
  record.setSlice(METHOD, from, methodEnd, kind)
  assignUrl(record, bytes, target, last, kind)
  if (protocol < end && record.keepsAttributes) record.addSlice('protocol', protocol, end, kind)
  return true
}

const isMethodLetter = (byte: number): boolean =>
  (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f

/** `HTTP/` and something. */
function isProtocol(bytes: Buffer, from: number, end: number): boolean {
  return (
    end - from > 4 &&
    (bytes[from] ?? 0) === 0x48 &&
    bytes[from + 1] === 0x54 &&
    bytes[from + 2] === 0x54 &&
    bytes[from + 3] === 0x50 &&
    bytes[from + 4] === SLASH
  )
}
