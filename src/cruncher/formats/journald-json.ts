import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** `journalctl -o json`: names in capitals are the program's, those behind `_` the journal's own. Times are microseconds. */
export const journaldJson: MemberFormat = {
  name: 'journald-json',
  title: 'systemd journal, as JSON',
  sureness: SURE,
  has: ['__REALTIME_TIMESTAMP'],
  levels: 'syslog',
  envelope: true,
  fields: {
    __REALTIME_TIMESTAMP: 'time',
    MESSAGE: 'message',
    PRIORITY: 'level',
    _HOSTNAME: 'host',
    SYSLOG_IDENTIFIER: 'service',
    _SYSTEMD_UNIT: 'service',
    _COMM: 'service',
  },
  samples: [
    {
      line: '{ "__CURSOR" : "s=e991", "__REALTIME_TIMESTAMP" : "1709626530021345", "_BOOT_ID" : "0dc8", "PRIORITY" : "3", "_HOSTNAME" : "web-3", "SYSLOG_IDENTIFIER" : "shop", "_SYSTEMD_UNIT" : "shop.service", "_PID" : "184", "MESSAGE" : "stock is low" }',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        level: 'error',
        host: 'web-3',
        service: 'shop',
        message: 'stock is low',
        _SYSTEMD_UNIT: 'shop.service',
      },
    },
    {
      line: '{"__REALTIME_TIMESTAMP":"1709626530021345","PRIORITY":"6","_HOSTNAME":"web-3","_COMM":"caddy","MESSAGE":"{\\"level\\":\\"error\\",\\"ts\\":1709626530.5,\\"logger\\":\\"tls.obtain\\",\\"msg\\":\\"refused\\"}"}',
      expected: {
        time: '2024-03-05T08:15:30.5Z',
        level: 'error',
        host: 'web-3',
        service: 'caddy',
        logger: 'tls.obtain',
        message: 'refused',
      },
    },
  ],
}
