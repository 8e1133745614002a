import { LIKELY, SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

const LONG_TIME = String.raw`(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})`

export const vsftpd = patternFormat({
  name: 'vsftpd',
  title: 'vsftpd',
  sureness: SURE,
  starts: 'A-Z',
  pattern: new RegExp(
    String.raw`^${LONG_TIME} \[pid (?<pid>\d+)\] (?:\[(?<user_id>[^\]]*)\] )?(?<event>(?:OK|FAIL) [A-Z]+|CONNECT|FTP command|FTP response|DEBUG): (?<message>Client "(?<client_ip>[^"]*)".*)$`,
  ),
  numbers: 'pid',
  samples: [
    {
      line: 'Thu Mar  7 09:15:02 2024 [pid 3] [jo] FTP response: Client "203.0.113.9", "230 Login successful."',
      expected: {
        time: '2024-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        user_id: 'jo',
        event: 'FTP response',
        pid: 3,
        message: 'Client "203.0.113.9", "230 Login successful."',
      },
    },
    {
      line: 'Thu Mar  7 09:15:03 2024 [pid 2] CONNECT: Client "203.0.113.9"',
      expected: {
        time: '2024-03-07T09:15:03Z',
        client_ip: '203.0.113.9',
        event: 'CONNECT',
        message: 'Client "203.0.113.9"',
      },
    },
  ],
})

/** xferlog(5), which all FTP servers can write: seconds, client, bytes, file. */
export const xferlog = patternFormat({
  name: 'xferlog',
  title: 'FTP transfers (xferlog)',
  sureness: SURE,
  starts: 'A-Z',
  fields: { seconds: 'duration_s' },
  pattern: new RegExp(
    String.raw`^${LONG_TIME} (?<seconds>\d+) (?<client_ip>\S+) (?<bytes>\d+) (?<path>\S+) (?<type>[ab]) (?<action>[CUT_]) (?<direction>[oid]) (?<access>[arg]) (?<user_id>\S+) (?<protocol>\w+) (?<authentication>[01]) (?<authenticated_user>\S+)(?: (?<completion>[ci]))?$`,
  ),
  absent: '*',
  samples: [
    {
      line: 'Thu Mar  7 09:15:02 2024 2 203.0.113.9 1387 /pub/list.gz b _ o r jo ftp 0 * c',
      expected: {
        time: '2024-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        user_id: 'jo',
        path: '/pub/list.gz',
        direction: 'o',
        bytes: 1387,
        duration_ms: 2000,
        completion: 'c',
        type: 'b',
      },
    },
    {
      line: 'Thu Mar  7 09:15:03 2024 1 203.0.113.9 0 /in/a.txt a _ i a guest@shop.example ftp 0 * i',
      expected: {
        time: '2024-03-07T09:15:03Z',
        client_ip: '203.0.113.9',
        user_id: 'guest@shop.example',
        path: '/in/a.txt',
        direction: 'i',
        bytes: 0,
        duration_ms: 1000,
      },
    },
  ],
})

export const proftpd = patternFormat({
  name: 'proftpd',
  title: 'ProFTPD',
  sureness: SURE,
  starts: '0-9',
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?<host>\S+) (?<service>proftpd)\[(?<pid>\d+)\](?: (?<server>[^\s(:]+))?(?: \((?<client_host>[^[)]*)\[(?<client_ip>[^\]]*)\]\))?: (?<message>.*)$/,
  numbers: 'pid',
  samples: [
    {
      line: '2024-03-07 09:15:02,124 ftp-1 proftpd[498625] ftp.example (client.example[203.0.113.9]): USER jo: no such user found',
      expected: {
        time: '2024-03-07T09:15:02.124Z',
        service: 'proftpd',
        host: 'ftp-1',
        client_ip: '203.0.113.9',
        client_host: 'client.example',
        server: 'ftp.example',
        pid: 498625,
        message: 'USER jo: no such user found',
      },
    },
    {
      line: '2024-03-07 09:15:03,000 ftp-1 proftpd[7]: ProFTPD 1.3.8 standalone mode STARTUP',
      expected: {
        time: '2024-03-07T09:15:03Z',
        service: 'proftpd',
        host: 'ftp-1',
        message: 'ProFTPD 1.3.8 standalone mode STARTUP',
      },
    },
  ],
})

/** rsync's log file, of the daemon and of a client. */
export const rsync = patternFormat({
  name: 'rsync',
  title: 'rsync',
  sureness: LIKELY,
  starts: '0-9',
  pattern:
    /^(?<time>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[(?<pid>\d+)\] (?<message>(?:(?:connect|rsync (?:on|to|from)|rsync allowed access on module) [^(]*\((?<client_ip>[0-9a-fA-F.:]+)\)|).*)$/,
  numbers: 'pid',
  samples: [
    {
      line: '2024/03/07 09:15:02 [8227] connect from backup.example (203.0.113.9)',
      expected: {
        time: '2024-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        pid: 8227,
        message: 'connect from backup.example (203.0.113.9)',
      },
    },
    {
      line: '2024/03/07 09:15:03 [8227] sent 120 bytes  received 4096 bytes  total size 3900',
      expected: {
        time: '2024-03-07T09:15:03Z',
        pid: 8227,
        message: 'sent 120 bytes  received 4096 bytes  total size 3900',
      },
    },
  ],
})
