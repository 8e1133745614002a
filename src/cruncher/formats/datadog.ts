import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Datadog's archives: `status` is the level, and durations among the attributes are nanoseconds. */
export const datadogArchive: MemberFormat = {
  name: 'datadog-archive',
  title: 'Datadog archive',
  sureness: SURE,
  has: ['date', 'message', 'status'],
  hasOneOf: [
    ['_id', 'attributes'],
    ['source', 'service', 'tags'],
  ],
  envelope: true,
  fields: {
    date: 'time',
    status: 'level',
    source: 'attribute',
    'attributes.http.method': 'method',
    'attributes.http.url': 'url',
    'attributes.http.url_details.host': 'http_host',
    'attributes.http.status_code': 'status',
    'attributes.http.useragent': 'user_agent',
    'attributes.http.request_id': 'request_id',
    'attributes.network.client.ip': 'client_ip',
    'attributes.network.bytes_written': 'bytes',
    'attributes.duration': 'duration_ns',
    'attributes.usr.id': 'user_id',
    'attributes.logger.name': 'logger',
    'attributes.evt.name': 'event',
    'attributes.dd.trace_id': 'request_id',
  },
  samples: [
    {
      line: '{"_id":"AQAA17","date":"2024-03-05T08:15:30.021Z","service":"carts","host":"web-3","source":"go","status":"warn","message":"slow cart","attributes":{"duration":2500000,"http":{"method":"GET","url":"/carts/17","status_code":200},"logger":{"name":"http"}},"tags":["env:prod"]}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'warn',
        service: 'carts',
        host: 'web-3',
        logger: 'http',
        method: 'GET',
        path: '/carts/17',
        status: 200,
        duration_ms: 2.5,
        message: 'slow cart',
        source: 'go',
      },
    },
  ],
}

/** What is sent to Datadog: the message is a line of its own. */
export const datadogIntake: MemberFormat = {
  name: 'datadog-intake',
  title: 'Datadog intake',
  sureness: SURE,
  has: ['ddsource', 'message'],
  envelope: true,
  fields: { status: 'level', hostname: 'host', timestamp: 'time' },
  samples: [
    {
      line: '{"ddsource":"nginx","ddtags":"env:prod","hostname":"web-3","service":"carts","status":"error","message":"stock is low"}',
      expected: {
        level: 'error',
        host: 'web-3',
        service: 'carts',
        message: 'stock is low',
        ddsource: 'nginx',
      },
    },
  ],
}
