import type { AccessLog } from '../access/access-log.ts'

const COMMON = {
  time: '2024-03-05T08:15:30Z',
  offset: 60,
  client_ip: '203.0.113.4',
  method: 'GET',
  path: '/carts/17',
  query: 'dry=1',
  protocol: 'HTTP/1.1',
  status: 200,
  bytes: 512,
}
const START = '203.0.113.4 - - [05/Mar/2024:09:15:30 +0100] "GET /carts/17?dry=1 HTTP/1.1" 200 512'
const PAGES = '"https://shop.example/" "curl/8.1"'
const COMBINED = { ...COMMON, referer: 'https://shop.example/', user_agent: 'curl/8.1' }

/** The access logs of Apache, nginx and whoever writes as they do. */
export const ACCESS_LOGS: readonly AccessLog[] = [
  {
    kind: 'combined',
    title: 'combined access log (Apache, nginx)',
    samples: [
      { line: `${START} ${PAGES}`, expected: COMBINED },
      {
        line: '2001:db8::7 - ann lee [05/Mar/2024:08:15:30 +0000] "POST /carts HTTP/2.0" 201 - "-" "-"',
        expected: {
          time: '2024-03-05T08:15:30Z',
          offset: 0,
          client_ip: '2001:db8::7',
          user_id: 'ann lee',
          method: 'POST',
          path: '/carts',
          protocol: 'HTTP/2.0',
          status: 201,
        },
      },
    ],
  },
  {
    kind: 'common',
    title: 'common access log (Apache)',
    samples: [{ line: START, expected: COMMON }],
  },
  {
    kind: 'extended',
    title: 'combined access log with more behind it (nginx, ingress-nginx)',
    samples: [
      {
        line: `${START} ${PAGES} "198.51.100.7, 10.0.0.1" rt=0.012 urt="0.010"`,
        expected: {
          ...COMBINED,
          forwarded_for: '198.51.100.7, 10.0.0.1',
          duration_ms: 12,
          upstream_ms: 10,
        },
      },
      {
        line: `${START} ${PAGES} 403 0.025 [shop-carts-80] [] 10.0.3.7:8080 512 0.024 200 b51d8a2c9f7e4a6d8c3b5e7f9a1d2c4e`,
        expected: {
          ...COMBINED,
          duration_ms: 25,
          upstream_ms: 24,
          request_id: 'b51d8a2c9f7e4a6d8c3b5e7f9a1d2c4e',
        },
      },
    ],
  },
  {
    kind: 'vhost',
    title: 'access log with the virtual host before it (Apache)',
    samples: [
      {
        line: `shop.example:443 ${START} ${PAGES}`,
        expected: { ...COMBINED, http_host: 'shop.example', port: '443' },
      },
    ],
  },
]
