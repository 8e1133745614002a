import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Envoy's access log as JSON, as Istio sets it up: durations in milliseconds. */
export const envoyJson: MemberFormat = {
  name: 'envoy-json',
  title: 'Envoy, Istio access log, as JSON',
  sureness: SURE,
  has: ['start_time', 'response_code', 'response_flags'],
  absent: ['-'],
  fields: {
    start_time: 'time',
    method: 'method',
    path: 'url',
    response_code: 'status',
    bytes_sent: 'bytes',
    duration: 'duration_ms',
    downstream_remote_address: 'client_address',
    x_forwarded_for: 'attribute',
    request_id: 'request_id',
    user_agent: 'user_agent',
    authority: 'http_host',
    upstream_cluster: 'service',
    route_name: 'attribute',
  },
  samples: [
    {
      line: '{"authority":"shop.example","bytes_received":0,"bytes_sent":512,"downstream_remote_address":"203.0.113.4:51234","duration":12,"method":"GET","path":"/carts/17?dry=1","protocol":"HTTP/1.1","request_id":"r-17","response_code":200,"response_flags":"-","route_name":"default","start_time":"2024-03-05T08:15:30.021Z","upstream_cluster":"outbound|80||carts","upstream_service_time":"11","user_agent":"curl/8.1","x_forwarded_for":null}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        service: 'outbound|80||carts',
        http_host: 'shop.example',
        client_ip: '203.0.113.4',
        method: 'GET',
        path: '/carts/17',
        query: 'dry=1',
        request_id: 'r-17',
        user_agent: 'curl/8.1',
        status: 200,
        bytes: 512,
        duration_ms: 12,
      },
    },
  ],
}
