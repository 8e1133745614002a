import { assignRequest } from '../fields/assign.ts'
import { type LogFormat, SURE } from '../format.ts'
import type { Line } from '../line.ts'
import { numberOf } from '../number.ts'
import {
  BYTES,
  CLIENT_IP,
  HTTP_HOST,
  type LogRecord,
  STATUS,
  USER_AGENT,
  USER_ID,
} from '../record.ts'
import { parseTime } from '../time/parse-time.ts'
import { assignExtras } from './access-extras.ts'

const SPACE = 0x20
const QUOTE = 0x22
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const SLASH = 0x2f
const COLON = 0x3a
const BACKSLASH = 0x5c
const DASH = 0x2d
const COMMA = 0x2c

/** Before the bracket there are a few names and addresses, not more. */
const MAX_PREFIX = 400

type AccessKind = 'common' | 'combined' | 'extended' | 'vhost'

/** One of the kinds, as a format. */
export interface AccessLog extends Pick<LogFormat, 'title' | 'samples'> {
  readonly kind: AccessKind
}

/**
 * Access logs of Apache, nginx and most servers: the common log format, with referer and user agent
 * (combined), with more behind them (extended), and with a virtual host before the client (vhost).
 * Apache: mod_log_config; nginx: ngx_http_log_module.
 */
export function accessFormats(declared: readonly AccessLog[]): readonly LogFormat[] {
  // One for all: a line that is asked for by each in turn is scanned once.
  const log = new AccessLine()
  return declared.map(({ kind, title, samples }) => ({
    name: `access-${kind}`,
    title,
    sureness: SURE,
    samples,
    claim: (line: Line, record: LogRecord) =>
      log.scan(line) && log.kind === kind && log.fill(line.bytes, record),
  }))
}

/** The places of a line's parts. */
class AccessLine {
  kind: AccessKind | 'other' = 'common'
  /** The last line that was scanned, so that formats that ask in turn share it. */
  #line: Line | undefined
  #serial = -1
  #end = -1
  #found = false
  #listFrom = -1
  #listEnd = -1
  #vhostFrom = 0
  #vhostEnd = -1
  #clientFrom = 0
  #clientEnd = 0
  #userFrom = 0
  #open = 0
  #close = 0
  #request = 0
  #requestEnd = 0
  #status = 0
  #statusEnd = 0
  #bytesEnd = 0
  #referer = -1
  #refererEnd = -1
  #agent = -1
  #agentEnd = -1
  #extras = -1

  /** Whether the line is such a line; `kind` says which. */
  scan(line: Line): boolean {
    if (line === this.#line && line.serial === this.#serial) return this.#found
    const { bytes, from, to } = line
    this.#line = line
    this.#serial = line.serial
    this.#end = to
    const { scanner } = line
    if (scanner !== undefined && scanner.scanAccess(from, to) !== 0) {
      this.#takePlaces(scanner.places, from)
      this.kind = this.#kindOf(bytes)
      this.#found = true
    } else this.#found = this.#prefix(bytes, from, to) && this.#rest(bytes, to)
    return this.#found
  }

  /** What a Scanner found, in the order of `scan/assembly/access.ts`; 0: it is not there. */
  #takePlaces(places: Int32Array, from: number): void {
    this.#listEnd = -1
    this.#vhostEnd = -1
    this.#clientFrom = from
    this.#clientEnd = places[0] ?? 0
    this.#userFrom = places[1] ?? 0
    this.#open = places[2] ?? 0
    this.#close = places[3] ?? 0
    this.#request = places[4] ?? 0
    this.#requestEnd = places[5] ?? 0
    this.#status = places[6] ?? 0
    this.#statusEnd = places[7] ?? 0
    this.#bytesEnd = places[8] ?? 0
    this.#referer = places[9] || -1
    this.#refererEnd = places[10] ?? 0
    this.#agent = places[11] || -1
    this.#agentEnd = places[12] ?? 0
    this.#extras = places[13] || -1
  }

