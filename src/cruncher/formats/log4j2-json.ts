import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** The JsonLayout of Log4j 2; its time is an `instant` of two numbers, or milliseconds. */
export const log4j2Json: MemberFormat = {
  name: 'log4j2-json',
  title: 'Log4j 2 (Java), as JSON',
  sureness: SURE,
  has: ['level', 'loggerName', 'thread'],
  hasOneOf: [['instant', 'timeMillis'], ['message']],
  multiline: true,
  fields: {
    'instant.epochSecond': 'time',
    'instant.nanoOfSecond': 'nanosecond',
    timeMillis: 'time',
    loggerName: 'logger',
    'contextMap.userId': 'user_id',
    'contextMap.requestId': 'request_id',
    'contextMap.traceId': 'request_id',
    'contextMap.sessionId': 'session',
  },
  samples: [
    {
      line: '{"instant":{"epochSecond":1709626530,"nanoOfSecond":21345678},"thread":"main","level":"FATAL","loggerName":"shop.Stock","message":"stock is gone","endOfBatch":false,"loggerFqcn":"org.apache.logging.log4j.spi.AbstractLogger","contextMap":{"requestId":"r-17"},"threadId":1,"threadPriority":5}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        level: 'fatal',
        logger: 'shop.Stock',
        request_id: 'r-17',
        message: 'stock is gone',
        threadId: 1,
      },
    },
  ],
}

/** Logstash writes its own log with it, the message in an object. */
export const logstashServerJson: MemberFormat = {
  name: 'logstash-server-json',
  title: 'Logstash server log, as JSON',
  sureness: SURE,
  has: ['level', 'loggerName', 'timeMillis'],
  kinds: { logEvent: 'object' },
  multiline: true,
  fields: {
    timeMillis: 'time',
    loggerName: 'logger',
    'logEvent.message': 'message',
    'logEvent.took_in_nanos': 'duration_ns',
    'logEvent.took_in_millis': 'duration_ms',
    'logEvent.event': 'attribute',
  },
  samples: [
    {
      line: '{"level":"WARN","loggerName":"slowlog.logstash.filters.ruby","timeMillis":1709626530021,"thread":"Ruby-0-Thread-6","logEvent":{"message":"event processing time","plugin_params":{"id":"f1"},"took_in_nanos":5026401704,"took_in_millis":5026,"event":"{}"}}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        level: 'warn',
        logger: 'slowlog.logstash.filters.ruby',
        message: 'event processing time',
        duration_ms: 5026.401704,
        'logEvent.took_in_millis': 5026,
      },
    },
  ],
}
