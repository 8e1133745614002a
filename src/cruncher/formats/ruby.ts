import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'
import { DURATION_MS } from '../record.ts'

/** Logger::Formatter: the level twice, the time, the process, the program's name. */
export const rubyLogger = patternFormat({
  name: 'ruby-logger',
  title: 'Ruby Logger',
  sureness: SURE,
  starts: 'DIWEFA',
  multiline: true,
  pattern:
    /^[DIWEFA], \[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}) #(?<pid>\d+)(?: TID-(?<tid>\w+))?\] +(?<level>DEBUG|INFO|WARN|ERROR|FATAL|ANY) -- (?<logger>[^:]*): (?:\[(?<request_id>[0-9a-f]{8}-[0-9a-f-]{27})\] )?(?<message>.*)$/,
  levels: { ANY: '' },
  numbers: 'pid',
  samples: [
    {
      line: 'E, [2024-03-07T09:15:02.067497 #48598] ERROR -- shop: cart is empty',
      expected: {
        time: '2024-03-07T09:15:02.067497Z',
        level: 'error',
        logger: 'shop',
        pid: 48598,
        message: 'cart is empty',
      },
    },
    {
      line: 'I, [2024-03-07T09:15:03.000001 #7]  INFO -- : [7f1c2a52-9d5c-4a5e-8a7d-0b4f5a6c7d8e] Completed 200 OK in 12ms',
      expected: {
        time: '2024-03-07T09:15:03.000001Z',
        level: 'info',
        request_id: '7f1c2a52-9d5c-4a5e-8a7d-0b4f5a6c7d8e',
        pid: 7,
        message: 'Completed 200 OK in 12ms',
      },
    },
  ],
})

/** Sidekiq's default, before 6 without names. */
export const sidekiq = patternFormat({
  name: 'sidekiq',
  title: 'Sidekiq',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern: [
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) pid=(?<pid>\d+) tid=(?<tid>\w+)(?: class=(?<worker>\S+))?(?: jid=(?<request_id>\w+))?(?<context>(?: \w+=\S+)*) (?<level>[A-Z]+): (?<message>.*)$/,
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?<pid>\d+) TID-(?<tid>\w+)(?: (?<worker>\S+) JID-(?<request_id>\w+))? (?<level>[A-Z]+): (?<message>.*)$/,
  ],
  numbers: 'pid',
  after: (record, _line, groups) => {
    const elapsed = / elapsed=(\d+(?:\.\d+)?)(?: |$)/.exec(groups.text('context') ?? '')?.[1]
    if (elapsed !== undefined) record.numbers[DURATION_MS] = Number(elapsed) * 1_000
  },
  samples: [
    {
      line: '2024-03-07T09:15:02.123Z pid=7 tid=gq2x class=MailJob jid=2b0f3c elapsed=0.5 INFO: done',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        offset: 0,
        level: 'info',
        request_id: '2b0f3c',
        duration_ms: 500,
        worker: 'MailJob',
        pid: 7,
        tid: 'gq2x',
        message: 'done',
      },
    },
    {
      line: '2018-03-07T09:15:03.001Z 12 TID-oupq MailJob JID-9d1 INFO: start',
      expected: {
        time: '2018-03-07T09:15:03.001Z',
        offset: 0,
        level: 'info',
        request_id: '9d1',
        worker: 'MailJob',
        pid: 12,
        message: 'start',
      },
    },
  ],
})
