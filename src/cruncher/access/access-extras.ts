import { numberOf } from '../number.ts'
import { DURATION_MS, HTTP_HOST, type LogRecord, REQUEST_ID } from '../record.ts'

const SPACE = 0x20
const QUOTE = 0x22
const EQUALS = 0x3d
const DOT = 0x2e
const DASH = 0x2d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const MILLISECONDS = 1_000
const MICROSECONDS = 1_000_000

/** What servers are usually told to write behind a combined line, by name (`rt=0.012`). */
const NAMES: Readonly<Record<string, string>> = {
  rt: 'request_time',
  request_time: 'request_time',
  urt: 'upstream_response_time',
  upstream_response_time: 'upstream_response_time',
  host: 'http_host',
  http_host: 'http_host',
  server_name: 'http_host',
  sn: 'http_host',
  vhost: 'http_host',
}

interface Place {
  readonly from: number
  readonly to: number
}

/** A word behind the user agent: quoted, in brackets, or bare. */
interface Word extends Place {
  readonly kind: 'quoted' | 'bracketed' | 'bare'
}

/**
 * What stands behind a combined line. Times with a fraction are seconds, of the request and then of the
 * upstream (`$request_time $upstream_response_time`); ingress-nginx writes the request's length before
 * and the upstream's name, address, length, time and status and the request's id behind; a list of
 * addresses in quotes is `X-Forwarded-For`. What is not understood is kept whole as `extra`.
 */
export function assignExtras(bytes: Buffer, from: number, to: number, record: LogRecord): void {
  const words = wordsOf(bytes, from, to)
  const decimals = words.filter(word => word.kind === 'bare' && isDecimal(bytes, word))
  const isIngress = words.some(({ kind }) => kind === 'bracketed') && words.length >= 8
  const [requestTime, upstreamTime] = decimals
  if (requestTime !== undefined && Number.isNaN(record.numbers[DURATION_MS])) {
    record.numbers[DURATION_MS] = milliseconds(bytes, requestTime)
  }
  if (!record.keepsAttributes && !words.some(word => word.kind === 'bare')) return
  if (upstreamTime !== undefined) {
    record.addValue('upstream_ms', milliseconds(bytes, upstreamTime))
  }
  const last = words.at(-1)
  if (isIngress && last?.kind === 'bare' && last.to - last.from >= 16) {
    record.setSlice(REQUEST_ID, last.from, last.to)
  }
  let understood = isIngress ? words.length : Math.min(decimals.length, 2)
  for (const word of words) {
    if (isDash(bytes, word)) understood++
    else if (word.kind === 'quoted' && isAddressList(bytes, word)) {
      record.addSlice('forwarded_for', word.from, word.to)
      understood++
    } else if (word.kind === 'bare' && !isIngress && assignNamed(bytes, word, record)) understood++
  }
  if (understood < words.length) record.addSlice('extra', from, to)
  else if (isIngress) record.addSlice('upstream', from, to)
}

function wordsOf(bytes: Buffer, from: number, to: number): Word[] {
  const words: Word[] = []
  let at = from
  while (at < to) {
    const first = bytes[at]
    if (first === SPACE) {
      at++
      continue
    }
    const close = first === QUOTE ? QUOTE : first === OPEN_BRACKET ? CLOSE_BRACKET : SPACE
    const start = close === SPACE ? at : at + 1
    let end = start
    while (end < to && bytes[end] !== close) {
      end++
      // `urt="0.010, 0.020"`: a quote behind an equals sign is closed before the word ends.
      if (close === SPACE && bytes[end] === QUOTE && bytes[end - 1] === EQUALS) {
        end++
        while (end < to && bytes[end] !== QUOTE) end++
      }
    }
    const kind = close === SPACE ? 'bare' : close === QUOTE ? 'quoted' : 'bracketed'
    words.push({ from: start, to: end, kind })
    at = end + 1
  }
  return words
}

/** `0.012`: digits, a point, digits. */
function isDecimal(bytes: Buffer, { from, to }: Word): boolean {
  let points = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte === DOT) points++
    else if (byte < 0x30 || byte > 0x39) return false
  }
  return points === 1 && to - from > 2
}

const milliseconds = (bytes: Buffer, { from, to }: Place): number =>
  Math.round(numberOf(bytes, from, to) * MICROSECONDS) / (MICROSECONDS / MILLISECONDS)

/** `rt=0.012`, `urt="0.010"`. */
function assignNamed(bytes: Buffer, { from, to }: Word, record: LogRecord): boolean {
  let at = from
  while (at < to && bytes[at] !== EQUALS) at++
  if (at === from || at >= to) return false
  const name = bytes.toString('latin1', from, at)
  let start = at + 1
  let end = to
  if (bytes[start] === QUOTE) start++
  if (bytes[end - 1] === QUOTE && end > start) end--
  const known = NAMES[name]
  if (known === 'http_host') {
    if (!isDash(bytes, { from: start, to: end })) record.setSlice(HTTP_HOST, start, end)
    return true
  }
  const time = milliseconds(bytes, { from: start, to: end })
  if (known === 'request_time' && !Number.isNaN(time)) record.numbers[DURATION_MS] = time
  else if (known !== undefined && !Number.isNaN(time)) record.addValue('upstream_ms', time)
  else record.addSlice(name, start, end)
  return true
}

const isDash = (bytes: Buffer, { from, to }: Place): boolean =>
  to - from === 1 && bytes[from] === DASH

/** `203.0.113.9, 10.0.0.1` */
function isAddressList(bytes: Buffer, { from, to }: Word): boolean {
  let signs = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte === DOT || byte === 0x3a) signs++
    const isHex = (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
    if (!isHex && byte !== DOT && byte !== 0x3a && byte !== SPACE && byte !== 0x2c) return false
  }
  return signs >= 2
}
