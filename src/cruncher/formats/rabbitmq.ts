import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** RabbitMQ from 3.7: the process of Erlang's machine stands in `<0.1.0>`. */
export const rabbitmq = patternFormat({
  name: 'rabbitmq',
  title: 'RabbitMQ',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}(?:[+-]\d\d:\d\d)?) \[(?<level>[a-z]+)\] <(?<process>\d+\.\d+\.\d+)>(?:@(?<function>[\w:/]+))? (?<message>.*)$/,
  samples: [
    {
      line: '2024-03-07 09:15:02.123456+00:00 [info] <0.222.0> Server startup complete; 4 plugins started.',
      expected: {
        time: '2024-03-07T09:15:02.123456Z',
        offset: 0,
        level: 'info',
        process: '0.222.0',
        message: 'Server startup complete; 4 plugins started.',
      },
    },
    {
      line: '2019-03-07 09:15:03.001 [warning] <0.5.0> closing AMQP connection <0.5.0> (203.0.113.9:51514 -> 10.0.0.2:5672)',
      expected: {
        time: '2019-03-07T09:15:03.001Z',
        level: 'warn',
        process: '0.5.0',
        message: 'closing AMQP connection <0.5.0> (203.0.113.9:51514 -> 10.0.0.2:5672)',
      },
    },
  ],
})
