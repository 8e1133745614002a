import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Play's loggers through logback: HMRC's encoder, and whoever writes the same names. */
export const play: MemberFormat = {
  name: 'play',
  title: 'Play framework (Scala)',
  sureness: SURE,
  has: ['message', 'logger', 'thread', 'level', 'timestamp'],
  hasNot: ['@timestamp', 'loggerName'],
  multiline: true,
  fields: {
    app: 'service',
    application: 'service',
    hostname: 'host',
    logger: 'logger',
    exception: 'attribute',
    'X-Request-ID': 'request_id',
    'X-Session-ID': 'session',
    Forwarded: 'attribute',
  },
  samples: [
    {
      line: '{"app":"carts","hostname":"web-3","timestamp":"2024-03-05 08:15:30.021+0000","message":"stock is low","logger":"shop.Stock","thread":"application-akka.actor.default-dispatcher-7","level":"WARN","X-Request-ID":"r-17"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'warn',
        service: 'carts',
        host: 'web-3',
        logger: 'shop.Stock',
        request_id: 'r-17',
        message: 'stock is low',
        thread: 'application-akka.actor.default-dispatcher-7',
      },
    },
  ],
}
