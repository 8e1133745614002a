import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** `v` is the version of the format, always there; restify and node-bunyan-middleware add requests. */
export const bunyan: MemberFormat = {
  name: 'bunyan',
  title: 'bunyan (Node)',
  sureness: SURE,
  has: ['name', 'hostname', 'pid', 'v'],
  kinds: { level: 'number', time: 'text' },
  levels: 'bunyan',
  multiline: true,
  fields: {
    name: 'service',
    component: 'logger',
    msg: 'message',
    remoteAddress: 'client_ip',
    latency: 'duration_ms',
    'req.headers.x-request-id': 'request_id',
  },
  samples: [
    {
      line: '{"name":"orders","hostname":"web-3","pid":4071,"component":"cart","level":40,"msg":"stock is low","time":"2024-03-05T08:15:30.021Z","v":0}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'warn',
        service: 'orders',
        host: 'web-3',
        logger: 'cart',
        message: 'stock is low',
        pid: 4071,
      },
    },
    {
      line: '{"name":"gateway","hostname":"edge-1","pid":9,"level":30,"remoteAddress":"198.51.100.7","req_id":"c0ffee01","req":{"method":"PUT","url":"/v2/carts/17?dry=1"},"res":{"statusCode":204},"latency":12,"msg":"handled: 204","time":"2024-03-05T08:15:31Z","v":0}',
      expected: {
        time: '2024-03-05T08:15:31Z',
        offset: 0,
        level: 'info',
        service: 'gateway',
        host: 'edge-1',
        client_ip: '198.51.100.7',
        request_id: 'c0ffee01',
        method: 'PUT',
        path: '/v2/carts/17',
        query: 'dry=1',
        status: 204,
        duration_ms: 12,
        message: 'handled: 204',
      },
    },
  ],
}
