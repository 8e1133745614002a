import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

const LEVELS = { '.': 'debug', '-': 'info', '*': 'notice', '#': 'warn' }

/** server.c: process, role (master, replica, child, sentinel), time, level as a mark. */
export const redis = patternFormat({
  name: 'redis',
  title: 'Redis, Valkey',
  sureness: SURE,
  starts: '0-9[',
  multiline: true,
  absent: '',
  levels: LEVELS,
  fields: { epoch: 'time' },
  pattern: [
    /^(?<pid>\d+):(?<role>[XCSM]) (?<time>\d\d [A-Z][a-z]{2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{3})?) (?<level>[.*#-]) (?<message>.*)$/,
    /^(?:\[(?<pid>\d+)\] )?(?<time>\d\d [A-Z][a-z]{2} \d\d:\d\d:\d\d(?:\.\d{3})?) (?<level>[.*#-]) (?<message>.*)$/,
    // Handlers of signals may not ask for the local time.
    /^(?<pid>\d+):(?<role>signal-handler) \((?<epoch>\d{10})\) (?<message>.*)$/,
  ],
  numbers: 'pid',
  samples: [
    {
      line: '26571:M 07 Mar 2024 09:15:02.874 * Background saving started by pid 4711',
      expected: {
        time: '2024-03-07T09:15:02.874Z',
        level: 'notice',
        pid: 26571,
        role: 'M',
        message: 'Background saving started by pid 4711',
      },
    },
    {
      line: '[2932] 07 Mar 09:15:03 - Accepted 203.0.113.9:3306',
      expected: {
        time: '----03-07T09:15:03Z',
        level: 'info',
        pid: 2932,
        message: 'Accepted 203.0.113.9:3306',
      },
    },
    {
      line: '26571:signal-handler (1709802902) Received SIGTERM scheduling shutdown...',
      expected: {
        time: '2024-03-07T09:15:02Z',
        pid: 26571,
        role: 'signal-handler',
        message: 'Received SIGTERM scheduling shutdown...',
      },
    },
    {
      line: '07 Mar 09:15:04 # WARNING overcommit_memory is set to 0!',
      expected: {
        time: '----03-07T09:15:04Z',
        level: 'warn',
        message: 'WARNING overcommit_memory is set to 0!',
      },
    },
  ],
})
