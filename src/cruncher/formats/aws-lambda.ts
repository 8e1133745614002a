import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Lambda's platform events (JSON log format): starts, reports, ends. */
export const awsLambda: MemberFormat = {
  name: 'aws-lambda',
  title: 'AWS Lambda platform event',
  sureness: SURE,
  has: ['time'],
  kinds: { record: 'object' },
  values: {
    type: [
      'platform.initStart',
      'platform.initRuntimeDone',
      'platform.initReport',
      'platform.start',
      'platform.runtimeDone',
      'platform.report',
      'platform.extension',
      'platform.telemetrySubscription',
      'platform.logsDropped',
    ],
  },
  fields: {
    type: 'event',
    'record.requestId': 'request_id',
    'record.metrics.durationMs': 'duration_ms',
    'record.status': 'attribute',
  },
  samples: [
    {
      line: '{"time":"2024-03-05T08:15:30.021Z","type":"platform.report","record":{"requestId":"r-17","metrics":{"durationMs":101.5,"billedDurationMs":102,"memorySizeMB":128},"status":"success"}}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        event: 'platform.report',
        request_id: 'r-17',
        duration_ms: 101.5,
        'record.status': 'success',
      },
    },
  ],
}
