import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Squid's native access log. */
export const squid = patternFormat({
  name: 'squid',
  title: 'Squid access log',
  sureness: SURE,
  starts: '0-9',
  pattern:
    /^(?<time>\d{10}\.\d{3}) +(?<duration_ms>\d+) (?<client_ip>\S+) (?<event>[A-Z_]+)\/(?<status>\d{3}) (?<bytes>\d+) (?<method>[A-Z]+) (?<url>\S+) (?<user_id>\S+) (?<hierarchy>[A-Z_]+)\/(?<upstream>\S+) (?<content_type>\S+)$/,
  samples: [
    {
      line: '1709802902.123    200 203.0.113.9 TCP_MISS/200 1387 GET http://shop.example/cart?x=1 jo HIER_DIRECT/192.0.2.7 text/html',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        client_ip: '203.0.113.9',
        user_id: 'jo',
        method: 'GET',
        path: '/cart',
        http_host: 'shop.example',
        query: 'x=1',
        status: 200,
        bytes: 1387,
        duration_ms: 200,
        event: 'TCP_MISS',
        hierarchy: 'HIER_DIRECT',
        content_type: 'text/html',
      },
    },
    {
      line: '1709802903.001      0 203.0.113.9 TCP_DENIED/407 3901 CONNECT shop.example:443 - HIER_NONE/- text/html',
      expected: {
        time: '2024-03-07T09:15:03.001Z',
        client_ip: '203.0.113.9',
        method: 'CONNECT',
        path: 'shop.example:443',
        status: 407,
        bytes: 3901,
        duration_ms: 0,
        event: 'TCP_DENIED',
      },
    },
  ],
})
