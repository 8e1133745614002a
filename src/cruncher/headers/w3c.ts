import type { FieldName } from '../fields/field-name.ts'
import type { Line } from '../line.ts'
import type { LogRecord } from '../record.ts'
import { assignColumn, assignTimeText, type NamedColumn, namedColumn } from './columns.ts'
import type { HeaderFormat, HeaderState } from './header-format.ts'

/** Names of the W3C's draft (WD-logfile), of IIS, of http.sys and of CloudFront, that are fields. */
const FIELDS: Readonly<Record<string, FieldName>> = {
  's-computername': 'host',
  's-sitename': 'service',
  'cs-method': 'method',
  'cs-uri-stem': 'path',
  'cs-uri': 'url',
  'cs-host': 'http_host',
  'cs(host)': 'http_host',
  'x-host-header': 'http_host',
  'cs-username': 'user_id',
  'c-ip': 'client_ip',
  'cs(user-agent)': 'user_agent',
  'sc-status': 'status',
  'sc-bytes': 'bytes',
  'x-edge-request-id': 'request_id',
  timetakenms: 'duration_ms',
}
const NAMES: Readonly<Record<string, string>> = {
  'cs-uri-query': 'query',
  'cs(referer)': 'referrer',
  'cs-version': 'protocol',
  'cs-protocol-version': 'protocol',
}
const NUMBERS = new Set(
  's-port c-port cs-bytes sc-substatus sc-win32-status sc-content-len'.split(' '),
)
const DATE = /^\d{4}-\d\d-\d\d/

const DIRECTIVE = /^#(Software|Version|Date|Fields|Start-Date|End-Date|Remark|GMT-Offset): *(.*)$/

/** What the directives have said: the names of the columns, and a date for times that have none. */
class W3cLines implements HeaderState {
  readonly name = 'w3c'
  readonly names: readonly string[]
  readonly date: string
  readonly #columns: readonly NamedColumn[]

  constructor(names: readonly string[], date: string) {
    this.names = names
    this.date = date
    const isCloudFront = names.some(name => name.startsWith('x-edge-'))
    // Before what the client asked for, CloudFront writes its own name of the distribution as `cs(Host)`.
    const hasAsked = names.includes('x-host-header')
    this.#columns = names.map(name => {
      const column = columnOf(name.toLowerCase(), isCloudFront)
      return hasAsked && column.name === 'cs(host)' ? namedColumn(column.name, undefined) : column
    })
  }

  claim(line: Line, record: LogRecord): boolean {
    const columns = this.#columns
    if (columns.length === 0 || line.bytes[line.from] === HASH) return false
    const places = placesOf(line)
    if (places.length !== columns.length) return false
    let { date } = this
    let time = ''
    for (const [index, place] of places.entries()) {
      const column = columns[index]
      if (column === undefined || isAbsent(line.bytes, place)) continue
      const isDate = column.name === 'date' || column.name === 'date-local'
      const isTime = column.name === 'time' || column.name === 'time-local'
      if (isDate) date = textOf(line, place)
      else if (isTime) time = textOf(line, place)
      else if (!assignColumn(record, column, line.bytes, place)) return false
    }
    // Times are in GMT, unless their name says that they are not.
    const zone = this.names.some(name => name.endsWith('-local')) ? '' : 'Z'
    return assignTimeText(record, date === '' ? time : `${date} ${time}${zone}`)
  }
}

