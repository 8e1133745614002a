import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Durations are nanoseconds. `ClientHost` is the client without its port. */
export const traefikJson: MemberFormat = {
  name: 'traefik-json',
  title: 'Traefik access log, as JSON',
  sureness: SURE,
  has: ['DownstreamStatus', 'RequestMethod', 'RequestPath'],
  absent: ['-'],
  fields: {
    StartUTC: 'time',
    StartLocal: 'time',
    ClientHost: 'client_ip',
    ClientAddr: 'client_address',
    ClientUsername: 'user_id',
    RequestMethod: 'method',
    RequestPath: 'url',
    RequestHost: 'http_host',
    DownstreamStatus: 'status',
    DownstreamContentSize: 'bytes',
    Duration: 'duration_ns',
    ServiceName: 'service',
    RouterName: 'logger',
    'request_User-Agent': 'user_agent',
    'request_X-Request-Id': 'request_id',
    OriginStatus: 'attribute',
  },
  samples: [
    {
      line: '{"ClientAddr":"203.0.113.4:51234","ClientHost":"203.0.113.4","ClientUsername":"-","DownstreamContentSize":512,"DownstreamStatus":404,"Duration":2500000,"OriginStatus":404,"RequestHost":"shop.example","RequestMethod":"GET","RequestPath":"/carts/17?dry=1","RouterName":"shop@docker","ServiceName":"carts@docker","StartUTC":"2024-03-05T08:15:30.021345678Z","level":"info","msg":"","request_User-Agent":"curl/8.1","time":"2024-03-05T08:15:31Z"}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        level: 'info',
        client_ip: '203.0.113.4',
        http_host: 'shop.example',
        service: 'carts@docker',
        logger: 'shop@docker',
        method: 'GET',
        path: '/carts/17',
        query: 'dry=1',
        status: 404,
        bytes: 512,
        duration_ms: 2.5,
        user_agent: 'curl/8.1',
        OriginStatus: 404,
      },
    },
  ],
}
