import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** RabbitMQ from 3.9 with its JSON formatter. */
export const rabbitmqJson: MemberFormat = {
  name: 'rabbitmq-json',
  title: 'RabbitMQ, as JSON',
  sureness: SURE,
  has: ['time', 'level', 'msg', 'domain', 'pid'],
  multiline: true,
  fields: { domain: 'logger', node: 'host' },
  samples: [
    {
      line: '{"time":"2024-03-05 08:15:30.021345+00:00","level":"error","msg":"closing connection <0.688.0>","line":17,"pid":"<0.688.0>","file":"rabbit_reader.erl","mfa":["rabbit_reader","log","3"],"domain":"rabbitmq.connection","gl":"<0.214.0>"}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        level: 'error',
        logger: 'rabbitmq.connection',
        message: 'closing connection <0.688.0>',
        pid: '<0.688.0>',
      },
    },
  ],
}
