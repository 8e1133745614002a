import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Times are seconds; behind a trusted proxy `client_ip` is the client, and `remote_ip` the proxy. */
export const caddyAccess: MemberFormat = {
  name: 'caddy-access',
  title: 'Caddy access log',
  sureness: SURE,
  has: ['ts', 'duration', 'status', 'size'],
  kinds: { request: 'object', ts: 'number' },
  or: [{ has: ['duration', 'status', 'size', 'ts', 'msg'], kinds: { request: 'object' } }],
  fields: {
    msg: 'attribute',
    duration: 'duration_s',
    size: 'bytes',
    'request.client_ip': 'client_ip',
    'request.remote_ip': 'client_ip',
    'request.remote_addr': 'client_address',
    'request.host': 'http_host',
    'request.uri': 'url',
    'request.headers.User-Agent': 'user_agent',
    'request.headers.X-Request-Id': 'request_id',
  },
  samples: [
    {
      line: '{"level":"info","ts":1709626530.0215,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"10.0.0.2","remote_port":"51234","client_ip":"203.0.113.4","proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/carts/17?dry=1","headers":{"User-Agent":["curl/8.1"],"Accept":["*/*","text/html"]},"tls":{"resumed":false}},"bytes_read":0,"user_id":"ann","duration":0.001929675,"size":10900,"status":200,"resp_headers":{"Server":["Caddy"]}}',
      expected: {
        time: '2024-03-05T08:15:30.0215Z',
        level: 'info',
        logger: 'http.log.access.log0',
        msg: 'handled request',
        client_ip: '203.0.113.4',
        method: 'GET',
        http_host: 'shop.example',
        path: '/carts/17',
        query: 'dry=1',
        user_agent: 'curl/8.1',
        user_id: 'ann',
        duration_ms: 1.929675,
        bytes: 10_900,
        status: 200,
        'request.remote_ip': '10.0.0.2',
        'request.proto': 'HTTP/2.0',
      },
    },
  ],
}

/** Its other lines are zap's without a caller: they are known by the loggers' names. */
export const caddyServer: MemberFormat = {
  name: 'caddy-server',
  title: 'Caddy server log',
  sureness: SURE,
  has: ['level', 'msg'],
  hasNot: ['caller', 'request'],
  kinds: { ts: 'number' },
  values: {
    logger: [
      'admin',
      'admin.api',
      'http',
      'http.auto_https',
      'http.handlers.reverse_proxy',
      'http.handlers.reverse_proxy.health_checker.active',
      'http.log',
      'http.log.error',
      'http.stdlib',
      'tls',
      'tls.cache',
      'tls.cache.maintenance',
      'tls.handshake',
      'tls.issuance.acme',
      'tls.issuance.zerossl',
      'tls.obtain',
      'tls.renew',
      'watcher',
      'pki.ca.local',
      'dynamic_dns',
      'docker-proxy',
    ],
  },
  multiline: true,
  samples: [
    {
      line: '{"level":"warn","ts":1709626530.5,"logger":"tls.obtain","msg":"will retry","attempt":2,"identifier":"shop.example"}',
      expected: {
        time: '2024-03-05T08:15:30.5Z',
        level: 'warn',
        logger: 'tls.obtain',
        message: 'will retry',
        attempt: 2,
      },
    },
  ],
}
