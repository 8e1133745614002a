import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Access logs whose `log_format` is JSON of nginx's own variables, by whatever choice of them. Times are seconds. */
export const nginxJson: MemberFormat = {
  name: 'nginx-json',
  title: 'nginx access log, as JSON',
  sureness: SURE,
  has: ['status', 'remote_addr'],
  hasOneOf: [
    ['request', 'request_uri', 'request_method', 'uri'],
    [
      'request_time',
      'body_bytes_sent',
      'bytes_sent',
      'http_user_agent',
      'time_local',
      'time_iso8601',
    ],
  ],
  absent: ['-'],
  fields: {
    time_iso8601: 'time',
    msec: 'time',
    time_local: 'time',
    remote_addr: 'client_ip',
    remote_user: 'user_id',
    request_method: 'method',
    request_uri: 'url',
    uri: 'url',
    request: 'request',
    body_bytes_sent: 'bytes',
    bytes_sent: 'bytes',
    request_time: 'duration_s',
    http_user_agent: 'user_agent',
    http_host: 'http_host',
    host: 'http_host',
    server_name: 'http_host',
    request_id: 'request_id',
    upstream_addr: 'attribute',
  },
  samples: [
    {
      line: '{"time_local":"05/Mar/2024:09:15:30 +0100","remote_addr":"203.0.113.4","remote_user":"-","request":"GET /carts/17?dry=1 HTTP/1.1","status": "200","body_bytes_sent":"512","request_time":"0.012","http_referrer":"","http_user_agent":"curl/8.1","http_host":"shop.example","upstream_response_time":"0.010"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 60,
        http_host: 'shop.example',
        client_ip: '203.0.113.4',
        method: 'GET',
        path: '/carts/17',
        query: 'dry=1',
        protocol: 'HTTP/1.1',
        status: 200,
        bytes: 512,
        duration_ms: 12,
        user_agent: 'curl/8.1',
        upstream_response_time: '0.010',
      },
    },
  ],
}
