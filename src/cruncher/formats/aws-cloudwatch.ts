import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Events as `filter-log-events` and exports give them, one a line. */
export const awsCloudwatchEvent: MemberFormat = {
  name: 'aws-cloudwatch-event',
  title: 'AWS CloudWatch Logs event',
  sureness: SURE,
  kinds: { timestamp: 'number', message: 'text' },
  hasOneOf: [['ingestionTime', 'logStreamName', 'logStream', 'logGroup', 'eventId']],
  hasNot: ['level', 'logEvents'],
  envelope: true,
  fields: { logGroup: 'service', logGroupName: 'service', logStream: 'attribute' },
  samples: [
    {
      line: '{"timestamp":1709626530021,"message":"{\\"level\\":\\"info\\",\\"ts\\":1709626530.5,\\"caller\\":\\"a.go:1\\",\\"msg\\":\\"ready\\"}","ingestionTime":1709626531000,"logStreamName":"web/3","eventId":"17"}',
      expected: {
        time: '2024-03-05T08:15:30.5Z',
        level: 'info',
        message: 'ready',
        logStreamName: 'web/3',
      },
    },
  ],
}

/** What a subscription sends: events of one stream, each of which becomes a record. */
export const awsCloudwatchSubscription: MemberFormat = {
  name: 'aws-cloudwatch-subscription',
  title: 'AWS CloudWatch Logs subscription',
  sureness: SURE,
  has: ['logGroup', 'logStream'],
  kinds: { logEvents: 'list' },
  values: { messageType: ['DATA_MESSAGE', 'CONTROL_MESSAGE'] },
  records: ['logEvents'],
  envelope: true,
  fields: {
    logGroup: 'service',
    'logEvents.timestamp': 'time',
    'logEvents.message': 'message',
  },
  samples: [
    {
      line: '{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/shop/web","logStream":"web/3","subscriptionFilters":["all"],"logEvents":[{"id":"17","timestamp":1709626530021,"message":"stock is low"}]}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        service: '/shop/web',
        message: 'stock is low',
        logStream: 'web/3',
      },
    },
  ],
}
