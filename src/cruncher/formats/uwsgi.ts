import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** uWSGI's request log; short ones are measured in microseconds. */
export const uwsgi = patternFormat({
  name: 'uwsgi',
  title: 'uWSGI',
  sureness: SURE,
  starts: '[',
  pattern: new RegExp(
    [
      String.raw`^\[pid: (?<pid>\d+)\|app: (?<app>-?\d+)\|req: (?<request_number>-?\d+\/\d+)\] (?<client_ip>\S+) \((?<user_id>[^)]*)\) \{(?<variables>\d+) vars in (?<request_bytes>\d+) bytes\}`,
      String.raw` \[(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] (?<method>[A-Z]+) (?<url>\S+) => generated (?<bytes>\d+) bytes in (?:(?<duration_ms>\d+) msecs|(?<duration_us>\d+) micros)`,
      String.raw`(?: via \S+)? \((?<protocol>HTTP/\d(?:\.\d)?) (?<status>\d+)\)(?<rest> .*)?$`,
    ].join(''),
  ),
  numbers: 'pid app variables request_bytes',
  samples: [
    {
      line: '[pid: 88185|app: 0|req: 1/1] 203.0.113.9 () {38 vars in 696 bytes} [Thu Mar  7 09:15:02 2024] POST /cart?x=1 => generated 47 bytes in 129 msecs (HTTP/1.1 200) 9 headers in 378 bytes (1 switches on core 3)',
      expected: {
        time: '2024-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        method: 'POST',
        path: '/cart',
        status: 200,
        bytes: 47,
        duration_ms: 129,
        pid: 88185,
        protocol: 'HTTP/1.1',
        query: 'x=1',
      },
    },
    {
      line: '[pid: 7|app: 0|req: 3/3] 203.0.113.9 (jo) {34 vars in 617 bytes} [Thu Mar  7 09:15:03 2024] GET / => generated 215 bytes in 68 micros via sendfile() (HTTP/1.0 304) 3 headers in 90 bytes (1 switches on core 0)',
      expected: {
        time: '2024-03-07T09:15:03Z',
        client_ip: '203.0.113.9',
        user_id: 'jo',
        method: 'GET',
        path: '/',
        status: 304,
        bytes: 215,
        duration_ms: 0.068,
      },
    },
  ],
})