  /** Up to the time: `[vhost] client ident user [`. */
  #prefix(bytes: Buffer, from: number, to: number): boolean {
    const limit = Math.min(to, from + MAX_PREFIX)
    this.#listEnd = -1
    if (bytes[from] === QUOTE) return this.#quotedList(bytes, from, limit)
    return this.#words(bytes, from, limit)
  }

  /** `"203.0.113.9, 10.0.0.1" 10.0.0.2 - - [`: whom it was forwarded for, the client first. */
  #quotedList(bytes: Buffer, from: number, limit: number): boolean {
    const close = this.#quoted(bytes, from, limit)
    if (close < 0 || bytes[close + 1] !== SPACE) return false
    if (!this.#words(bytes, close + 2, limit) || this.#vhostEnd >= 0) return false
    this.#setList(bytes, from + 1, close)
    return true
  }

  #setList(bytes: Buffer, from: number, end: number): void {
    this.#listFrom = from
    this.#listEnd = end
    let comma = from
    while (comma < end && bytes[comma] !== COMMA) comma++
    if (isDash(bytes, from, end)) this.#listEnd = -1
    if (isDash(bytes, from, comma)) return
    this.#clientFrom = from
    this.#clientEnd = comma
  }

  #words(bytes: Buffer, from: number, limit: number): boolean {
    let spaces = 0
    let second = -1
    let third = -1
    let fourth = -1
    let at = from
    for (; at < limit; at++) {
      const byte = bytes[at]
      if (byte === SPACE) {
        spaces++
        if (spaces === 1) second = at + 1
        else if (spaces === 2) third = at + 1
        else if (spaces === 3) fourth = at + 1
      } else if (byte === OPEN_BRACKET && isTimeStart(bytes, at)) break
      else if (byte === QUOTE) return false
    }
    if (at >= limit || spaces < 3 || bytes[at - 1] !== SPACE || second === from + 1) return false
    this.#open = at + 1
    this.#vhostEnd = -1
    this.#clientFrom = from
    this.#clientEnd = second - 1
    this.#userFrom = third
    if (spaces > 3 && bytes[second - 2] === COMMA) return this.#bareList(bytes, from, limit)
    // `host:80 203.0.113.9 - - [`: what stands first is a virtual host when an address follows it.
    if (spaces > 3 && !isAddress(bytes, from, second - 1) && isAddress(bytes, second, third - 1)) {
      this.#vhostFrom = from
      this.#vhostEnd = second - 1
      this.#clientFrom = second
      this.#clientEnd = third - 1
      this.#userFrom = fourth
    }
    return true
  }

  /** `203.0.113.9, 10.0.0.1 - - [`: the same without quotes. */
  #bareList(bytes: Buffer, from: number, limit: number): boolean {
    let last = from
    let end = from
    for (let at = from; at < limit; at++) {
      if (bytes[at] !== SPACE) continue
      end = at
      if (bytes[at - 1] !== COMMA) break
      last = at + 1
    }
    if (!this.#words(bytes, last, limit)) return false
    this.#setList(bytes, from, end)
    return true
  }

  /** From the time to the end. */
  #rest(bytes: Buffer, to: number): boolean {
    let at = this.#open
    while (at < to && bytes[at] !== CLOSE_BRACKET) at++
    this.#close = at
    if (bytes[at + 1] !== SPACE || bytes[at + 2] !== QUOTE) return false
    at = this.#quoted(bytes, at + 2, to)
    if (at < 0) return false
    this.#request = this.#close + 3
    this.#requestEnd = at
    if (bytes[at + 1] !== SPACE) return false
    at += 2
    this.#status = at
    while (at < to && bytes[at] !== SPACE) at++
    this.#statusEnd = at
    if (!isStatus(bytes, this.#status, at)) return false
    if (at >= to) return false
    at++
    const size = at
    while (at < to && bytes[at] !== SPACE) at++
    this.#bytesEnd = at
    if (Number.isNaN(numberOf(bytes, size, at)) && !(at - size === 1 && bytes[size] === DASH))
      return false
    this.#referer = -1
    this.#agent = -1
    this.#extras = -1
    if (at < to && (bytes[at + 1] === QUOTE || bytes[at + 1] === DASH))
      at = this.#pages(bytes, at, to)
    while (at < to && bytes[at] === SPACE) at++
    if (at < to) this.#extras = at
    this.kind = this.#kindOf(bytes)
    return true
  }

  /** `"referer" "user agent"` behind a space; the place behind them, or the same where they are not. */
  #pages(bytes: Buffer, from: number, to: number): number {
    // Traefik writes a bare dash for a page that is none.
    const isBare = bytes[from + 1] === DASH
    const refererEnd = isBare ? from + 2 : this.#quoted(bytes, from + 1, to)
    const space = isBare ? refererEnd : refererEnd + 1
    if (refererEnd < 0 || bytes[space] !== SPACE || bytes[space + 1] !== QUOTE) return from
    let agentEnd = this.#quoted(bytes, space + 1, to)
    // A line that was cut off within its user agent is still a line; what is missing is missing.
    if (agentEnd < 0) agentEnd = to
    this.#referer = isBare ? from + 1 : from + 2
    this.#refererEnd = refererEnd
    this.#agent = space + 2
    this.#agentEnd = agentEnd
    return Math.min(agentEnd + 1, to)
  }

  /** The closing quote of what opens at `from`, or -1. */
  #quoted(bytes: Buffer, from: number, to: number): number {
    for (let at = from + 1; at < to; at++) {
      const byte = bytes[at]
      if (byte === QUOTE) return at
      if (byte === BACKSLASH) at++
    }
    return -1
  }

  #kindOf(bytes: Buffer): AccessKind | 'other' {
    if (this.#vhostEnd >= 0) return 'vhost'
    if (this.#extras >= 0) return isTraefik(bytes, this.#extras, this.#end) ? 'other' : 'extended'
    return this.#agent >= 0 ? 'combined' : 'common'
  }

  /** Fills the record from the line that was scanned; false: its time is none. */
  fill(bytes: Buffer, record: LogRecord): boolean {
    if (!parseTime(bytes, this.#open, this.#close, record)) return false
    if (!isDash(bytes, this.#clientFrom, this.#clientEnd)) {
      record.setSlice(CLIENT_IP, this.#clientFrom, this.#clientEnd)
    }
    if (this.#vhostEnd >= 0) setHost(bytes, this.#vhostFrom, this.#vhostEnd, record)
    if (this.#listEnd >= 0 && record.keepsAttributes) {
      record.addSlice('forwarded_for', this.#listFrom, this.#listEnd)
    }
    const userEnd = this.#open - 2
    if (!isDash(bytes, this.#userFrom, userEnd)) record.setSlice(USER_ID, this.#userFrom, userEnd)
    const isRequest = assignRequest(record, bytes, this.#request, this.#requestEnd)
    const hasRequest =
      this.#request < this.#requestEnd && !isDash(bytes, this.#request, this.#requestEnd)
    if (!isRequest && hasRequest && record.keepsAttributes) {
      record.addSlice('request', this.#request, this.#requestEnd)
    }
    record.numbers[STATUS] = numberOf(bytes, this.#status, this.#statusEnd)
    record.numbers[BYTES] = numberOf(bytes, this.#statusEnd + 1, this.#bytesEnd)
    if (this.#agent >= 0) {
      if (!isDash(bytes, this.#agent, this.#agentEnd)) {
        record.setSlice(USER_AGENT, this.#agent, this.#agentEnd)
      }
      if (record.keepsAttributes && !isDash(bytes, this.#referer, this.#refererEnd)) {
        record.addSlice('referer', this.#referer, this.#refererEnd)
      }
    }
    if (this.#extras >= 0) assignExtras(bytes, this.#extras, this.#end, record)
    return true
  }
}

/** `shop.example:443` */
function setHost(bytes: Buffer, from: number, to: number, record: LogRecord): void {
  let colon = to - 1
  while (colon > from && isDigit(bytes[colon])) colon--
  const hasPort = bytes[colon] === COLON && colon > from && colon < to - 1
  record.setSlice(HTTP_HOST, from, hasPort ? colon : to)
  if (hasPort && record.keepsAttributes) record.addSlice('port', colon + 1, to)
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39

/** `[25/Oct/2016:14` */
function isTimeStart(bytes: Buffer, open: number): boolean {
  return bytes[open + 3] === SLASH && bytes[open + 7] === SLASH && bytes[open + 12] === COLON
}

/** Made of what addresses are made of, with a dot or two colons in it. */
function isAddress(bytes: Buffer, from: number, to: number): boolean {
  let colons = 0
  let dots = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte === COLON) colons++
    else if (byte === 0x2e) dots++
    else if (byte < 0x30 || byte > 0x39) {
      if ((byte | 0x20) < 0x61 || (byte | 0x20) > 0x66) return false
      if (colons === 0 && dots > 0) return false
    }
  }
  return colons >= 2 || (dots === 3 && colons === 0)
}

/** `17 "router" "http://10.0.0.2:80" 12ms`, which is a format of its own. */
function isTraefik(bytes: Buffer, from: number, to: number): boolean {
  if (!isDigit(bytes[from]) || bytes[to - 2] !== 0x6d || bytes[to - 1] !== 0x73) return false
  let at = to - 3
  while (at > from && isDigit(bytes[at])) at--
  const before = bytes[at - 1]
  return at < to - 3 && bytes[at] === SPACE && (before === QUOTE || before === DASH)
}

/** Three digits, or a dash where there was none. */
const isStatus = (bytes: Buffer, from: number, to: number): boolean =>
  isDash(bytes, from, to) ||
  (to - from === 3 && isDigit(bytes[from]) && isDigit(bytes[from + 1]) && isDigit(bytes[from + 2]))

const isDash = (bytes: Buffer, from: number, to: number): boolean =>
  to - from === 1 && bytes[from] === DASH
