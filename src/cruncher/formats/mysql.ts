import { SURE } from '../format.ts'
import { type Groups, patternFormat, setTime } from '../pattern.ts'
import type { LogRecord } from '../record.ts'

const LEVEL = String.raw`\[(?<level>System|Note|Warning|ERROR|Error)\]`

/** The error log: from 8.0 with a code and a subsystem, before 5.7 in local time, before 5.6 with six digits for the date. */
export const mysqlError = patternFormat({
  name: 'mysql-error',
  title: 'MySQL and MariaDB, error log',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  levels: { System: 'info' },
  pattern: [
    new RegExp(
      String.raw`^(?<time>\d{4}-\d\d-\d\d[T ][ \d]\d:\d\d:\d\d(?:\.\d{6}(?:Z|[+-]\d\d:\d\d))?) (?<thread>\d+) ${LEVEL} (?:\[(?<code>MY-\d+)\] \[(?<subsystem>\w+)\] )?(?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^(?<time>\d{6} [ \d]\d:\d\d:\d\d) (?:${LEVEL} | ?(?=InnoDB: |mysqld))(?<message>.*)$`,
    ),
  ],
  numbers: 'thread',
  samples: [
    {
      line: '2024-03-07T09:15:02.484123Z 5 [Warning] [MY-010453] [Server] root@localhost is created with an empty password !',
      expected: {
        time: '2024-03-07T09:15:02.484123Z',
        offset: 0,
        level: 'warn',
        thread: 5,
        code: 'MY-010453',
        subsystem: 'Server',
        message: 'root@localhost is created with an empty password !',
      },
    },
    {
      line: '2018-03-07  9:15:03 139646 [Note] mysqld: ready for connections.',
      expected: {
        time: '2018-03-07T09:15:03Z',
        level: 'notice',
        thread: 139646,
        message: 'mysqld: ready for connections.',
      },
    },
    {
      line: '160307 09:15:04 [ERROR] Aborting',
      expected: { time: '2016-03-07T09:15:04Z', level: 'error', message: 'Aborting' },
    },
    {
      line: '160307  9:15:05 mysqld_safe Starting mysqld daemon with databases from /srv/mysql',
      expected: {
        time: '2016-03-07T09:15:05Z',
        message: 'mysqld_safe Starting mysqld daemon with databases from /srv/mysql',
      },
    },
  ],
})

const COMMANDS =
  'Query|Connect|Quit|Init DB|Field List|Prepare|Execute|Close stmt|Reset stmt|Statistics|Ping|Change user|Refresh|Shutdown|Kill|Binlog Dump|Fetch|Set option|Register Slave|Daemon|Debug|Sleep|Create DB|Drop DB|Long Data'

/** The general log; statements of several lines go on. Before 5.7 a line may leave the time of the one before out. */
export const mysqlGeneral = patternFormat({
  name: 'mysql-general',
  title: 'MySQL and MariaDB, general log',
  sureness: SURE,
  starts: '0-9\t/a-zA-Z',
  multiline: true,
  pattern: [
    new RegExp(
      String.raw`^(?:(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(?:Z|[+-]\d\d:\d\d)|\d{6} [ \d]\d:\d\d:\d\d)|\t)\t *(?<thread>\d+) (?<event>${COMMANDS})(?:\t(?<message>.*))?$`,
    ),
    // What a server writes first of all, into the slow log too; two more lines explain the columns.
    /^(?<message>\S*(?:mysqld|mariadbd), Version: .* started with:)$/,
  ],
  numbers: 'thread',
  samples: [
    {
      line: '2024-03-07T09:15:02.112233Z\t    8 Query\tSELECT 1',
      expected: {
        time: '2024-03-07T09:15:02.112233Z',
        offset: 0,
        event: 'Query',
        thread: 8,
        message: 'SELECT 1',
      },
    },
    { line: '\t\t   12 Quit\t', expected: { event: 'Quit', thread: 12 } },
  ],
})

