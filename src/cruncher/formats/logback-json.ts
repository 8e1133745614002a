import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** The JsonEncoder that logback itself has (from 1.3.8): milliseconds, with nanoseconds beside. */
export const logbackJson: MemberFormat = {
  name: 'logback-json',
  title: 'logback (Java), as JSON',
  sureness: SURE,
  has: ['timestamp', 'level', 'threadName', 'loggerName'],
  hasOneOf: [['context', 'sequenceNumber', 'formattedMessage', 'message']],
  multiline: true,
  fields: {
    formattedMessage: 'message',
    message: 'message',
    loggerName: 'logger',
    'mdc.userId': 'user_id',
    'mdc.requestId': 'request_id',
    'mdc.traceId': 'request_id',
    'mdc.sessionId': 'session',
  },
  samples: [
    {
      line: '{"sequenceNumber":0,"timestamp":1709626530021,"nanoseconds":21345678,"level":"ERROR","threadName":"main","loggerName":"shop.Stock","context":{"name":"default","birthdate":1709626000000,"properties":{}},"mdc":{"requestId":"r-17"},"message":"stock is {}","arguments":["low"],"formattedMessage":"stock is low","throwable":null}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        level: 'error',
        logger: 'shop.Stock',
        request_id: 'r-17',
        message: 'stock is low',
        threadName: 'main',
      },
    },
  ],
}
