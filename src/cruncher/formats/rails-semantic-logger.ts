import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** The Ruby gem semantic_logger: `duration_ms` beside a `duration` for people. */
export const railsSemanticLogger: MemberFormat = {
  name: 'rails-semantic-logger',
  title: 'Semantic Logger (Ruby)',
  sureness: SURE,
  has: ['timestamp', 'level', 'name', 'level_index'],
  multiline: true,
  fields: {
    application: 'service',
    name: 'logger',
    level: 'level',
    level_index: 'attribute',
    duration_ms: 'duration_ms',
    duration: 'attribute',
    'payload.method': 'method',
    'payload.path': 'url',
    'payload.status': 'status',
    'payload.request_id': 'request_id',
    'payload.user_id': 'user_id',
    'named_tags.request_id': 'request_id',
    'named_tags.user_id': 'user_id',
    'named_tags.ip': 'client_ip',
    'exception.message': 'attribute',
  },
  samples: [
    {
      line: '{"host":"web-3","application":"shop","environment":"production","timestamp":"2024-03-05T08:15:30.021345Z","level":"info","level_index":2,"pid":18,"thread":"puma 001","duration_ms":58.33,"duration":"58.3ms","named_tags":{"request_id":"r-17","ip":"203.0.113.4"},"name":"CartsController","message":"Completed #show","payload":{"controller":"CartsController","action":"show","method":"GET","path":"/carts/17","status":200,"status_message":"OK"}}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        level: 'info',
        service: 'shop',
        host: 'web-3',
        logger: 'CartsController',
        method: 'GET',
        path: '/carts/17',
        client_ip: '203.0.113.4',
        request_id: 'r-17',
        message: 'Completed #show',
        status: 200,
        duration_ms: 58.33,
        'payload.action': 'show',
      },
    },
  ],
}
