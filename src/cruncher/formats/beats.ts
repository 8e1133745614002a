import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Filebeat and its like before anybody has taken the message apart: it is a line of its own. */
export const beats: MemberFormat = {
  name: 'beats',
  title: 'Elastic Beats',
  sureness: SURE,
  has: ['@timestamp', 'message'],
  hasOneOf: [
    ['@metadata', 'agent', 'beat'],
    ['input', 'log', 'source', 'offset', 'prospector'],
  ],
  envelope: true,
  fields: { 'agent.type': 'attribute', 'host.name': 'host', 'log.file.path': 'attribute' },
  samples: [
    {
      line: '{"@timestamp":"2024-03-05T08:15:31.000Z","@metadata":{"beat":"filebeat","version":"8.12.0"},"log":{"offset":17,"file":{"path":"/var/log/shop.log"}},"message":"time=2024-03-05T08:15:30.021Z level=WARN msg=\\"stock is low\\"","input":{"type":"log"},"ecs":{"version":"8.0.0"},"host":{"name":"web-3"},"agent":{"type":"filebeat"}}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'warn',
        host: 'web-3',
        message: 'stock is low',
        'log.file.path': '/var/log/shop.log',
      },
    },
  ],
}

/** Vector's sources: where a line came from, and the line. */
export const vector: MemberFormat = {
  name: 'vector',
  title: 'Vector',
  sureness: SURE,
  has: ['source_type', 'message', 'timestamp'],
  envelope: true,
  fields: { container_name: 'service', file: 'attribute' },
  samples: [
    {
      line: '{"file":"/var/log/shop.log","host":"web-3","message":"stock is low","source_type":"file","timestamp":"2024-03-05T08:15:30.021345Z"}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        host: 'web-3',
        message: 'stock is low',
        file: '/var/log/shop.log',
      },
    },
  ],
}
