import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

const LISTS = ['resourceLogs', 'scopeLogs', 'logRecords']
const RECORD = LISTS.join('.')

/** OTLP in its JSON encoding, as the Collector's file exporter writes it: a line holds many records. */
export const otlp: MemberFormat = {
  name: 'otlp',
  title: 'OpenTelemetry (OTLP)',
  sureness: SURE,
  kinds: { resourceLogs: 'list' },
  levels: 'otel',
  records: LISTS,
  keyValueLists: ['resourceLogs.resource.attributes', `${RECORD}.attributes`],
  fields: {
    [`${RECORD}.timeUnixNano`]: 'time',
    [`${RECORD}.observedTimeUnixNano`]: 'time',
    [`${RECORD}.severityNumber`]: 'level',
    [`${RECORD}.severityText`]: 'level',
    [`${RECORD}.body.stringValue`]: 'message',
    [`${RECORD}.traceId`]: 'request_id',
    'resourceLogs.scopeLogs.scope.name': 'logger',
  },
  samples: [
    {
      line: '{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"host.name","value":{"stringValue":"web-3"}}]},"scopeLogs":[{"scope":{"name":"shop.stock"},"logRecords":[{"timeUnixNano":"1709626530021345678","severityNumber":13,"severityText":"Warning","body":{"stringValue":"stock is low"},"attributes":[{"key":"http.request.method","value":{"stringValue":"GET"}},{"key":"shelf","value":{"intValue":"7"}}],"traceId":"5b8aa5a2d2c872e8","spanId":"051581bf"}]}]}]}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        level: 'warn',
        service: 'shop',
        host: 'web-3',
        logger: 'shop.stock',
        method: 'GET',
        request_id: '5b8aa5a2d2c872e8',
        message: 'stock is low',
        shelf: '7',
      },
    },
  ],
}
