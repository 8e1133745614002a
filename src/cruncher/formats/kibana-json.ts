import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Kibana before 8, and OpenSearch Dashboards: the level is one of the tags. Later ones write ECS. */
export const kibanaJson: MemberFormat = {
  name: 'kibana-json',
  title: 'Kibana, OpenSearch Dashboards',
  sureness: SURE,
  has: ['@timestamp', 'pid'],
  kinds: { type: 'text', tags: 'list' },
  hasNot: ['@version'],
  multiline: true,
  absent: ['-'],
  fields: {
    tags: 'level',
    type: 'event',
    method: 'method',
    statusCode: 'status',
    'req.url': 'url',
    'req.headers.host': 'http_host',
    'req.remoteAddress': 'client_ip',
    'req.userAgent': 'user_agent',
    'req.headers.user-agent': 'user_agent',
    'res.statusCode': 'attribute',
    'res.responseTime': 'duration_ms',
    'res.contentLength': 'bytes',
    state: 'attribute',
    path: 'attribute',
  },
  samples: [
    {
      line: '{"type":"log","@timestamp":"2024-03-05T08:15:30Z","tags":["status","plugin:maps@7.9","warning"],"pid":18,"state":"yellow","message":"Status changed"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 0,
        level: 'warn',
        event: 'log',
        message: 'Status changed',
        tags: ['status', 'plugin:maps@7.9', 'warning'],
      },
    },
    {
      line: '{"type":"response","@timestamp":"2024-03-05T08:15:30Z","tags":[],"pid":18,"method":"get","statusCode":304,"req":{"url":"/app/maps?x=1","method":"get","headers":{"host":"kibana.example"},"remoteAddress":"203.0.113.4","userAgent":"curl/8.1"},"res":{"statusCode":304,"responseTime":23,"contentLength":9},"message":"GET /app/maps 304 23ms - 9.0B"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 0,
        event: 'response',
        method: 'get',
        path: '/app/maps',
        query: 'x=1',
        http_host: 'kibana.example',
        status: 304,
        client_ip: '203.0.113.4',
        user_agent: 'curl/8.1',
        duration_ms: 23,
        bytes: 9,
        message: 'GET /app/maps 304 23ms - 9.0B',
      },
    },
  ],
}
