import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'
import { PATH, REQUEST_ID, type LogRecord } from '../record.ts'

/** What ModSecurity adds to a message: `[id "920350"]`. */
const TAG = /\[([a-z_]+) "((?:[^"\\]|\\.)*)"\]/g

/** `ErrorLogFormat` as it is unless set, of Apache 2.4 and of 2.2; the client's port is new in 2.4. */
export const apacheError = patternFormat({
  name: 'apache-error',
  title: 'Apache error log, with ModSecurity',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern: new RegExp(
    [
      String.raw`^\[(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \d{4})\]`,
      String.raw` \[(?:(?<logger>\w*):)?(?<level>[a-z]+)\d?\]`,
      String.raw`(?: \[pid (?<pid>\d+)(?::tid (?<tid>\d+))?\])?`,
      String.raw`(?: (?<code_place>[\w./-]+\(\d+\)):)?(?: (?<os_error>\(\d+\)[^:\[]*):)?`,
      String.raw`(?: \[client (?<client_ip>[^\]]*?[^\]:])(?::(?<client_port>0|\d{2,5}))?\])?`,
      String.raw` (?<message>.*?)(?:, referer: (?<referrer>\S*))?$`,
    ].join(''),
  ),
  numbers: 'pid tid client_port',
  after: (record, _line, groups) => {
    const message = groups.text('message')
    if (message?.includes('ModSecurity: ') === true) addTags(record, message)
  },
  samples: [
    {
      line: '[Thu Mar 07 09:15:02.123456 2024] [authz_core:error] [pid 4120:tid 140221] [client 203.0.113.9:51514] AH01630: client denied by server configuration: /srv/www/private, referer: https://shop.example/',
      expected: {
        time: '2024-03-07T09:15:02.123456Z',
        level: 'error',
        logger: 'authz_core',
        pid: 4120,
        tid: 140221,
        client_ip: '203.0.113.9',
        client_port: 51514,
        message: 'AH01630: client denied by server configuration: /srv/www/private',
        referrer: 'https://shop.example/',
      },
    },
    {
      line: '[Thu Mar 07 09:15:02 2013] [notice] Apache/2.2.22 (Debian) configured -- resuming normal operations',
      expected: {
        time: '2013-03-07T09:15:02Z',
        level: 'notice',
        message: 'Apache/2.2.22 (Debian) configured -- resuming normal operations',
      },
    },
    {
      line: '[Thu Mar  7 09:15:03.5 2024] [:error] [pid 9] [client ::1:40022] [client ::1] ModSecurity: Access denied with code 403 (phase 2). [id "949110"] [msg "Anomaly \\"score\\" exceeded"] [hostname "shop.example"] [uri "/login"] [unique_id "Zelf0eUAAQEAAB1oW2cAAAAB"]',
      expected: {
        time: '2024-03-07T09:15:03.5Z',
        level: 'error',
        client_ip: '::1',
        client_port: 40022,
        message:
          '[client ::1] ModSecurity: Access denied with code 403 (phase 2). [id "949110"] [msg "Anomaly \\"score\\" exceeded"] [hostname "shop.example"] [uri "/login"] [unique_id "Zelf0eUAAQEAAB1oW2cAAAAB"]',
        path: '/login',
        request_id: 'Zelf0eUAAQEAAB1oW2cAAAAB',
        id: '949110',
        msg: 'Anomaly "score" exceeded',
        hostname: 'shop.example',
      },
    },
  ],
})

function addTags(record: LogRecord, message: string): void {
  for (const [, name = '', escaped = ''] of message.matchAll(TAG)) {
    const value = escaped.replaceAll(/\\(.)/g, '$1')
    if (name === 'uri') record.setText(PATH, value)
    else if (name === 'unique_id') record.setText(REQUEST_ID, value)
    else record.addText(name, value)
  }
}
