import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

const TAIL = [
  String.raw`(?:, client: (?<client_ip>[^,]*)(?:, server: (?<server>[^,]*))?`,
  String.raw`(?:, login: "(?<user_id>[^"]*)")?(?:, request: "(?<request>[^"]*)")?`,
  String.raw`(?:, subrequest: "(?<subrequest>[^"]*)")?(?:, upstream: "(?<upstream>[^"]*)")?`,
  String.raw`(?:, host: "(?<http_host>[^"]*)")?(?:, referrer: "(?<referrer>[^"]*)")?)?$`,
].join('')

/** ngx_log.c: what a request adds to a message stands behind it, in this order. */
export const nginxError = patternFormat({
  name: 'nginx-error',
  title: 'nginx error log',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern: new RegExp(
    String.raw`^(?<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?<level>[a-z]+)\] (?<pid>\d+)#(?<tid>\d+): (?:\*(?<connection>\d+) )?(?<message>.*?)${TAIL}`,
  ),
  numbers: 'pid tid connection',
  samples: [
    {
      line: '2024/03/07 09:15:02 [error] 812#813: *4471 open() "/srv/www/robots.txt" failed (2: No such file or directory), client: 203.0.113.9, server: shop.example, request: "GET /robots.txt?v=2 HTTP/1.1", host: "shop.example", referrer: "https://shop.example/"',
      expected: {
        time: '2024-03-07T09:15:02Z',
        level: 'error',
        pid: 812,
        tid: 813,
        connection: 4471,
        message: 'open() "/srv/www/robots.txt" failed (2: No such file or directory)',
        client_ip: '203.0.113.9',
        server: 'shop.example',
        method: 'GET',
        path: '/robots.txt',
        query: 'v=2',
        protocol: 'HTTP/1.1',
        http_host: 'shop.example',
        referrer: 'https://shop.example/',
      },
    },
    {
      line: '2024/03/07 09:15:40 [notice] 1#1: signal process started',
      expected: {
        time: '2024-03-07T09:15:40Z',
        level: 'notice',
        pid: 1,
        message: 'signal process started',
      },
    },
    {
      line: '2024/03/07 09:16:11 [info] 9#9: *17 client login failed: "535 nö" while in http auth state, client: 198.51.100.4, server: 0.0.0.0:25, login: "jo@mail.example"',
      expected: {
        time: '2024-03-07T09:16:11Z',
        level: 'info',
        message: 'client login failed: "535 nö" while in http auth state',
        client_ip: '198.51.100.4',
        server: '0.0.0.0:25',
        user_id: 'jo@mail.example',
      },
    },
  ],
})
