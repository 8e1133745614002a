import { LIKELY, SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

const LEVEL = String.raw`(?<level>VRB|DBG|INF|WRN|ERR|FTL|Verbose|Debug|Information|Warning|Error|Fatal)`
const DATE_TIME = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{3,7})?(?: ?[+-]\d\d:\d\d|Z)?`

/** Serilog's templates for files and for the console, the level in three letters. */
export const serilog = patternFormat({
  name: 'serilog',
  title: 'Serilog, text',
  sureness: SURE,
  starts: '[0-9',
  multiline: true,
  pattern: [
    new RegExp(
      String.raw`^\[(?<time>${DATE_TIME})\] \[${LEVEL}\] (?:\[(?<thread>\d+)\] )?(?:(?<logger>[\w.]+): )?(?<message>.*)$`,
    ),
    new RegExp(String.raw`^(?<time>${DATE_TIME}) \[${LEVEL}\] (?<message>.*)$`),
    new RegExp(
      String.raw`^\[(?<time>(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d(?:\.\d{3})?) ${LEVEL}\] (?<message>.*)$`,
    ),
  ],
  numbers: 'thread',
  samples: [
    {
      line: '[2024-03-07 09:15:02.729 +01:00] [INF] [79] Shop.Cart.Adder: item 7 added',
      expected: {
        time: '2024-03-07T08:15:02.729Z',
        offset: 60,
        level: 'info',
        logger: 'Shop.Cart.Adder',
        thread: 79,
        message: 'item 7 added',
      },
    },
    {
      line: '2024-03-07 09:15:03.000 +00:00 [WRN] cart is empty',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        level: 'warn',
        message: 'cart is empty',
      },
    },
    {
      line: '[09:15:04 ERR] no cart',
      expected: { time: '----------T09:15:04Z', level: 'error', message: 'no cart' },
    },
  ],
})

/** Microsoft.Extensions.Logging's simple console: category and event, the message indented in the next line. */
export const dotnetConsole = patternFormat({
  name: 'dotnet-console',
  title: '.NET console logger',
  sureness: SURE,
  starts: 'tdiwfc0-9',
  multiline: true,
  goesOn: ({ text }) => text.startsWith('      '),
  pattern:
    /^(?:(?<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?) )?(?<level>trce|dbug|info|warn|fail|crit): (?<logger>[\w.+`]+)\[(?<event_id>-?\d+)\](?:\r?\n {6}(?<message>.*))?$/,
  levels: { trce: 'trace', dbug: 'debug' },
  numbers: 'event_id',
  samples: [
    {
      line: 'info: Microsoft.Hosting.Lifetime[14]\n      Now listening on: http://localhost:5000',
      expected: {
        level: 'info',
        logger: 'Microsoft.Hosting.Lifetime',
        event_id: 14,
        message: 'Now listening on: http://localhost:5000',
      },
    },
    {
      line: '2024-03-07T09:15:02.123Z fail: Shop.Cart[0]',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        offset: 0,
        level: 'error',
        logger: 'Shop.Cart',
      },
    },
  ],
})

/** NLog's default layout. */
export const nlog = patternFormat({
  name: 'nlog',
  title: 'NLog',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{4})\|(?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL|Trace|Debug|Info|Warn|Error|Fatal)\|(?<logger>[^|]*)\|(?<message>.*)$/,
  samples: [
    {
      line: '2024-03-07 09:15:02.1234|WARN|Shop.Cart|cart is empty',
      expected: {
        time: '2024-03-07T09:15:02.1234Z',
        level: 'warn',
        logger: 'Shop.Cart',
        message: 'cart is empty',
      },
    },
    {
      line: '2024-03-07 09:15:03.0000|INFO|Shop.Program|a|b',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'info',
        logger: 'Shop.Program',
        message: 'a|b',
      },
    },
  ],
})

/** log4net's usual layout: the thread in brackets, then level and class. */
export const log4net = patternFormat({
  name: 'log4net',
  title: 'log4net',
  sureness: LIKELY,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \[(?<thread>[^\]]*)\] (?<level>DEBUG|INFO|WARN|ERROR|FATAL) +(?<logger>[\w.+`]+) (?:\[(?<context>[^\]]*)\] )?(?:- )?(?<message>.*)$/,
  samples: [
    {
      line: '2024-03-07 09:15:02,123 [7] WARN  Cart [(null)] - cart is empty',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'warn',
        logger: 'Cart',
        thread: '7',
        message: 'cart is empty',
      },
    },
    {
      line: '2024-03-07 09:15:03,000 [12] INFO Program started',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'info',
        logger: 'Program',
        thread: '12',
        message: 'started',
      },
    },
  ],
})
