import { LIKELY } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** `pm2 logs`: number and name of the process before a bar. */
export const pm2 = patternFormat({
  name: 'pm2',
  title: 'PM2',
  sureness: LIKELY,
  starts: '0-9',
  envelope: true,
  multiline: true,
  pattern:
    /^(?:(?<time>(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:\.\d{3}Z?)?):? )?(?<process>\d{1,4})\|(?<service>[\w.-]+) +\| (?<message>.*)$/,
  numbers: 'process',
  samples: [
    {
      line: '09:15:02 1|shop  | cart opened',
      expected: {
        time: '----------T09:15:02Z',
        service: 'shop',
        process: 1,
        message: 'cart opened',
      },
    },
    {
      line: '0|mail-worker | {"level":30,"msg":"sent"}',
      expected: { service: 'mail-worker', process: 0, message: '{"level":30,"msg":"sent"}' },
    },
  ],
})
