import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Monolog's JsonFormatter: Symfony, Laravel and others of PHP; the date may be an object. */
export const monologJson: MemberFormat = {
  name: 'monolog-json',
  title: 'Monolog (PHP), as JSON',
  sureness: SURE,
  has: ['message', 'level_name', 'channel', 'datetime'],
  levels: 'monolog',
  multiline: true,
  fields: {
    level_name: 'level',
    level: 'level',
    channel: 'logger',
    'datetime.date': 'time',
    'extra.url': 'url',
    'extra.ip': 'client_ip',
    'extra.http_method': 'method',
    'extra.server': 'http_host',
    'extra.hostname': 'host',
    'extra.uid': 'request_id',
    'extra.request_id': 'request_id',
    'context.user_id': 'user_id',
    'context.userId': 'user_id',
    'context.request_id': 'request_id',
  },
  samples: [
    {
      line: '{"message":"Matched route \\"cart\\".","context":{"route":"cart","user_id":9001},"level":200,"level_name":"INFO","channel":"request","datetime":"2024-03-05T09:15:30.021345+01:00","extra":{"url":"\\/carts\\/17","ip":"203.0.113.4","http_method":"GET","uid":"r17"}}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 60,
        level: 'info',
        logger: 'request',
        method: 'GET',
        path: '/carts/17',
        client_ip: '203.0.113.4',
        user_id: '9001',
        request_id: 'r17',
        message: 'Matched route "cart".',
        'context.route': 'cart',
      },
    },
    {
      line: '{"message":"gone","context":[],"level":550,"level_name":"ALERT","channel":"app","datetime":{"date":"2024-03-05 08:15:30.021000","timezone_type":3,"timezone":"UTC"},"extra":[]}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        level: 'fatal',
        logger: 'app',
        message: 'gone',
        'datetime.timezone': 'UTC',
      },
    },
  ],
}
