import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** PgBouncer; a client (`C-`) or server (`S-`) connection stands before its user, database and address. */
export const pgbouncer = patternFormat({
  name: 'pgbouncer',
  title: 'PgBouncer',
  sureness: SURE,
  starts: '0-9',
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}(?: [A-Z]{1,5})?) \[?(?<pid>\d+)\]? (?<level>LOG|ERROR|FATAL|WARNING|DEBUG|NOISE|INFO|STATS) (?:(?<connection>[CS]-0x[0-9a-f]+): (?<database>[^\s/]+)\/(?<user_id>[^\s@]+)@(?:unix(?:\(\d+\))?|(?<client_ip>[^\s:]+|\[[^\]]*\])):(?<client_port>\d+) )?(?<message>.*)$/,
  numbers: 'pid client_port',
  absent: '(nodb)',
  levels: { NOISE: 'trace', STATS: 'info' },
  samples: [
    {
      line: '2018-03-07 09:15:02.775 3392 LOG C-0x1af0838: shop/jo@203.0.113.9:51514 login attempt: db=shop user=jo tls=no',
      expected: {
        time: '2018-03-07T09:15:02.775Z',
        level: 'info',
        user_id: 'jo',
        client_ip: '203.0.113.9',
        client_port: 51514,
        database: 'shop',
        connection: 'C-0x1af0838',
        pid: 3392,
        message: 'login attempt: db=shop user=jo tls=no',
      },
    },
    {
      line: '2024-03-07 09:15:03.001 UTC [12] WARNING DNS lookup failed: db-2: result=0',
      expected: {
        time: '2024-03-07T09:15:03.001Z',
        offset: 0,
        level: 'warn',
        pid: 12,
        message: 'DNS lookup failed: db-2: result=0',
      },
    },
  ],
})
