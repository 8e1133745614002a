import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Levels from 0 (debug) to 4 (fatal); what is not known is `--`. */
export const nextcloud: MemberFormat = {
  name: 'nextcloud',
  title: 'Nextcloud',
  sureness: SURE,
  has: ['reqId', 'level', 'time', 'remoteAddr', 'app', 'message'],
  levels: 'nextcloud',
  absent: ['--', ''],
  multiline: true,
  fields: { app: 'logger', user: 'user_id', remoteAddr: 'client_ip', reqId: 'request_id' },
  samples: [
    {
      line: '{"reqId":"twvb17","level":2,"time":"2024-03-05T08:15:30+00:00","remoteAddr":"203.0.113.4","user":"--","app":"core","method":"POST","url":"\\/index.php\\/login?x=1","message":"Login failed: ann","userAgent":"curl\\/8.1","version":"28.0.2.5"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 0,
        level: 'warn',
        logger: 'core',
        method: 'POST',
        path: '/index.php/login',
        query: 'x=1',
        client_ip: '203.0.113.4',
        request_id: 'twvb17',
        user_agent: 'curl/8.1',
        message: 'Login failed: ann',
      },
    },
  ],
}
