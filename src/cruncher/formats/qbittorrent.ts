import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** The level as a letter: normal, information, warning, critical. */
export const qbittorrent = patternFormat({
  name: 'qbittorrent',
  title: 'qBittorrent',
  sureness: SURE,
  starts: '(',
  levels: { N: 'info' },
  pattern:
    /^\((?<level>[NIWC])\) (?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) - (?<message>.*?(?:, IP: (?<client_ip>[0-9a-fA-F.:]+)(?:, username: (?<user_id>.*))?)?)$/,
  samples: [
    {
      line: '(W) 2024-03-07T09:15:02 - WebAPI login failure. Reason: invalid credentials, attempt count: 1, IP: 203.0.113.9, username: jo',
      expected: {
        time: '2024-03-07T09:15:02Z',
        level: 'warn',
        client_ip: '203.0.113.9',
        user_id: 'jo',
        message:
          'WebAPI login failure. Reason: invalid credentials, attempt count: 1, IP: 203.0.113.9, username: jo',
      },
    },
    {
      line: '(N) 2024-03-07T09:15:03 - UPnP/NAT-PMP support: ON',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'info',
        message: 'UPnP/NAT-PMP support: ON',
      },
    },
  ],
})
