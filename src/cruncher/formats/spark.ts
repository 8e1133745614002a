import { SURE } from '../format.ts'
import { patternFormat, setTime } from '../pattern.ts'

/** conf/log4j.properties of Spark: a date of two digits each, the year first. */
export const spark = patternFormat({
  name: 'spark',
  title: 'Spark',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  fields: { short_time: 'drop' },
  pattern:
    /^(?<short_time>\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d) (?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) (?<logger>[\w.$]+): (?<message>.*)$/,
  after: (record, _line, groups) => setTime(record, `20${groups.text('short_time')}`),
  samples: [
    {
      line: '24/03/07 09:15:02 INFO SparkContext: Running Spark version 3.5.1',
      expected: {
        time: '2024-03-07T09:15:02Z',
        level: 'info',
        logger: 'SparkContext',
        message: 'Running Spark version 3.5.1',
      },
    },
    {
      line: '24/12/31 23:59:59 WARN org.apache.hadoop.util.NativeCodeLoader: Unable to load',
      expected: {
        time: '2024-12-31T23:59:59Z',
        level: 'warn',
        logger: 'org.apache.hadoop.util.NativeCodeLoader',
        message: 'Unable to load',
      },
    },
  ],
})
