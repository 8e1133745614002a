import { SURE } from '../format.ts'
import { addPairs } from '../pairs.ts'
import { patternFormat } from '../pattern.ts'

/** Wings, Pterodactyl's daemon. */
export const pterodactyl = patternFormat({
  name: 'pterodactyl',
  title: 'Pterodactyl Wings',
  sureness: SURE,
  starts: ' DIWEF',
  multiline: true,
  pattern:
    /^ ?(?<level>DEBUG|INFO|WARN|ERROR|FATAL): \[(?<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\.\d{3})\] (?<message>.*)$/,
  after: (record, _line, groups) => addPairs(record, groups.text('message') ?? ''),
  samples: [
    {
      line: 'WARN: [Mar  7 09:15:02.643] failed to validate user credentials ip=203.0.113.9:28050 username=jo',
      expected: {
        time: '----03-07T09:15:02.643Z',
        level: 'warn',
        username: 'jo',
        message: 'failed to validate user credentials ip=203.0.113.9:28050 username=jo',
      },
    },
    {
      line: 'INFO: [Mar 17 09:15:03.000] sftp server listening',
      expected: {
        time: '----03-17T09:15:03Z',
        level: 'info',
        message: 'sftp server listening',
      },
    },
  ],
})
