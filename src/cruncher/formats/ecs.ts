import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** The Elastic Common Schema, with its names joined by dots or nested: ecs-logging of all languages, Beats. */
export const ecs: MemberFormat = {
  name: 'ecs',
  title: 'Elastic Common Schema',
  sureness: SURE,
  has: ['@timestamp'],
  hasOneOf: [['ecs.version', 'ecs']],
  multiline: true,
  envelope: 'syslog',
  samples: [
    {
      line: '{"@timestamp":"2024-03-05T08:15:30.021Z","log.level":"ERROR","message":"card refused","ecs.version":"1.2.0","service.name":"checkout","event.dataset":"checkout","process.thread.name":"http-4","log.logger":"shop.Pay","event.duration":1250000}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'error',
        service: 'checkout',
        logger: 'shop.Pay',
        duration_ms: 1.25,
        message: 'card refused',
        'event.dataset': 'checkout',
      },
    },
    {
      line: '{"@timestamp":"2024-03-05T08:15:30.021Z","log":{"level":"info","logger":"http"},"ecs":{"version":"8.10.0"},"service":{"name":"checkout"},"host":{"hostname":"web-3"},"http":{"request":{"method":"POST","id":"r-17"},"response":{"status_code":201,"body":{"bytes":512}}},"url":{"path":"/orders","original":"/orders?x=1"},"client":{"ip":"2001:db8::7"},"user":{"id":"9001"},"user_agent":{"original":"curl/8.1"},"event":{"action":"order-placed","duration":2000000},"message":"placed"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'info',
        service: 'checkout',
        host: 'web-3',
        logger: 'http',
        method: 'POST',
        path: '/orders',
        query: 'x=1',
        client_ip: '2001:db8::7',
        user_id: '9001',
        request_id: 'r-17',
        user_agent: 'curl/8.1',
        event: 'order-placed',
        message: 'placed',
        status: 201,
        duration_ms: 2,
        bytes: 512,
      },
    },
  ],
}
