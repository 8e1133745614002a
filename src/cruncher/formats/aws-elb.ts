import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'
import type { Groups } from '../pattern.ts'
import { DURATION_MS, type LogRecord } from '../record.ts'

const TIMES = String.raw`(?<time_request>-?[\d.]+) (?<time_target>-?[\d.]+) (?<time_response>-?[\d.]+)`
const CLIENT = String.raw`(?<client_ip>[0-9a-fA-F.:]+):(?<client_port>\d+) (?<target>\S+)`
const NUMBERS = 'client_port time_request time_target time_response target_status bytes_received'

/** "Access logs for your Classic Load Balancer" of AWS's documentation. */
export const awsElb = patternFormat({
  name: 'aws-elb',
  title: 'AWS Classic Load Balancer',
  sureness: SURE,
  starts: '0-9',
  pattern: new RegExp(
    String.raw`^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) (?<elb>\S+) ${CLIENT} ${TIMES} (?<status>\d+|-) (?<target_status>\d+|-) (?<bytes_received>\d+) (?<bytes>\d+) "(?<request>[^"]*)"(?: "(?<user_agent>[^"]*)" (?<ssl_cipher>\S+) (?<ssl_protocol>\S+))?$`,
  ),
  numbers: NUMBERS,
  after: addDuration,
  samples: [
    {
      line: '2024-03-07T09:15:02.945958Z shop-lb 203.0.113.9:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://shop.example:80/cart?x=1 HTTP/1.1" "curl/8.5.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2',
      expected: {
        time: '2024-03-07T09:15:02.945958Z',
        offset: 0,
        client_ip: '203.0.113.9',
        client_port: 2817,
        target: '10.0.0.1:80',
        method: 'GET',
        path: '/cart',
        http_host: 'shop.example',
        query: 'x=1',
        status: 200,
        bytes: 29,
        duration_ms: 1.178,
        user_agent: 'curl/8.5.0',
        elb: 'shop-lb',
      },
    },
    {
      line: '2024-03-07T09:15:03.000001Z shop-lb 203.0.113.9:2818 - -1 -1 -1 503 0 0 0 "GET https://shop.example:443/ HTTP/1.1" "-" - -',
      expected: {
        time: '2024-03-07T09:15:03.000001Z',
        offset: 0,
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/',
        http_host: 'shop.example',
        status: 503,
        bytes: 0,
      },
    },
  ],
})

/** "Access logs for your Application Load Balancer"; what was added over the years stands at its end. */
export const awsAlb = patternFormat({
  name: 'aws-alb',
  title: 'AWS Application Load Balancer',
  sureness: SURE,
  starts: 'a-z',
  pattern: new RegExp(
    String.raw`^(?<type>https?|h2|grpcs|wss?) (?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) (?<elb>\S+) ${CLIENT} ${TIMES} (?<status>\d+|-) (?<target_status>\d+|-) (?<bytes_received>\d+) (?<bytes>\d+) "(?:(?<request>[A-Z][^"]*)|(?<malformed>[^"]*))" "(?<user_agent>[^"]*)" (?<ssl_cipher>\S+) (?<ssl_protocol>\S+) (?<target_group>\S+) "(?<request_id>[^"]*)"(?: "(?<domain>[^"]*)" "(?<certificate>[^"]*)" (?<rule_priority>\S+) (?<created_at>\S+) "(?<actions>[^"]*)" "(?<redirect_url>[^"]*)" "(?<error_reason>[^"]*)")?(?<rest> .*)?$`,
  ),
  numbers: NUMBERS,
  after: addDuration,
  samples: [
    {
      line: 'h2 2024-03-07T09:15:02.945958Z app/shop/50dc6c495c0c9188 203.0.113.9:44740 10.0.0.1:8080 0.001 0.048 0.037 200 200 34 366 "GET https://shop.example:443/items/7 HTTP/2.0" "curl/8.5.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/73e2d6bc24d8a067 "Root=1-65e98516-36d228ad5d99923122bbe354" "shop.example" "arn:aws:acm:eu-west-1:111122223333:certificate/12" 2 2024-03-07T09:15:02.859000Z "forward" "-" "-" "10.0.0.1:8080" "200" "-" "-"',
      expected: {
        time: '2024-03-07T09:15:02.945958Z',
        offset: 0,
        type: 'h2',
        client_ip: '203.0.113.9',
        target: '10.0.0.1:8080',
        method: 'GET',
        path: '/items/7',
        http_host: 'shop.example',
        status: 200,
        target_status: 200,
        bytes: 366,
        bytes_received: 34,
        duration_ms: 86,
        user_agent: 'curl/8.5.0',
        request_id: 'Root=1-65e98516-36d228ad5d99923122bbe354',
        domain: 'shop.example',
        actions: 'forward',
      },
    },
    {
      line: 'http 2024-03-07T09:15:03.000001Z app/shop/50dc6c495c0c9188 203.0.113.9:44741 - -1 -1 -1 400 - 0 0 "- http://shop.example:80- -" "-" - - - "-" "-" "-" - 2024-03-07T09:15:03.000001Z "-" "-" "-"',
      expected: {
        time: '2024-03-07T09:15:03.000001Z',
        offset: 0,
        client_ip: '203.0.113.9',
        status: 400,
        bytes: 0,
        malformed: '- http://shop.example:80- -',
      },
    },
  ],
})

/** The three times are in seconds; -1 stands for one that did not happen. */
function addDuration(record: LogRecord, _line: unknown, groups: Groups): void {
  const seconds = ['time_request', 'time_target', 'time_response'].map(name =>
    Number(groups.text(name)),
  )
  if (seconds.some(time => Number.isNaN(time) || time < 0)) return
  const total = seconds.reduce((sum, time) => sum + time, 0)
  record.numbers[DURATION_MS] = Math.round(total * 1e6) / 1e3
}
