import { LIKELY } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Level and message are all that winston itself writes; its formats add `timestamp`, `label`, `service`. */
export const winston: MemberFormat = {
  name: 'winston',
  title: 'winston (Node)',
  sureness: LIKELY,
  has: ['message'],
  hasOneOf: [['timestamp', 'service', 'label', 'stack', 'durationMs']],
  hasNot: [
    '@timestamp',
    'time',
    'ts',
    'logger',
    'loggerName',
    'logger_name',
    'levelname',
    'event',
    'host',
  ],
  values: {
    level: [
      'error',
      'warn',
      'info',
      'http',
      'verbose',
      'debug',
      'silly',
      'crit',
      'notice',
      'warning',
    ],
  },
  multiline: true,
  fields: { label: 'logger', durationMs: 'duration_ms' },
  samples: [
    {
      line: '{"level":"verbose","message":"cache filled","service":"catalog","label":"cache","durationMs":41,"timestamp":"2024-03-05T08:15:30.021Z"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'debug',
        service: 'catalog',
        logger: 'cache',
        duration_ms: 41,
        message: 'cache filled',
      },
    },
  ],
}
