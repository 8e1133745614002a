import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** The JSONFormatter of logrus: levels in small letters, the time as text. */
export const logrusJson: MemberFormat = {
  name: 'logrus-json',
  title: 'logrus (Go), as JSON',
  sureness: SURE,
  has: ['msg'],
  kinds: { time: 'text' },
  values: { level: ['trace', 'debug', 'info', 'warning', 'error', 'fatal', 'panic'] },
  multiline: true,
  fields: { func: 'logger' },
  samples: [
    {
      line: '{"func":"main.refill","file":"/src/refill.go:31","level":"warning","msg":"shelf 7 is empty","shelf":7,"time":"2024-03-05T09:15:30+01:00"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 60,
        level: 'warn',
        logger: 'main.refill',
        message: 'shelf 7 is empty',
        shelf: 7,
      },
    },
  ],
}

/** The TextFormatter, where it does not write to a terminal. */
export const logrusText: MemberFormat = {
  ...logrusJson,
  name: 'logrus-logfmt',
  title: 'logrus (Go), as text',
  samples: [
    {
      line: 'time="2024-03-05T08:15:30Z" level=fatal msg="no shelf \\"7\\"" shelf=7 error="open: no such file"',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 0,
        level: 'fatal',
        message: 'no shelf "7"',
        shelf: '7',
        error: 'open: no such file',
      },
    },
  ],
}
