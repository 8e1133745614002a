import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** SQL Server's ERRORLOG: hundredths of a second, then who writes, filled up to twelve characters. */
export const mssqlErrorlog = patternFormat({
  name: 'mssql-errorlog',
  title: 'SQL Server, error log',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d) (?<process>spid\d+s?|Logon|Server|Backup|[A-Z]\w+ *(?= {2}))\s+(?<message>(?:Error: (?<error>\d+), Severity: (?<severity>\d+), State: (?<state>\d+))?.*?(?:\[CLIENT: (?<client_ip>[^\]]{0,60})\])?)$/,
  numbers: 'error severity state',
  absent: '<local machine>',
  after: (record, _line, groups) => {
    const severity = Number(groups.text('severity') ?? 0)
    // Of 0 to 25: up to 10 they inform, from 20 the connection ends.
    if (severity > 10) record.level = severity < 20 ? 6 : 7
  },
  samples: [
    {
      line: '2024-03-07 09:15:02.17 Logon       Error: 18456, Severity: 14, State: 8.',
      expected: {
        time: '2024-03-07T09:15:02.17Z',
        level: 'error',
        process: 'Logon',
        error: 18456,
        severity: 14,
        message: 'Error: 18456, Severity: 14, State: 8.',
      },
    },
    {
      line: "2024-03-07 09:15:02.17 spid9s      Login failed for user 'jo'. [CLIENT: 203.0.113.9]",
      expected: {
        time: '2024-03-07T09:15:02.17Z',
        process: 'spid9s',
        client_ip: '203.0.113.9',
        message: "Login failed for user 'jo'. [CLIENT: 203.0.113.9]",
      },
    },
  ],
})
