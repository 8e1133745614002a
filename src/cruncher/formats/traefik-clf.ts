import { CLF_TIME } from '../expression.ts'
import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Combined, then the request's number, the router, the server's URL and the time it took. */
export const traefikClf = patternFormat({
  name: 'traefik-clf',
  title: 'Traefik access log (common log format)',
  sureness: SURE,
  starts: '0-9a-fA-F:[',
  pattern: new RegExp(
    String.raw`^(?<client_ip>[0-9a-fA-F.:]+) - (?<user_id>\S+) \[(?<time>${CLF_TIME})\] "(?<request>[^"]*)" (?<status>\d+|-) (?<bytes>\d+|-) (?:"(?<referrer>[^"]*)"|-) (?:"(?<user_agent>[^"]*)"|-) (?<request_number>\d+) (?:"(?<router>[^"]*)"|-) (?:"(?<upstream>[^"]*)"|-) (?<duration_ms>\d+)ms$`,
  ),
  numbers: 'request_number',
  samples: [
    {
      line: '203.0.113.9 - jo [07/Mar/2024:09:15:02 +0100] "GET /assets/logo.svg HTTP/2.0" 304 0 "https://shop.example/" "Mozilla/5.0" 262 "shop@docker" "http://172.19.0.3:5601" 2ms',
      expected: {
        time: '2024-03-07T08:15:02Z',
        offset: 60,
        client_ip: '203.0.113.9',
        user_id: 'jo',
        method: 'GET',
        path: '/assets/logo.svg',
        status: 304,
        bytes: 0,
        duration_ms: 2,
        user_agent: 'Mozilla/5.0',
        referrer: 'https://shop.example/',
        router: 'shop@docker',
        upstream: 'http://172.19.0.3:5601',
        request_number: 262,
      },
    },
    {
      line: '2001:db8::9 - - [07/Mar/2024:09:15:05 +0000] "GET / HTTP/1.1" 404 19 "-" "-" 263 "-" "-" 0ms',
      expected: {
        time: '2024-03-07T09:15:05Z',
        offset: 0,
        client_ip: '2001:db8::9',
        method: 'GET',
        path: '/',
        status: 404,
        bytes: 19,
        duration_ms: 0,
      },
    },
  ],
})
