import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** What logstash's encoders write (logstash-logback-encoder, python-logstash): `@version` is always there. */
export const logstash: MemberFormat = {
  name: 'logstash-json',
  title: 'logstash events',
  sureness: SURE,
  has: ['@timestamp', '@version'],
  multiline: true,
  envelope: 'syslog',
  fields: {
    logger_name: 'logger',
    level: 'level',
    host: 'host',
    HOSTNAME: 'host',
    thread_name: 'attribute',
    level_value: 'attribute',
    '@fields.request_method': 'method',
    '@fields.status': 'status',
  },
  samples: [
    {
      line: '{"@timestamp":"2024-03-05T09:15:30.021+01:00","@version":"1","message":"stock \\u2264 0","logger_name":"shop.Stock","thread_name":"main","level":"WARN","level_value":30000,"appname":"shop","traceId":"4bf92f35"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 60,
        level: 'warn',
        service: 'shop',
        logger: 'shop.Stock',
        request_id: '4bf92f35',
        message: 'stock ≤ 0',
        thread_name: 'main',
        level_value: 30_000,
      },
    },
  ],
}
