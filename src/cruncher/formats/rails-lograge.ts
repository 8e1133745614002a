import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** lograge: one line a request of Rails, with durations in milliseconds. */
export const lograge: MemberFormat = {
  name: 'lograge-json',
  title: 'lograge (Rails), as JSON',
  sureness: SURE,
  has: ['method', 'path', 'controller', 'action', 'status'],
  hasNot: ['correlation_id', 'level_index'],
  hasOneOf: [['duration', 'format']],
  fields: {
    controller: 'logger',
    action: 'attribute',
    duration: 'duration_ms',
    params: 'attribute',
    remote_ip: 'client_ip',
    request_id: 'request_id',
    host: 'http_host',
    view: 'attribute',
  },
  samples: [
    {
      line: '{"method":"GET","path":"/carts/17","format":"html","controller":"CartsController","action":"show","status":200,"duration":58.33,"view":40.43,"db":15.26,"@timestamp":"2024-03-05T08:15:30.021Z","request_id":"r-17","user_id":9001}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        method: 'GET',
        path: '/carts/17',
        logger: 'CartsController',
        action: 'show',
        status: 200,
        duration_ms: 58.33,
        request_id: 'r-17',
        user_id: '9001',
        db: 15.26,
      },
    },
  ],
}

/** lograge's own default. */
export const logragePairs: MemberFormat = {
  ...lograge,
  name: 'lograge',
  title: 'lograge (Rails)',
  samples: [
    {
      line: 'method=POST path=/carts format=json controller=Api::CartsController action=create status=422 duration=9.51 view=0.00 db=2.05',
      expected: {
        method: 'POST',
        path: '/carts',
        logger: 'Api::CartsController',
        action: 'create',
        status: 422,
        duration_ms: 9.51,
        db: '2.05',
      },
    },
  ],
}
