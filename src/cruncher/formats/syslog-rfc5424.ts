import { DATE_TIME, OFFSET } from '../expression.ts'
import { SURE } from '../format.ts'
import type { Line } from '../line.ts'
import { patternFormat } from '../pattern.ts'
import { MESSAGE, type LogRecord } from '../record.ts'
import { addPriority } from '../syslog-priority.ts'

/**
 * RFC 5424, with its length before it or without (RFC 6587, 3.4.1). Heroku's logplex leaves the
 * structured data out, some devices the message's identifier.
 */
export const syslogRfc5424 = patternFormat({
  name: 'syslog-rfc5424',
  title: 'syslog (RFC 5424)',
  sureness: SURE,
  starts: '<0-9',
  envelope: true,
  multiline: true,
  pattern: new RegExp(
    String.raw`^(?:\d{1,6} )?<(?<priority>\d{1,3})>1 (?:(?<time>${DATE_TIME}${OFFSET})|-) (?<host>\S+) (?<service>\S+) (?<pid>\S+) (?<event>\S*) (?<rest>.*)$`,
  ),
  numbers: 'pid',
  fields: { priority: 'drop', rest: 'drop' },
  after: (record, line, groups) => {
    const rest = groups.place('rest')
    if (rest !== undefined) {
      const message = addStructuredData(record, line, rest.from)
      record.setSlice(MESSAGE, skipByteOrderMark(line, message), line.to)
    }
    return addPriority(record, groups.text('priority'))
  },
  samples: [
    {
      line: '<165>1 2024-03-07T09:15:02.003+01:00 web-3 shop 8710 ID47 [order@32473 id="77" note="a \\"b\\""][origin ip="192.0.2.1"] placed',
      expected: {
        time: '2024-03-07T08:15:02.003Z',
        offset: 60,
        level: 'notice',
        host: 'web-3',
        service: 'shop',
        event: 'ID47',
        pid: 8710,
        facility: 'local4',
        'order@32473.id': '77',
        'order@32473.note': 'a "b"',
        'origin.ip': '192.0.2.1',
        message: 'placed',
      },
    },
    {
      line: '<14>1 2024-03-07T09:15:02Z fw-1 agent 1402  - [{"action":"allow"}]',
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        level: 'info',
        host: 'fw-1',
        service: 'agent',
        pid: 1402,
        facility: 'user',
        message: '[{"action":"allow"}]',
      },
    },
    {
      line: '83 <45>1 2024-03-07T09:15:02+00:00 host app web.3 - State changed from starting to up',
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        level: 'notice',
        host: 'host',
        service: 'app',
        pid: 'web.3',
        message: 'State changed from starting to up',
      },
    },
  ],
})

/** Each parameter is an attribute, `element.parameter`. Returns where the message begins. */
function addStructuredData(record: LogRecord, line: Line, from: number): number {
  const { bytes, to } = line
  const first = bytes[from]
  if (first === 0x2d) return from + 1 < to ? from + 2 : to
  let at = from
  while (bytes[at] === 0x5b && at < to) {
    const element = ELEMENT.exec(bytes.toString('utf8', at, to))
    if (element === null) return from
    const [whole, name = '', parameters = ''] = element
    for (const [, parameter = '', value = ''] of parameters.matchAll(PARAMETER)) {
      record.addText(`${name}.${parameter}`, value.replaceAll(/\\(["\\\]])/g, '$1'))
    }
    at += Buffer.byteLength(whole)
  }
  return bytes[at] === 0x20 ? at + 1 : at
}

const ELEMENT = /^\[([^\s\]"=]+)((?: [^\s\]"=]+="(?:[^"\\]|\\.)*")*) ?\]/s
const PARAMETER = / ([^\s\]"=]+)="((?:[^"\\]|\\.)*)"/gs

function skipByteOrderMark({ bytes, to }: Line, from: number): number {
  const isThere = bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf
  return Math.min(isThere ? from + 3 : from, to)
}
