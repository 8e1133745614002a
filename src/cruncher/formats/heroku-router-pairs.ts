import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** The body of a line of Heroku's router; `connect` and `service` are milliseconds, as texts with their unit. */
export const herokuRouterPairs: MemberFormat = {
  name: 'heroku-router-pairs',
  title: 'Heroku router, without its head',
  sureness: SURE,
  has: ['at', 'method', 'path', 'dyno', 'status'],
  fields: {
    at: 'level',
    fwd: 'client_ip',
    service: 'duration_ms',
    host: 'host',
    dyno: 'logger',
    connect: 'attribute',
    code: 'attribute',
    desc: 'message',
    request_id: 'request_id',
  },
  samples: [
    {
      line: 'at=error code=H12 desc="Request timeout" method=GET path="/carts?x=1" host=shop.example request_id=r-17 fwd="203.0.113.4" dyno=web.1 connect=1ms service=30001ms status=503 bytes=0 protocol=https',
      expected: {
        level: 'error',
        host: 'shop.example',
        logger: 'web.1',
        method: 'GET',
        path: '/carts',
        query: 'x=1',
        client_ip: '203.0.113.4',
        request_id: 'r-17',
        message: 'Request timeout',
        status: 503,
        duration_ms: 30_001,
        bytes: 0,
        code: 'H12',
      },
    },
  ],
}
