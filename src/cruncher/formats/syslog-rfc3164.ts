import { SYSLOG_TIME } from '../expression.ts'
import { LIKELY, SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'
import { addPriority } from '../syslog-priority.ts'

const START = String.raw`^(?:<(?<priority>\d{1,3})>)?(?<time>${SYSLOG_TIME}(?:\.\d{1,6})?) (?<host>[^\s\[\]]*[^\s\[\]:])`

/** RFC 3164, 4.1, and what syslog daemons write to files: without the priority. */
export const syslogRfc3164 = patternFormat({
  name: 'syslog-rfc3164',
  title: 'syslog (RFC 3164)',
  sureness: SURE,
  starts: '<A-Z',
  envelope: true,
  multiline: true,
  pattern: [
    new RegExp(
      String.raw`${START} (?<service>[^\s:\[\]]+)(?:\[(?<pid>[^\]\s]*)\])?(?: \((?<detail>[^)]*)\))?(?:\[[^\]\s]*\])?:(?: (?<message>.*))?$`,
    ),
    // Of what came again, rsyslog leaves out the machine, and macOS the program as well.
    new RegExp(
      String.raw`^(?<time>${SYSLOG_TIME})  (?<service>[^\s:\[\]]+)(?:\[(?<pid>\d+)\])?: (?<message>.*)$`,
    ),
    /^(?<time>[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d) (?<message>--- last message repeated \d+ times? ---)$/,
  ],
  numbers: 'pid',
  fields: { priority: 'drop' },
  after: (record, _line, groups) => addPriority(record, groups.text('priority')),
  samples: [
    {
      line: 'Mar  7 09:15:02 web-3 sshd[8317]: Accepted publickey for jo from 203.0.113.9 port 63673 ssh2',
      expected: {
        time: '----03-07T09:15:02Z',
        host: 'web-3',
        service: 'sshd',
        pid: 8317,
        message: 'Accepted publickey for jo from 203.0.113.9 port 63673 ssh2',
      },
    },
    {
      line: 'Mar  7 09:15:02  sshd[8317]: last message repeated 2 times',
      expected: {
        time: '----03-07T09:15:02Z',
        service: 'sshd',
        pid: 8317,
        message: 'last message repeated 2 times',
      },
    },
    {
      line: 'Mar 7 09:15:03 --- last message repeated 1 time ---',
      expected: { time: '----03-07T09:15:03Z', message: '--- last message repeated 1 time ---' },
    },
    {
      line: '<34>Mar 17 22:14:15 web-3 su: authentication failure',
      expected: {
        time: '----03-17T22:14:15Z',
        level: 'fatal',
        host: 'web-3',
        service: 'su',
        facility: 'auth',
        message: 'authentication failure',
      },
    },
    {
      line: 'Mar  7 09:15:04 macbook com.apple.xpc.launchd[1] (com.apple.quicklook[7103]): Endpoint has been activated',
      expected: {
        time: '----03-07T09:15:04Z',
        host: 'macbook',
        service: 'com.apple.xpc.launchd',
        pid: 1,
        detail: 'com.apple.quicklook[7103]',
        message: 'Endpoint has been activated',
      },
    },
  ],
})

/** Of devices that name no program: only the time is sure, and that a host comes next. */
export const syslogUntagged = patternFormat({
  name: 'syslog-untagged',
  title: 'syslog (RFC 3164) without a program',
  sureness: LIKELY,
  starts: '<A-Z',
  envelope: true,
  multiline: true,
  pattern: new RegExp(String.raw`${START} (?<message>\S.*)$`),
  fields: { priority: 'drop' },
  after: (record, _line, groups) => addPriority(record, groups.text('priority')),
  samples: [
    {
      line: 'Mar  7 09:15:02 gateway [WAN_IN-D-4001] DESCR="no name" IN=eth8 OUT=br0',
      expected: {
        time: '----03-07T09:15:02Z',
        host: 'gateway',
        message: '[WAN_IN-D-4001] DESCR="no name" IN=eth8 OUT=br0',
      },
    },
    {
      line: '<13>Mar  7 09:15:03 192.0.2.1 link down on port 4',
      expected: {
        time: '----03-07T09:15:03Z',
        level: 'notice',
        facility: 'user',
        host: '192.0.2.1',
        message: 'link down on port 4',
      },
    },
  ],
})
