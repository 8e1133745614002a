import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** MongoDB from 4.4: a letter as level, the component as logger. */
export const mongodbJson: MemberFormat = {
  name: 'mongodb-json',
  title: 'MongoDB (from 4.4)',
  sureness: SURE,
  has: ['s', 'c', 'id', 'ctx', 'msg'],
  kinds: { t: 'object' },
  multiline: true,
  fields: {
    't.$date': 'time',
    s: 'level',
    c: 'logger',
    msg: 'message',
    'attr.remote': 'client_address',
    'attr.client': 'client_address',
    'attr.principalName': 'user_id',
    'attr.user': 'user_id',
    'attr.durationMillis': 'duration_ms',
  },
  samples: [
    {
      line: '{"t":{"$date":"2024-03-05T09:15:30.021+01:00"},"s":"W",  "c":"COMMAND",  "id":51803,   "ctx":"conn17","msg":"Slow query","attr":{"type":"command","ns":"shop.carts","remote":"203.0.113.4:51234","durationMillis":131}}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 60,
        level: 'warn',
        logger: 'COMMAND',
        message: 'Slow query',
        client_ip: '203.0.113.4',
        duration_ms: 131,
        'attr.ns': 'shop.carts',
        ctx: 'conn17',
      },
    },
  ],
}
