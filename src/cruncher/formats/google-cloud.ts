import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Entries as sinks and `gcloud logging read` give them; a text may be a line of its own. */
export const googleCloud: MemberFormat = {
  name: 'google-cloud',
  title: 'Google Cloud Logging entry',
  sureness: SURE,
  has: ['logName', 'insertId'],
  kinds: { resource: 'object' },
  envelope: true,
  fields: {
    timestamp: 'time',
    receiveTimestamp: 'time',
    'jsonPayload.message': 'message',
    'jsonPayload.msg': 'message',
    textPayload: 'message',
    'resource.labels.service_name': 'service',
    'resource.labels.container_name': 'service',
    'resource.labels.function_name': 'service',
    'resource.labels.module_id': 'service',
    'resource.labels.pod_name': 'host',
    'resource.labels.instance_id': 'host',
    'protoPayload.methodName': 'event',
    'protoPayload.authenticationInfo.principalEmail': 'user_id',
    'protoPayload.requestMetadata.callerIp': 'client_ip',
    'httpRequest.requestMethod': 'method',
    'httpRequest.requestUrl': 'url',
    'httpRequest.status': 'status',
    'httpRequest.responseSize': 'bytes',
    'httpRequest.userAgent': 'user_agent',
    'httpRequest.remoteIp': 'client_ip',
    'httpRequest.latency': 'duration_s',
    trace: 'request_id',
  },
  samples: [
    {
      line: '{"insertId":"i17","jsonPayload":{"message":"cart saved","cart":17},"httpRequest":{"requestMethod":"PUT","requestUrl":"https://shop.example/carts/17","status":200,"responseSize":"512","userAgent":"curl/8.1","remoteIp":"203.0.113.4","latency":"0.0125s"},"resource":{"type":"cloud_run_revision","labels":{"service_name":"carts","location":"europe-west1"}},"timestamp":"2024-03-05T08:15:30.021345678Z","severity":"NOTICE","logName":"projects/shop/logs/run","trace":"projects/shop/traces/t17","receiveTimestamp":"2024-03-05T08:15:31Z"}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        level: 'notice',
        service: 'carts',
        method: 'PUT',
        path: '/carts/17',
        http_host: 'shop.example',
        client_ip: '203.0.113.4',
        request_id: 'projects/shop/traces/t17',
        user_agent: 'curl/8.1',
        message: 'cart saved',
        status: 200,
        bytes: 512,
        duration_ms: 12.5,
        'jsonPayload.cart': 17,
      },
    },
  ],
}

/** What programs write for Google's agent to take up. */
export const googleCloudStructured: MemberFormat = {
  name: 'google-cloud-structured',
  title: 'Google Cloud structured logging',
  sureness: SURE,
  has: ['severity'],
  hasOneOf: [
    ['message', 'msg', 'textPayload'],
    [
      'logging.googleapis.com/trace',
      'logging.googleapis.com/spanId',
      'logging.googleapis.com/sourceLocation',
      'logging.googleapis.com/labels',
      'logging.googleapis.com/insertId',
      'timestampSeconds',
      'timestampNanos',
    ],
  ],
  multiline: true,
  fields: {
    'timestamp.seconds': 'time',
    'timestamp.nanos': 'nanosecond',
    timestampSeconds: 'time',
    timestampNanos: 'nanosecond',
    'logging.googleapis.com/trace': 'request_id',
    'logging.googleapis.com/insertId': 'attribute',
    'logging.googleapis.com/labels.service': 'service',
    'logging.googleapis.com/sourceLocation.function': 'logger',
    'httpRequest.latency': 'duration_s',
  },
  samples: [
    {
      line: '{"severity":"ERROR","message":"card refused","timestamp":{"seconds":1709626530,"nanos":21345678},"logging.googleapis.com/trace":"projects/shop/traces/t17","logging.googleapis.com/sourceLocation":{"file":"pay.go","line":"31","function":"pay.Charge"}}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        level: 'error',
        logger: 'pay.Charge',
        request_id: 'projects/shop/traces/t17',
        message: 'card refused',
      },
    },
  ],
}
