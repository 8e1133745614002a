import { type LogFormat, SURE } from '../format.ts'
import { levelOfText } from '../level.ts'
import { type Groups, patternFormat } from '../pattern.ts'
import {
  BYTES,
  CLIENT_IP,
  HOST,
  type LogRecord,
  MESSAGE,
  METHOD,
  PATH,
  USER_AGENT,
  USER_ID,
} from '../record.ts'
import { parseTime } from '../time/parse-time.ts'

/** Names of CEF's dictionary and of LEEF's attributes that are fields. */
const FIELDS: Readonly<Record<string, number>> = {
  src: CLIENT_IP,
  suser: USER_ID,
  usrName: USER_ID,
  dvchost: HOST,
  devName: HOST,
  msg: MESSAGE,
  request: PATH,
  url: PATH,
  requestMethod: METHOD,
  requestClientApplication: USER_AGENT,
}

/** When it happened, best first. */
const TIMES = new Set(['rt', 'devTime', 'start', 'end'])

function addMember(record: LogRecord, name: string, value: string): void {
  const field = FIELDS[name]
  if (TIMES.has(name) && Number.isNaN(record.timeUs)) {
    const time = Buffer.from(value)
    if (parseTime(time, 0, time.length, record)) return
  }
  if (name === 'out' && /^\d+$/.test(value)) record.numbers[BYTES] = Number(value)
  else if (field === undefined) record.addText(name, value)
  else record.setText(field, value)
}

/** CEF's severities: words, or 0 to 10. */
function severityLevel(text: string): number {
  const number = Number(text)
  if (Number.isNaN(number)) return text === 'Very-High' ? 7 : (WORDS[text] ?? levelOfText(text))
  if (number >= 9) return 7
  if (number >= 7) return 6
  return number >= 4 ? 5 : 3
}
const WORDS: Readonly<Record<string, number>> = { Low: 3, Medium: 5, High: 6 }

const HEAD = String.raw`(?<vendor>(?:[^|\\]|\\.)*)\|(?<product>(?:[^|\\]|\\.)*)\|(?<product_version>(?:[^|\\]|\\.)*)\|(?<event>(?:[^|\\]|\\.)*)\|`

/** ArcSight's Common Event Format: seven columns, then `name=value` where values may have spaces. */
export const cef: LogFormat = patternFormat({
  name: 'cef',
  title: 'CEF (Common Event Format)',
  sureness: SURE,
  starts: 'C',
  absent: '',
  fields: { severity: 'drop', extension: 'drop' },
  pattern: new RegExp(
    String.raw`^CEF: ?[01]\|${HEAD}(?<name>(?:[^|\\]|\\.)*)\|(?<severity>[\w-]*)\|(?<extension>.*)$`,
  ),
  after: (record, _line, groups) => {
    record.level = severityLevel(groups.text('severity') ?? '')
    const text = ` ${groups.text('extension') ?? ''}`
    const names = [...text.matchAll(/ ([\w.[\]-]+)=/g)]
    for (const [index, match] of names.entries()) {
      const value = text.slice(match.index + match[0].length, names[index + 1]?.index).trim()
      if (value !== '') addMember(record, match[1] ?? '', value.replaceAll(/\\([=\\|])/g, '$1'))
    }
    if (record.text(MESSAGE) === undefined) record.setText(MESSAGE, groups.text('name') ?? '')
  },
  samples: [
    {
      line: 'CEF:0|Example|Wall|1.0|100|worm successfully stopped|10|src=203.0.113.9 dst=10.0.0.1 spt=1232 msg=a worm \\= stopped rt=1709802902000',
      expected: {
        time: '2024-03-07T09:15:02Z',
        level: 'fatal',
        client_ip: '203.0.113.9',
        event: '100',
        dst: '10.0.0.1',
        spt: '1232',
        vendor: 'Example',
        name: 'worm successfully stopped',
        message: 'a worm = stopped',
      },
    },
    {
      line: 'CEF:0|Exa\\|mple|Gate|2|login|login failed|Medium|suser=jo reason=no such user',
      expected: {
        level: 'warn',
        user_id: 'jo',
        event: 'login',
        vendor: 'Exa\\|mple',
        reason: 'no such user',
        message: 'login failed',
      },
    },
  ],
})

/** QRadar's Log Event Extended Format: 1.0 has tabs between members, 2.0 says what it has. */
export const leef: LogFormat = patternFormat({
  name: 'leef',
  title: 'LEEF (Log Event Extended Format)',
  sureness: SURE,
  starts: 'L',
  absent: '',
  fields: { separator: 'drop', extension: 'drop' },
  pattern: new RegExp(
    String.raw`^LEEF:(?:1\.0|2\.0)\|${HEAD}(?:(?<separator>[^\s|=\w]|0?x[0-9A-Fa-f]{1,4})\|)?(?<extension>.*)$`,
  ),
  after: (record, _line, groups) => {
    for (const member of (groups.text('extension') ?? '').split(separatorOf(groups))) {
      const equals = member.indexOf('=')
      if (equals > 0) addMember(record, member.slice(0, equals), member.slice(equals + 1))
    }
  },
  samples: [
    {
      line: 'LEEF:1.0|Example|Gate|2.1|login|src=203.0.113.9\tusrName=jo\tsev=5\tmsg=login failed',
      expected: {
        client_ip: '203.0.113.9',
        user_id: 'jo',
        event: 'login',
        sev: '5',
        product: 'Gate',
        message: 'login failed',
      },
    },
    {
      line: 'LEEF:2.0|Example|Gate|2.1|logout|^|src=203.0.113.9^devTime=Mar 07 2024 09:15:02',
      expected: { time: '2024-03-07T09:15:02Z', client_ip: '203.0.113.9', event: 'logout' },
    },
  ],
})

/** As itself, or as the number of its character: `x5E`. */
function separatorOf(groups: Groups): string {
  const text = groups.text('separator') ?? '\t'
  return text.length === 1
    ? text
    : String.fromCharCode(Number.parseInt(text.replace(/^0?x/, ''), 16))
}
