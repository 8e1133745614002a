import { type Column, columnsOf, columnText } from '../csv-columns.ts'
import { type LogFormat, SURE } from '../format.ts'
import { levelOfText } from '../level.ts'
import type { Line } from '../line.ts'
import { CLIENT_IP, DURATION_MS, type LogRecord, MESSAGE, USER_ID } from '../record.ts'
import { parseTime } from '../time/parse-time.ts'

/** "Using CSV-Format Log Output" of PostgreSQL's manual; columns were added at the end, three by now. */
const COLUMNS =
  'time user database pid client session_id session_line command_tag session_start virtual_transaction transaction level sqlstate message detail hint internal_query internal_query_position context query query_position location application backend_type leader_pid query_id'.split(
    ' ',
  )
/** Of version 8.3, in which it appeared; without the application's name. */
const FEWEST = 22
const START = /^"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Z]{1,5}"?,/
const SESSION_ID = /^[0-9a-f]+\.[0-9a-f]+$/
const NUMBERS = new Set([
  'pid',
  'session_line',
  'leader_pid',
  'internal_query_position',
  'query_position',
])

export const postgresqlCsv: LogFormat = {
  name: 'postgresql-csv',
  title: 'PostgreSQL, csvlog',
  sureness: SURE,
  starts: '0-9"',
  multiline: true,
  goesOn: (_line, lines) => isOpen(lines),
  claim(line, record) {
    if (!START.test(line.text)) return false
    const columns = columnsOf(line.bytes, line.from, line.to, 0x2c)
    // A message of several lines may have its first one here alone.
    if (columns.length < 14 || columns.length > COLUMNS.length) return false
    if (columns.length < FEWEST && columns.at(-1)?.isQuoted !== true) return false
    const [sessionId] = columns.slice(5, 6)
    if (sessionId === undefined || !SESSION_ID.test(columnText(line.bytes, sessionId))) return false
    for (const [index, column] of columns.entries()) {
      if (column.from < column.to && !assignColumn(record, line, COLUMNS[index] ?? '', column)) {
        return false
      }
    }
    return true
  },
  samples: [
    {
      line: '2024-03-07 09:15:02.055 UTC,"jo","shop",54,"203.0.113.9:42608",65e98516.36,7,"SELECT",2024-03-07 09:10:00 UTC,3/39,0,ERROR,42P01,"relation ""carts"" does not exist",,,,,,"select * from carts",15,,"psql","client backend",,0',
      expected: {
        time: '2024-03-07T09:15:02.055Z',
        offset: 0,
        level: 'error',
        user_id: 'jo',
        client_ip: '203.0.113.9',
        database: 'shop',
        pid: 54,
        client_port: 42608,
        sqlstate: '42P01',
        query: 'select * from carts',
        application: 'psql',
        message: 'relation "carts" does not exist',
      },
    },
    {
      line: '2024-03-07 09:15:03.862 UTC,,,87,,65e98517.57,1,,2024-03-07 09:15:03 UTC,4/43,0,LOG,00000,"duration: 5.25 ms  statement: select 1,\n2",,,,,,,,,""',
      expected: {
        time: '2024-03-07T09:15:03.862Z',
        offset: 0,
        level: 'info',
        duration_ms: 5.25,
        pid: 87,
        session_id: '65e98517.57',
        message: 'duration: 5.25 ms  statement: select 1,\n2',
      },
    },
  ],
}

/** Whether a quote is open behind the last of these lines: they were joined while one was. */
function isOpen(lines: readonly Buffer[]): boolean {
  const last = lines.at(-1)
  if (last === undefined) return false
  let quotes = 0
  for (const byte of last) if (byte === 0x22) quotes++
  return (quotes % 2 === 1) === (lines.length === 1)
}

/** False: what must be a time or a level is none. */
function assignColumn(record: LogRecord, line: Line, name: string, column: Column): boolean {
  const { bytes } = line
  const { from, to } = column
  if (name === 'time') return parseTime(bytes, from, to, record)
  const text = columnText(bytes, column)
  if (name === 'level') {
    record.level = levelOfText(text)
    return record.level !== 0
  }
  if (name === 'user') record.setText(USER_ID, text)
  else if (name === 'message') assignMessage(record, text)
  else if (name === 'client') assignClient(record, text)
  else if (NUMBERS.has(name)) record.addValue(name, Number(text))
  else record.addText(name, text)
  return true
}

function assignMessage(record: LogRecord, text: string): void {
  record.setText(MESSAGE, text)
  const duration = /^duration: (\d+\.\d+) ms/.exec(text)?.[1]
  if (duration !== undefined) record.numbers[DURATION_MS] = Number(duration)
}

/** `host:port`; `[local]` is a socket. */
function assignClient(record: LogRecord, text: string): void {
  if (text.startsWith('[')) return
  const colon = text.lastIndexOf(':')
  record.setText(CLIENT_IP, colon < 0 ? text : text.slice(0, colon))
  if (colon >= 0) record.addValue('client_port', Number(text.slice(colon + 1)))
}
