import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Jetty's StdErrLog: the thread came with 9.4. */
export const jetty = patternFormat({
  name: 'jetty',
  title: 'Jetty',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern: [
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,3}):(?<level>[A-Z]+) ?:(?<logger>[\w.$-]+):(?:(?<thread>[\w@.-]+): )? ?(?<message>.*)$/,
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,3}):(?<level>[A-Z]+):(?<logger>[\w.$-]+): ?(?<message>.*)$/,
  ],
  samples: [
    {
      line: '2024-03-07 09:15:02.071:INFO:oejs.Server:main: Started @1234ms',
      expected: {
        time: '2024-03-07T09:15:02.071Z',
        level: 'info',
        logger: 'oejs.Server',
        thread: 'main',
        message: 'Started @1234ms',
      },
    },
    {
      line: '2015-03-07T09:15:02.5:WARN:com.example.Shop: cart is empty',
      expected: {
        time: '2015-03-07T09:15:02.5Z',
        level: 'warn',
        logger: 'com.example.Shop',
        message: 'cart is empty',
      },
    },
  ],
})
