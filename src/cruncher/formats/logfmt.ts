import { GENERIC } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

const LOG_NAMES = (
  'time timestamp ts t datetime @timestamp date level lvl severity loglevel msg message event caller ' +
  'method path status status_code request_id at fwd service'
).split(' ')

/** Pairs of which one shows that they are of a log. */
export const logfmt: MemberFormat = {
  name: 'logfmt',
  title: 'key=value (logfmt)',
  sureness: GENERIC,
  hasOneOf: [LOG_NAMES],
  leastMembers: 2,
  multiline: true,
  samples: [
    {
      line: 'ts=2024-03-05T08:15:30.021Z lvl=warn app=shop took=12ms note="stock is low" empty= path=/carts/17 status=200',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'warn',
        service: 'shop',
        path: '/carts/17',
        status: 200,
        duration_ms: 12,
        note: 'stock is low',
        empty: '',
      },
    },
  ],
}