/** The slow log: comments with what a statement took, then the statement. */
export const mysqlSlow = patternFormat({
  name: 'mysql-slow',
  title: 'MySQL and MariaDB, slow log',
  sureness: SURE,
  starts: '#',
  multiline: true,
  goesOn: ({ text }, lines) =>
    !text.startsWith('# Time:') && (lines.length === 1 || !text.startsWith('# User@Host:')),
  pattern: new RegExp(
    [
      String.raw`^(?:# Time: +(?<time>[^\n\r]*)|(?=# User@Host:))`,
      String.raw`(?:(?:^|\r?\n)# User@Host: (?<user_id>[^\s[]*)\[[^\]]*\] @ (?<client_host>[^\s[]*) *\[(?<client_ip>[^\]]*)\][^\n]*)?`,
      String.raw`(?:\n# Thread_id: +(?<thread>\d+) +Schema: (?<schema>\S*)[^\n]*)?`,
      String.raw`(?:\n# (?:Schema: (?<schema_first>\S*) [^\n]*\n# )?Query_time: +(?<duration_s>[\d.]+) +Lock_time: +(?<lock_s>[\d.]+) +Rows_sent: +(?<rows_sent>\d+) +Rows_examined: +(?<rows_examined>\d+)[^\n]*)?`,
      String.raw`(?<comments>(?:\n#[^\n]*)*)(?:\n(?<message>.*))?$`,
    ].join(''),
  ),
  fields: { comments: 'drop' },
  numbers: 'thread lock_s rows_sent rows_examined',
  absent: '',
  after: takeStatementTime,
  samples: [
    {
      line: '# Time: 2024-03-07T09:15:02.123456Z\n# User@Host: jo[jo] @ web-3 [203.0.113.9]  Id:    12\n# Query_time: 2.500000  Lock_time: 0.000100 Rows_sent: 1  Rows_examined: 40000\nSET timestamp=1709802902;\nSELECT count(*)\nFROM orders;',
      expected: {
        time: '2024-03-07T09:15:02.123456Z',
        offset: 0,
        user_id: 'jo',
        client_ip: '203.0.113.9',
        duration_ms: 2500,
        client_host: 'web-3',
        rows_sent: 1,
        rows_examined: 40000,
        message: 'SET timestamp=1709802902;\nSELECT count(*)\nFROM orders;',
      },
    },
    {
      line: '# User@Host: root[root] @ localhost []\n# Thread_id: 5  Schema: shop  QC_hit: No\n# Query_time: 4.000229  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 0\n# Full_scan: No\nSELECT SLEEP(4);',
      expected: {
        user_id: 'root',
        duration_ms: 4000.229,
        schema: 'shop',
        thread: 5,
        message: 'SELECT SLEEP(4);',
      },
    },
    {
      line: '# Time: 180307 11:15:02\n# User@Host: jo[jo] @ web-3 [203.0.113.9]\n# Query_time: 2.5  Lock_time: 0.1 Rows_sent: 1  Rows_examined: 4\nuse shop;\nSET timestamp=1520414102;\nSELECT 1;',
      expected: {
        time: '2018-03-07T09:15:02Z',
        user_id: 'jo',
        client_ip: '203.0.113.9',
        duration_ms: 2500,
        message: 'use shop;\nSET timestamp=1520414102;\nSELECT 1;',
      },
    },
    {
      line: '# Time: 180307  9:15:02',
      expected: { time: '2018-03-07T09:15:02Z' },
    },
  ],
})

const STATEMENT_TIME = /(?:^|\n)SET timestamp=(\d{9,10}(?:\.\d{1,6})?);/

/** The time that the statement saw. It stands in every entry, in UTC; `# Time` may be left out, or have no zone. */
function takeStatementTime(record: LogRecord, _line: unknown, groups: Groups): void {
  if (!Number.isNaN(record.offsetMinutes)) return
  const [, seconds] = STATEMENT_TIME.exec(groups.text('message') ?? '') ?? []
  if (seconds !== undefined) setTime(record, seconds)
}
