import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Logpush and Logpull of HTTP requests; times are RFC 3339, seconds or nanoseconds, as the job is set. */
export const cloudflare: MemberFormat = {
  name: 'cloudflare',
  title: 'Cloudflare HTTP requests',
  sureness: SURE,
  has: ['ClientRequestMethod', 'EdgeResponseStatus'],
  hasOneOf: [['RayID', 'ClientIP', 'EdgeStartTimestamp']],
  fields: {
    EdgeStartTimestamp: 'time',
    EdgeEndTimestamp: 'time',
    ClientIP: 'client_ip',
    ClientRequestMethod: 'method',
    ClientRequestHost: 'http_host',
    ClientRequestURI: 'url',
    ClientRequestPath: 'url',
    ClientRequestUserAgent: 'user_agent',
    EdgeResponseStatus: 'status',
    EdgeResponseBytes: 'bytes',
    EdgeTimeToFirstByteMs: 'duration_ms',
    RayID: 'request_id',
    OriginResponseStatus: 'attribute',
  },
  samples: [
    {
      line: '{"ClientIP":"2001:db8::7","ClientRequestHost":"shop.example","ClientRequestMethod":"GET","ClientRequestURI":"/carts?x=1","ClientRequestUserAgent":"curl/8.1","EdgeEndTimestamp":1709626530123000000,"EdgeResponseBytes":12480,"EdgeResponseStatus":200,"EdgeStartTimestamp":1709626530100000000,"EdgeTimeToFirstByteMs":17,"RayID":"8a1b2c3d4e5f6001","CacheCacheStatus":"miss"}',
      expected: {
        time: '2024-03-05T08:15:30.1Z',
        client_ip: '2001:db8::7',
        http_host: 'shop.example',
        method: 'GET',
        path: '/carts',
        query: 'x=1',
        user_agent: 'curl/8.1',
        status: 200,
        bytes: 12_480,
        duration_ms: 17,
        request_id: '8a1b2c3d4e5f6001',
        CacheCacheStatus: 'miss',
      },
    },
  ],
}
