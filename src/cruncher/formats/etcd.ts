import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** capnslog, of etcd before 3.5 and its relatives: the level as a letter, then the package. */
export const etcd = patternFormat({
  name: 'etcd',
  title: 'etcd before 3.5 (capnslog)',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}) (?<level>[CEWNIDT]) \| (?<logger>[\w/-]+): (?<message>.*)$/,
  samples: [
    {
      line: '2019-03-07 09:15:02.123456 W | etcdserver: read-only range request took too long',
      expected: {
        time: '2019-03-07T09:15:02.123456Z',
        level: 'warn',
        logger: 'etcdserver',
        message: 'read-only range request took too long',
      },
    },
    {
      line: '2019-03-07 09:15:03.000001 I | embed: ready to serve client requests',
      expected: {
        time: '2019-03-07T09:15:03.000001Z',
        level: 'info',
        logger: 'embed',
        message: 'ready to serve client requests',
      },
    },
  ],
})
