import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

const LEVELS = ['DEBUG-4', 'DEBUG', 'INFO', 'INFO+2', 'WARN', 'ERROR', 'ERROR+4']

/** The JSONHandler of Go's log/slog: levels in capitals, `source` as an object. */
export const slogJson: MemberFormat = {
  name: 'slog-json',
  title: 'log/slog (Go), as JSON',
  sureness: SURE,
  has: ['msg'],
  kinds: { time: 'text' },
  values: { level: LEVELS },
  multiline: true,
  fields: { 'source.function': 'logger' },
  samples: [
    {
      line: '{"time":"2024-03-05T08:15:30.021345678+01:00","level":"INFO+2","source":{"function":"main.serve","file":"/src/main.go","line":14},"msg":"listening","port":8080}',
      expected: {
        time: '2024-03-05T07:15:30.021345Z',
        offset: 60,
        level: 'notice',
        logger: 'main.serve',
        message: 'listening',
        port: 8080,
        'source.file': '/src/main.go',
      },
    },
  ],
}

/** The TextHandler. */
export const slogText: MemberFormat = {
  ...slogJson,
  name: 'slog-logfmt',
  title: 'log/slog (Go), as text',
  fields: {},
  samples: [
    {
      line: 'time=2024-03-05T08:15:30.021Z level=WARN source=/src/main.go:14 msg="port taken" port=8080',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'warn',
        message: 'port taken',
        port: '8080',
        source: '/src/main.go:14',
      },
    },
  ],
}
