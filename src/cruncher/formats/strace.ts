import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** `strace -tt` or `-ttt`, `-f`, `-T`: a call, what it gave, how long it took. */
export const strace = patternFormat({
  name: 'strace',
  title: 'strace',
  sureness: SURE,
  starts: '0-9[',
  fields: { seconds: 'duration_s', call: 'event' },
  pattern: [
    /^(?:\[pid +(?<pid>\d+)\] |(?<process>\d+) +)?(?<time>\d\d:\d\d:\d\d(?:\.\d{6})?|\d{10}\.\d{6}) (?<message>(?<call>[a-z_]\w*)\(.*\) += (?<result>-?\d+|0x[0-9a-f]+|\?)(?: [^<]*)?(?:<(?<seconds>\d+\.\d+)>)?)$/,
    /^(?:\[pid +(?<pid>\d+)\] |(?<process>\d+) +)?(?<time>\d\d:\d\d:\d\d(?:\.\d{6})?|\d{10}\.\d{6}) (?<message>(?:(?<call>[a-z_]\w*)\(.*<unfinished \.\.\.>|<\.\.\. \w+ resumed>.*|--- SIG[A-Z0-9]+ .*---|\+\+\+ (?:exited|killed) .*\+\+\+))$/,
  ],
  numbers: 'pid process',
  samples: [
    {
      line: '09:15:02.814936 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3 <0.000264>',
      expected: {
        time: '----------T09:15:02.814936Z',
        event: 'openat',
        duration_ms: 0.264,
        result: '3',
        message: 'openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3 <0.000264>',
      },
    },
    {
      line: '[pid  4711] 1709802902.000001 stat("/srv/cart", 0x7ffd) = -1 ENOENT (No such file or directory)',
      expected: {
        time: '2024-03-07T09:15:02.000001Z',
        event: 'stat',
        pid: 4711,
        result: '-1',
        message: 'stat("/srv/cart", 0x7ffd) = -1 ENOENT (No such file or directory)',
      },
    },
  ],
})
