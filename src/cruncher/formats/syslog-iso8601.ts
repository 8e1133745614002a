import { OFFSET } from '../expression.ts'
import { LIKELY } from '../format.ts'
import { levelOfText } from '../level.ts'
import { patternFormat } from '../pattern.ts'
import { addPriority } from '../syslog-priority.ts'

/** rsyslog's and syslog-ng's files with `2024-03-07T...` for the time; what could be a level is no host. */
export const syslogIso8601 = patternFormat({
  name: 'syslog-iso8601',
  title: 'syslog with ISO 8601 times',
  sureness: LIKELY,
  starts: '<0-9',
  envelope: true,
  multiline: true,
  pattern: new RegExp(
    String.raw`^(?:<(?<priority>\d{1,3})>)?(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?${OFFSET}) (?<host>[^\s\[\]|,]*[^\s\[\]|,:]) (?<service>[^\s:\[\]]+)(?:\[(?<pid>\d+)\])?:(?: (?<message>.*))?$`,
  ),
  numbers: 'pid',
  fields: { priority: 'drop' },
  after: (record, _line, groups) =>
    levelOfText(groups.text('host') ?? '') === 0 && addPriority(record, groups.text('priority')),
  samples: [
    {
      line: '2024-03-07T09:15:02.203151+01:00 web-3 systemd[4179]: Stopped target Basic System.',
      expected: {
        time: '2024-03-07T08:15:02.203151Z',
        offset: 60,
        host: 'web-3',
        service: 'systemd',
        pid: 4179,
        message: 'Stopped target Basic System.',
      },
    },
    {
      line: '2024-03-07T09:15:03Z web-3 kernel: [82508.1] eth0: link up',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        host: 'web-3',
        service: 'kernel',
        message: '[82508.1] eth0: link up',
      },
    },
  ],
})
