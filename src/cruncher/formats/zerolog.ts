import { LIKELY } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** zerolog: levels in small letters, `time` as a number or text, `message`. */
export const zerolog: MemberFormat = {
  name: 'zerolog',
  title: 'zerolog (Go)',
  sureness: LIKELY,
  has: ['time', 'message'],
  hasNot: ['msg', '@timestamp', 'timestamp'],
  values: { level: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic'] },
  multiline: true,
  fields: { caller: 'attribute', component: 'logger' },
  samples: [
    {
      line: '{"level":"error","error":"timed out","component":"mailer","time":1709626530,"caller":"/src/mail.go:7","message":"letter not sent"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        level: 'error',
        logger: 'mailer',
        message: 'letter not sent',
        error: 'timed out',
      },
    },
    {
      line: '{"level":"info","method":"GET","url":"/health","status":200,"size":13,"duration":0.45,"time":"2024-03-05T08:15:30Z","message":"served"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 0,
        level: 'info',
        method: 'GET',
        path: '/health',
        status: 200,
        bytes: 13,
        duration_ms: 0.45,
        message: 'served',
      },
    },
  ],
}
