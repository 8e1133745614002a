import { LIKELY, SURE } from '../format.ts'
import { patternFormat, type Groups } from '../pattern.ts'
import { CLIENT_IP, DURATION_MS, type LogRecord, SESSION, USER_ID } from '../record.ts'
import type { Line } from '../line.ts'

const SEVERITY = String.raw`(?<level>LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG[1-5]?|DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION)`
const REST = String.raw`${SEVERITY}:  (?:(?<sqlstate>[0-9A-Z]{5}): )?(?<message>.*)$`
const LEVELS = { LOCATION: 'debug', CONTEXT: 'info', QUERY: 'info' }

/** The pieces of `log_line_prefix` that say what they are by their look. */
const PIECES = {
  processId: /\[(\d+)\]/,
  userAtDatabase: /(?:^|[\s:[])([\w.-]*)@([\w.-]*)/,
  clientWithPort: /(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]+:[0-9a-f]+)\((\d+)\)/,
  named: /\b(user|db|database|app|application|client|host|session|line)=([^,\s\]]*)/g,
} as const

/**
 * PostgreSQL's log on stderr with any usual `log_line_prefix`: it begins with the time, and the severity
 * is followed by a colon and two spaces. What is between is told by its look: `[pid]`, `user@database`,
 * `host(port)`, `user=...,db=...`. Hosted ones (RDS, Supabase) are among these.
 */
export const postgresql = patternFormat({
  name: 'postgresql',
  title: 'PostgreSQL, stderr',
  sureness: SURE,
  starts: '0-9a-f:',
  multiline: true,
  levels: LEVELS,
  fields: { prefix: 'drop' },
  pattern: [
    new RegExp(
      String.raw`^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})? (?:[A-Z]{1,5}|[+-]\d\d(?::?\d\d)?))(?<prefix>[^"]{0,160}?)${REST}`,
    ),
    new RegExp(
      String.raw`^(?<client_ip>[0-9a-f.:]{3,45}) (?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})? [A-Z]{1,5})(?<prefix>[^"]{0,160}?)${REST}`,
    ),
  ],
  after: addPrefix,
  samples: [
    {
      line: '2024-03-07 09:15:02.244 UTC [23922] LOG:  duration: 112.337 ms  statement: SELECT 1',
      expected: {
        time: '2024-03-07T09:15:02.244Z',
        offset: 0,
        level: 'info',
        pid: 23922,
        duration_ms: 112.337,
        message: 'duration: 112.337 ms  statement: SELECT 1',
      },
    },
    {
      line: '2024-03-07 09:15:03 UTC:203.0.113.9(41226):jo@shop:[9631]:ERROR:  relation "carts" does not exist at character 15',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        level: 'error',
        client_ip: '203.0.113.9',
        client_port: 41226,
        user_id: 'jo',
        database: 'shop',
        pid: 9631,
        message: 'relation "carts" does not exist at character 15',
      },
    },
    {
      line: '2024-03-07 09:15:04 UTC [77]: [3-1] user=jo,db=shop,app=psql,client=203.0.113.9 STATEMENT:  select * from carts',
      expected: {
        time: '2024-03-07T09:15:04Z',
        offset: 0,
        level: 'info',
        client_ip: '203.0.113.9',
        user_id: 'jo',
        database: 'shop',
        application: 'psql',
        kind: 'STATEMENT',
        message: 'select * from carts',
      },
    },
    {
      line: '203.0.113.9 2024-03-07 09:15:05.411 UTC [8824] postgres@postgres FATAL:  28P01: password authentication failed for user "postgres"',
      expected: {
        time: '2024-03-07T09:15:05.411Z',
        offset: 0,
        level: 'fatal',
        client_ip: '203.0.113.9',
        user_id: 'postgres',
        database: 'postgres',
        sqlstate: '28P01',
        message: 'password authentication failed for user "postgres"',
      },
    },
  ],
})

/** The same in syslog, which has the time: numbers of the message and its part, then the prefix. */
export const postgresqlSyslog = patternFormat({
  name: 'postgresql-syslog',
  title: 'PostgreSQL within syslog',
  sureness: LIKELY,
  starts: '[',
  multiline: true,
  levels: LEVELS,
  fields: { prefix: 'drop' },
  pattern: new RegExp(
    String.raw`^\[(?<message_number>\d+)-(?<message_part>\d+)\] (?<prefix>[^"]{0,160}?)${REST}`,
  ),
  numbers: 'message_number message_part',
  after: addPrefix,
  samples: [
    {
      line: '[2-1] db=shop,user=jo,app=psql,client=203.0.113.9 LOG:  duration: 0.5 ms  statement: SELECT 1',
      expected: {
        level: 'info',
        client_ip: '203.0.113.9',
        user_id: 'jo',
        database: 'shop',
        duration_ms: 0.5,
        message_number: 2,
        message: 'duration: 0.5 ms  statement: SELECT 1',
      },
    },
    {
      line: '[7-1] HINT:  Perhaps you meant "cart".',
      expected: { level: 'info', kind: 'HINT', message: 'Perhaps you meant "cart".' },
    },
  ],
})

const KINDS = new Set(['DETAIL', 'HINT', 'STATEMENT', 'CONTEXT', 'QUERY', 'LOCATION'])

function addPrefix(record: LogRecord, line: Line, groups: Groups): void {
  const severity = groups.text('level') ?? ''
  if (KINDS.has(severity)) record.addText('kind', severity)
  const duration = /^duration: (\d+\.\d+) ms/.exec(groups.text('message') ?? '')?.[1]
  if (duration !== undefined) record.numbers[DURATION_MS] = Number(duration)
  const place = groups.place('prefix')
  if (place === undefined) return
  const prefix = line.bytes.toString('utf8', place.from, place.to)
  const pid = PIECES.processId.exec(prefix)
  if (pid?.[1] !== undefined) record.addValue('pid', Number(pid[1]))
  const client = PIECES.clientWithPort.exec(prefix)
  if (client !== null) {
    record.setText(CLIENT_IP, client[1] ?? '')
    record.addValue('client_port', Number(client[2]))
  }
  const user = PIECES.userAtDatabase.exec(prefix)
  if (user !== null) addUser(record, user[1], user[2])
  for (const [, name = '', value = ''] of prefix.matchAll(PIECES.named))
    addNamed(record, name, value)
}

const isKnown = (value: string | undefined): value is string =>
  value !== undefined && value !== '' && value !== 'unknown'

function addUser(record: LogRecord, user: string | undefined, database: string | undefined): void {
  if (isKnown(user)) record.setText(USER_ID, user)
  if (isKnown(database)) record.addText('database', database)
}

/** `[unknown]` and `[local]` stand for what is not known. */
function addNamed(record: LogRecord, name: string, value: string): void {
  if (value === '' || value.startsWith('[')) return
  if (name === 'user') record.setText(USER_ID, value)
  else if (name === 'db' || name === 'database') record.addText('database', value)
  else if (name === 'app' || name === 'application') record.addText('application', value)
  else if (name === 'session') record.setText(SESSION, value)
  else if (name === 'line') record.addText('session_line', value)
  else record.setText(CLIENT_IP, value.replace(/\(\d+\)$/, ''))
}