/** The W3C's extended log file format (WD-logfile): `#Fields` names the columns; a text may stand in quotes. */
export const w3c: HeaderFormat = {
  name: 'w3c',
  title: 'W3C extended: IIS, http.sys, CloudFront',
  starts: '#',
  header(line, before) {
    const [, name, value = ''] = DIRECTIVE.exec(line.text) ?? []
    if (name === undefined) return undefined
    const known = before instanceof W3cLines ? before : new W3cLines([], '')
    if (name === 'Fields') return new W3cLines(value.trim().split(/\s+/), known.date)
    const date = name === 'Date' || name === 'Start-Date' ? DATE.exec(value)?.[0] : undefined
    return new W3cLines(known.names, date ?? known.date)
  },
  samples: [
    {
      lines: [
        '#Software: Microsoft Internet Information Services 10.0',
        '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken',
        '2024-03-07 09:15:02 10.0.0.2 GET /cart x=1 443 jo 203.0.113.9 Mozilla/5.0+(X11;+Linux) - 404 0 2 31',
      ],
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        client_ip: '203.0.113.9',
        user_id: 'jo',
        method: 'GET',
        path: '/cart',
        query: 'x=1',
        status: 404,
        duration_ms: 31,
        user_agent: 'Mozilla/5.0 (X11; Linux)',
        's-port': 443,
        'sc-win32-status': 2,
      },
    },
    {
      lines: [
        '#Version: 1.0',
        '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-edge-result-type x-edge-request-id time-taken',
        '2024-03-07\t09:15:03\tFRA50-C1\t1387\t203.0.113.9\tGET\td111111abcdef8.cloudfront.net\t/logo.svg\t200\t-\tMozilla/5.0%20(X11)\t-\tHit\txGN8KWpVEmB9Dp7ctcVFQC4E\t0.002',
      ],
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/logo.svg',
        status: 200,
        bytes: 1387,
        duration_ms: 2,
        user_agent: 'Mozilla/5.0 (X11)',
        request_id: 'xGN8KWpVEmB9Dp7ctcVFQC4E',
        http_host: 'd111111abcdef8.cloudfront.net',
        'x-edge-location': 'FRA50-C1',
      },
    },
    {
      lines: [
        '#Date: 2024-03-07 00:00:00',
        '#Fields: time c-ip cs-method cs-uri-stem sc-status',
        '09:15:04 203.0.113.9 [7]USER jo 331',
      ],
      expected: {
        time: '2024-03-07T09:15:04Z',
        offset: 0,
        client_ip: '203.0.113.9',
        method: '[7]USER',
        path: 'jo',
        status: 331,
      },
    },
  ],
}

const HASH = 0x23
const TAB = 0x09
const SPACE = 0x20
const QUOTE = 0x22
const DASH = 0x2d

interface Place {
  readonly from: number
  readonly to: number
}

function columnOf(name: string, isCloudFront: boolean): NamedColumn {
  if (name === 'time-taken') return namedColumn(name, isCloudFront ? 'duration_s' : 'duration_ms')
  const isUserAgent = name === 'cs(user-agent)'
  const escaping = isCloudFront ? 'percent' : 'plus'
  return namedColumn(
    NAMES[name] ?? name,
    FIELDS[name],
    NUMBERS.has(name),
    isUserAgent ? escaping : 'none',
  )
}

/** Columns end at a tab where the line has one, else at spaces; a quote within quotes is written twice. */
function placesOf({ bytes, from, to }: Line): Place[] {
  const separator = bytes.subarray(from, to).includes(TAB) ? TAB : SPACE
  const places: Place[] = []
  let at = from
  while (at < to) {
    if (separator === SPACE && bytes[at] === SPACE) at++
    else if (bytes[at] === QUOTE && separator === SPACE) {
      const start = at + 1
      at = start
      while (at < to && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) {
        at += bytes[at] === QUOTE ? 2 : 1
      }
      places.push({ from: start, to: Math.min(at, to) })
      at++
    } else {
      const start = at
      while (at < to && bytes[at] !== separator) at++
      places.push({ from: start, to: at })
      if (separator === TAB) at++
    }
  }
  return places
}

const isAbsent = (bytes: Buffer, { from, to }: Place): boolean =>
  from >= to || (to - from === 1 && bytes[from] === DASH)

const textOf = ({ bytes }: Line, { from, to }: Place): string => bytes.toString('latin1', from, to)
