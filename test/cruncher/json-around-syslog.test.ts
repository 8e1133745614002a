/** A JSON object whose message is a line of syslog is unwrapped, as is what lies in that; other messages stay texts. */
import { expect, test } from 'vitest'
import { crunched } from './crunched-lines.ts'

const REQUEST = '203.0.113.9 - - [03/Nov/2025:09:23:38 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8"'

test.each<readonly [string, object, object]>([
  [
    'RFC 3164: the program and its message; the whole time is that of the object',
    {
      timestamp: '2025-11-03 06:24:38.000',
      source: 'a.log',
      message: 'Nov  3 09:23:38 web-3 automount[7998]: lookup(file): failed\n',
      host: 'relay-1',
    },
    {
      format: 'json/syslog-rfc3164',
      time: '2025-11-03T06:24:38Z',
      host: 'web-3',
      service: 'automount',
      message: 'lookup(file): failed',
      attributes: { pid: 7998, source: 'a.log' },
    },
  ],
  [
    'with a priority, and a known format in it',
    { msg: `<134>Nov  3 09:23:38 web-3 nginx: ${REQUEST}`, shipper: 'b' },
    { format: 'json/syslog-rfc3164/access-combined', host: 'web-3', path: '/a', status: 200 },
  ],
  [
    'RFC 5424',
    { message: '<34>1 2025-11-03T09:23:38Z web-3 su 17 ID47 - denied', n: 1 },
    { format: 'json/syslog-rfc5424', host: 'web-3', service: 'su', message: 'denied' },
  ],
  [
    'with a time of ISO 8601',
    { message: '2025-11-03T09:23:38+01:00 web-3 su[17]: denied', n: 1 },
    { format: 'json/syslog-iso8601', time: '2025-11-03T08:23:38Z', message: 'denied' },
  ],
  [
    'of logstash',
    {
      '@timestamp': '2025-11-03T09:23:40Z',
      '@version': '1',
      message: 'Nov  3 09:23:38 web-3 su[17]: denied',
    },
    { format: 'logstash-json/syslog-rfc3164', time: '2025-11-03T09:23:40Z', service: 'su' },
  ],
  [
    'a message that only begins so',
    { message: 'Nov  3 was the day when it broke\n', level: 'warn' },
    { format: 'json', level: 'warn', message: 'Nov  3 was the day when it broke\n' },
  ],
  [
    'a message that is a line of another format',
    { message: REQUEST, level: 'warn' },
    { format: 'json', level: 'warn', message: REQUEST },
  ],
])('%s', (_, object, expected) => {
  const { rows, account } = crunched(`${JSON.stringify(object)}\n`)
  expect(rows).toMatchObject([expected])
  expect(account).toMatchObject({ lines: 1, out: 1 })
})
