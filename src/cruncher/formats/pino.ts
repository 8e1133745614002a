import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Numbers as levels, and times that are numbers unless told otherwise; pino-http and Fastify add requests. */
export const pino: MemberFormat = {
  name: 'pino',
  title: 'pino (Node)',
  sureness: SURE,
  has: ['time'],
  hasOneOf: [['msg', 'pid', 'hostname', 'req', 'err']],
  values: { level: ['10', '20', '30', '35', '40', '50', '60'] },
  or: [
    {
      // Told to write words (`formatters.level`), it is still known by its process and its time.
      has: ['pid', 'hostname'],
      kinds: { time: 'number', level: 'text' },
      hasOneOf: [['msg', 'req', 'err']],
    },
  ],
  levels: 'bunyan',
  multiline: true,
  fields: {
    name: 'service',
    msg: 'message',
    responseTime: 'duration_ms',
    reqId: 'request_id',
    'req.id': 'request_id',
    'req.remoteAddress': 'client_ip',
    'req.headers.user-agent': 'user_agent',
  },
  samples: [
    {
      line: '{"level":30,"time":1709626530021,"pid":18,"hostname":"web-3","name":"orders","msg":"cart saved"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        level: 'info',
        service: 'orders',
        host: 'web-3',
        message: 'cart saved',
        pid: 18,
      },
    },
    {
      line: '{"level":50,"time":1709626530100,"pid":18,"hostname":"web-3","reqId":"req-4","req":{"method":"GET","url":"/carts/17","hostname":"shop.example","remoteAddress":"203.0.113.4","remotePort":51234},"res":{"statusCode":500},"responseTime":8.25,"msg":"request completed"}',
      expected: {
        time: '2024-03-05T08:15:30.1Z',
        level: 'error',
        host: 'web-3',
        client_ip: '203.0.113.4',
        request_id: 'req-4',
        method: 'GET',
        path: '/carts/17',
        status: 500,
        duration_ms: 8.25,
        message: 'request completed',
      },
    },
  ],
}
