import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

const START = String.raw`^(?<client_ip>[0-9a-fA-F.:]+):(?<client_port>\d+) \[(?<time>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] (?<frontend>\S+) (?<backend>[^\s/]+)/(?<server>\S+)`
const CONNECTIONS = String.raw`(?<connections>\d+/\d+/\d+/\d+/\+?\d+) (?<queues>\d+/\d+)`

/** HAProxy configuration manual, 8.2.3: `option httplog`; what proxies capture of headers stands in braces. */
export const haproxyHttp = patternFormat({
  name: 'haproxy-http',
  title: 'HAProxy, HTTP',
  sureness: SURE,
  starts: '0-9a-fA-F:',
  pattern: new RegExp(
    String.raw`${START} (?<time_request>-?\d+)/(?<time_queue>-?\d+)/(?<time_connect>-?\d+)/(?<time_response>-?\d+)/\+?(?<duration_ms>\d+) (?<status>-?\d+) \+?(?<bytes>\d+) (?<request_cookie>\S+) (?<response_cookie>\S+) (?<termination>\S{4}) ${CONNECTIONS}(?: \{(?<request_headers>[^}]*)\})?(?: \{(?<response_headers>[^}]*)\})? "(?<request>[^"]*)"?$`,
  ),
  numbers: 'client_port time_request time_queue time_connect time_response',
  samples: [
    {
      line: '203.0.113.9:40212 [07/Mar/2024:09:15:02.417] www~ api/node3 2/0/1/38/41 200 1830 - - ---- 12/9/3/1/0 0/0 {shop.example|curl} "GET /v1/orders?page=2 HTTP/1.1"',
      expected: {
        time: '2024-03-07T09:15:02.417Z',
        client_ip: '203.0.113.9',
        client_port: 40212,
        frontend: 'www~',
        backend: 'api',
        server: 'node3',
        time_response: 38,
        duration_ms: 41,
        status: 200,
        bytes: 1830,
        termination: '----',
        request_headers: 'shop.example|curl',
        method: 'GET',
        path: '/v1/orders',
      },
    },
    {
      line: '2001:db8::7:51040 [07/Mar/2024:09:15:03.000] www www/<NOSRV> -1/-1/-1/-1/5003 408 212 - - cR-- 1/1/0/0/0 0/0 "<BADREQ>"',
      expected: {
        time: '2024-03-07T09:15:03Z',
        client_ip: '2001:db8::7',
        duration_ms: 5003,
        status: 408,
        bytes: 212,
        server: '<NOSRV>',
        time_request: -1,
        request: '<BADREQ>',
      },
    },
  ],
})

/** 8.2.2: `option tcplog`. */
export const haproxyTcp = patternFormat({
  name: 'haproxy-tcp',
  title: 'HAProxy, TCP',
  sureness: SURE,
  starts: '0-9a-fA-F:',
  pattern: new RegExp(
    String.raw`${START} (?<time_queue>-?\d+)/(?<time_connect>-?\d+)/\+?(?<duration_ms>\d+) \+?(?<bytes>\d+) (?<termination>\S\S) ${CONNECTIONS}$`,
  ),
  numbers: 'client_port time_queue time_connect',
  samples: [
    {
      line: '203.0.113.9:40213 [07/Mar/2024:09:15:04.901] pg pg/db1 0/1/5006 2301 -- 4/3/2/1/0 0/0',
      expected: {
        time: '2024-03-07T09:15:04.901Z',
        client_ip: '203.0.113.9',
        duration_ms: 5006,
        bytes: 2301,
        frontend: 'pg',
        backend: 'pg',
        server: 'db1',
        time_connect: 1,
      },
    },
    {
      line: '203.0.113.9:40214 [07/Mar/2024:09:15:05.001] pg pg/<NOSRV> -1/-1/0 0 SC 1/1/0/0/3 0/0',
      expected: {
        time: '2024-03-07T09:15:05.001Z',
        client_ip: '203.0.113.9',
        duration_ms: 0,
        bytes: 0,
        termination: 'SC',
      },
    },
  ],
})

/** What it writes of a connection where no option is set. */
export const haproxyConnect = patternFormat({
  name: 'haproxy-connect',
  title: 'HAProxy, connections',
  sureness: SURE,
  starts: 'C',
  pattern:
    /^(?<message>Connect from (?<client_ip>[0-9a-fA-F.:]+):(?<client_port>\d+) to (?<server_ip>[0-9a-fA-F.:]+):(?<server_port>\d+) \((?<frontend>[^/)]*)\/(?<mode>[A-Z]+)\))$/,
  numbers: 'client_port server_port',
  samples: [
    {
      line: 'Connect from 203.0.113.9:40215 to 192.0.2.10:443 (www/HTTP)',
      expected: {
        message: 'Connect from 203.0.113.9:40215 to 192.0.2.10:443 (www/HTTP)',
        client_ip: '203.0.113.9',
        client_port: 40215,
        server_ip: '192.0.2.10',
        server_port: 443,
        frontend: 'www',
        mode: 'HTTP',
      },
    },
    {
      line: 'Connect from 2001:db8::9:40216 to 2001:db8::1:5432 (pg/TCP)',
      expected: {
        message: 'Connect from 2001:db8::9:40216 to 2001:db8::1:5432 (pg/TCP)',
        client_ip: '2001:db8::9',
        server_ip: '2001:db8::1',
        frontend: 'pg',
      },
    },
  ],
})
