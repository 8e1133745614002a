import { SURE } from '../format.ts'
import { patternFormat, setTime } from '../pattern.ts'

/** Two colons between the day and its time are Erlang's own. */
const TIME = /\d[^ ]*::[\d:]{8}/

/** RabbitMQ before 3.7, and other programs in Erlang: a line that begins a report, and its text in the lines behind. */
export const rabbitmqReport = patternFormat({
  name: 'rabbitmq-report',
  title: 'RabbitMQ before 3.7 (Erlang reports)',
  sureness: SURE,
  starts: '=',
  multiline: true,
  goesOn: ({ text }) => !text.startsWith('='),
  pattern:
    /^=(?<level>[A-Z]+) REPORT==== \d\d?-[A-Z][a-z]{2}-\d{4}::\d\d:\d\d:\d\d(?:\.\d+)? ===(?:\r?\n(?<message>[^]*))?$/,
  after: (record, { text }) => setTime(record, TIME.exec(text)?.[0].replace('::', ' ') ?? ''),
  samples: [
    {
      line: '=WARNING REPORT==== 7-Mar-2019::09:15:02 ===\nclosing AMQP connection <0.5.0> (203.0.113.9:51514 -> 10.0.0.2:5672):\nclient unexpectedly closed TCP connection',
      expected: {
        time: '2019-03-07T09:15:02Z',
        level: 'warn',
        message:
          'closing AMQP connection <0.5.0> (203.0.113.9:51514 -> 10.0.0.2:5672):\nclient unexpectedly closed TCP connection',
      },
    },
    {
      line: '=INFO REPORT==== 17-Nov-2017::23:00:41 ===',
      expected: { time: '2017-11-17T23:00:41Z', level: 'info' },
    },
  ],
})
