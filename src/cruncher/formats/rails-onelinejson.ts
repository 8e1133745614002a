import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** onelinejson: request and response of Rails in one object; durations in milliseconds. */
export const onelinejson: MemberFormat = {
  name: 'rails-onelinejson',
  title: 'onelinejson (Rails)',
  sureness: SURE,
  has: ['debug_info'],
  kinds: { request: 'object', response: 'object' },
  fields: {
    'request.date': 'time',
    'request.ip': 'client_ip',
    'request.uuid': 'request_id',
    'request.controller': 'logger',
    'request.action': 'attribute',
    'request.user_id': 'user_id',
    'request.headers.HTTP_USER_AGENT': 'user_agent',
    'response.duration': 'duration_ms',
    'response.status': 'status',
  },
  samples: [
    {
      line: '{"debug_info":{},"request":{"method":"GET","path":"/api/v1/tasks/17","format":"json","params":{"id":"17"},"headers":{"HTTP_USER_AGENT":"shop/3.1","HTTP_X_CLIENT_ID":"c9"},"ip":"203.0.113.4","uuid":"r-17","controller":"Api::TasksController","action":"show","date":"2024-03-05T08:15:30Z","user_id":9001},"response":{"status":200,"duration":12.61,"view":0.21}}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 0,
        method: 'GET',
        path: '/api/v1/tasks/17',
        client_ip: '203.0.113.4',
        request_id: 'r-17',
        logger: 'Api::TasksController',
        'request.action': 'show',
        user_id: '9001',
        user_agent: 'shop/3.1',
        status: 200,
        duration_ms: 12.61,
        'request.headers.HTTP_X_CLIENT_ID': 'c9',
      },
    },
  ],
}
