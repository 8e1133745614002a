import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** EVE of Suricata; alerts have a severity of their own, 1 being the worst. */
export const suricataEve: MemberFormat = {
  name: 'suricata-eve',
  title: 'Suricata EVE',
  sureness: SURE,
  has: ['timestamp', 'event_type'],
  hasOneOf: [['flow_id', 'stats', 'in_iface', 'engine', 'src_ip']],
  levels: 'suricata',
  fields: {
    event_type: 'event',
    src_ip: 'client_ip',
    flow_id: 'session',
    host: 'host',
    'alert.signature': 'message',
    'alert.severity': 'level',
    'alert.category': 'attribute',
    'http.http_method': 'method',
    'http.hostname': 'http_host',
    'http.url': 'url',
    'http.status': 'status',
    'http.length': 'bytes',
    'http.http_user_agent': 'user_agent',
  },
  samples: [
    {
      line: '{"timestamp":"2024-03-05T08:15:30.021345+0000","flow_id":1258832998,"in_iface":"eth0","event_type":"alert","src_ip":"203.0.113.4","src_port":51234,"dest_ip":"10.0.0.2","dest_port":80,"proto":"TCP","alert":{"action":"allowed","gid":1,"signature_id":2024468,"signature":"SHOP odd cart","category":"Misc","severity":1},"http":{"hostname":"shop.example","url":"/carts?x=1","http_user_agent":"curl/8.1","http_method":"GET","status":404,"length":12}}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        level: 'error',
        client_ip: '203.0.113.4',
        session: '1258832998',
        event: 'alert',
        method: 'GET',
        path: '/carts',
        http_host: 'shop.example',
        query: 'x=1',
        user_agent: 'curl/8.1',
        message: 'SHOP odd cart',
        status: 404,
        bytes: 12,
        dest_ip: '10.0.0.2',
      },
    },
  ],
}
