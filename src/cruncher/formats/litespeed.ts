import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** LiteSpeed's error log: process, then the connection with its client. */
export const litespeed = patternFormat({
  name: 'litespeed',
  title: 'LiteSpeed, error log',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}) \[(?<level>DEBUG|INFO|NOTICE|WARN|ERROR|ALERT|FATAL)\] \[(?<pid>\d+)\] (?:\[(?:T\d|(?<client_ip>[0-9a-fA-F.:]+):(?<client_port>\d+)(?<connection>[^\]]*))\] )(?<message>.*)$/,
  numbers: 'pid client_port',
  samples: [
    {
      line: '2024-03-07 09:15:02.774649 [NOTICE] [1226033] [203.0.113.9:45164:HTTP2-41#shop] Failed login of jo',
      expected: {
        time: '2024-03-07T09:15:02.774649Z',
        level: 'notice',
        client_ip: '203.0.113.9',
        client_port: 45164,
        connection: ':HTTP2-41#shop',
        pid: 1226033,
        message: 'Failed login of jo',
      },
    },
    {
      line: '2024-03-07 09:15:03.000001 [INFO] [7] [T0] server started',
      expected: {
        time: '2024-03-07T09:15:03.000001Z',
        level: 'info',
        pid: 7,
        message: 'server started',
      },
    },
  ],
})
