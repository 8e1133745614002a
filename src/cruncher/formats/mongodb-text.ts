import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** MongoDB before 4.4; its levels are F, E, W, I and D, or D1 to D5. */
export const mongodbText = patternFormat({
  name: 'mongodb-text',
  title: 'MongoDB before 4.4',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:[+-]\d{4}|Z)) (?<level>[FEWID])\d? +(?<logger>[A-Z_-]+) +\[(?<thread>[^\]]*)\] (?<message>.*?)(?: (?<duration_ms>\d+)ms)?$/,
  samples: [
    {
      line: '2018-03-07T09:15:02.657+0100 I NETWORK  [conn12] received client metadata from 203.0.113.9:51514 conn12',
      expected: {
        time: '2018-03-07T08:15:02.657Z',
        offset: 60,
        level: 'info',
        logger: 'NETWORK',
        thread: 'conn12',
        message: 'received client metadata from 203.0.113.9:51514 conn12',
      },
    },
    {
      line: '2018-03-07T09:15:03.000Z D2 COMMAND  [conn12] command shop.orders command: find { find: "orders" } planSummary: COLLSCAN 118ms',
      expected: {
        time: '2018-03-07T09:15:03Z',
        offset: 0,
        level: 'debug',
        logger: 'COMMAND',
        thread: 'conn12',
        duration_ms: 118,
        message: 'command shop.orders command: find { find: "orders" } planSummary: COLLSCAN',
      },
    },
  ],
})
