import { SURE } from '../format.ts'
import { levelOfText } from '../level.ts'
import { patternFormat } from '../pattern.ts'

/** Twisted's text log (and of what is made with it: Cowrie): what spoke stands in brackets. */
export const twisted = patternFormat({
  name: 'twisted',
  title: 'Twisted, Cowrie',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{6}Z|[+-]\d{4})) \[(?<logger>-|[A-Za-z][\w.,#: -]*)(?<level>#\w+)?\] (?<message>.*)$/,
  levels: { '#debug': 'debug', '#info': 'info', '#warn': 'warn', '#error': 'error' },
  after: (_record, _line, groups) => levelOfText(groups.text('logger') ?? '') === 0,
  samples: [
    {
      line: '2024-03-07T09:15:02+0000 [cowrie.ssh.factory.CowrieSSHFactory] New connection: 203.0.113.9:47630 [session: 3e5a92]',
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        logger: 'cowrie.ssh.factory.CowrieSSHFactory',
        message: 'New connection: 203.0.113.9:47630 [session: 3e5a92]',
      },
    },
    {
      line: '2024-03-07 09:15:03+0100 [-] Log opened.',
      expected: { time: '2024-03-07T08:15:03Z', offset: 60, message: 'Log opened.' },
    },
  ],
})
