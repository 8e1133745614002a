import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Results and snapshots, and its own log, whose levels are glog's. */
export const osquery: MemberFormat = {
  name: 'osquery',
  title: 'osquery',
  sureness: SURE,
  has: ['hostIdentifier', 'unixTime', 'calendarTime'],
  hasOneOf: [['columns', 'snapshot', 'diffResults', 'severity']],
  levels: 'glog',
  fields: {
    unixTime: 'time',
    calendarTime: 'time',
    hostIdentifier: 'host',
    name: 'event',
    action: 'attribute',
    severity: 'level',
  },
  samples: [
    {
      line: '{"name":"pack_shop_users","hostIdentifier":"web-3","calendarTime":"Tue Mar  5 08:15:30 2024 UTC","unixTime":"1709626530","epoch":"0","counter":"17","columns":{"name":"ann","uid":"501"},"action":"added"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        host: 'web-3',
        event: 'pack_shop_users',
        action: 'added',
        columns: { name: 'ann', uid: '501' },
      },
    },
    {
      line: '{"hostIdentifier":"web-3","calendarTime":"Tue Mar  5 08:15:30 2024 UTC","unixTime":1709626530,"severity":1,"filename":"events.cpp","line":"311","message":"no audit","version":"5.1"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        level: 'warn',
        host: 'web-3',
        message: 'no audit',
      },
    },
  ],
}
