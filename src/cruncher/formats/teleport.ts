import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Audit events; `method` is how a user logged in, `code` the kind of event. */
export const teleport: MemberFormat = {
  name: 'teleport',
  title: 'Teleport audit events',
  sureness: SURE,
  has: ['ei', 'event', 'code', 'time'],
  fields: {
    event: 'event',
    user: 'user_id',
    cluster_name: 'service',
    server_hostname: 'host',
    'addr.remote': 'client_address',
    sid: 'session',
    message: 'message',
    error: 'message',
    code: 'attribute',
    uid: 'attribute',
    method: 'attribute',
  },
  samples: [
    {
      line: '{"ei":0,"event":"user.login","uid":"a487","code":"T1000W","time":"2024-03-05T08:15:30.021Z","cluster_name":"tele.example","user":"ann","success":false,"error":"invalid second factor","method":"local","user_agent":"curl/8.1","addr.remote":"203.0.113.4:34204"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        service: 'tele.example',
        event: 'user.login',
        user_id: 'ann',
        client_ip: '203.0.113.4',
        user_agent: 'curl/8.1',
        message: 'invalid second factor',
        code: 'T1000W',
        method: 'local',
        uid: 'a487',
      },
    },
  ],
}
