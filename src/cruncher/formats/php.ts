import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'
import { MESSAGE } from '../record.ts'

/** Monolog's LineFormatter: channel (of Laravel, the environment) and level, then context and extra as JSON. */
export const monolog = patternFormat({
  name: 'monolog',
  title: 'Monolog (Laravel, Symfony)',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern:
    /^\[(?<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?)\] (?<logger>[\w-]+)\.(?<level>DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): (?<message>.*)$/,
  after: (record, _line, groups) => {
    let message = (groups.text('message') ?? '').trimEnd()
    // Nothing known besides: empty lists, of extra and then of context.
    for (let lists = 0; lists < 2 && message.endsWith(' []'); lists++) {
      message = message.slice(0, -3)
    }
    const start = message.endsWith('}') ? message.indexOf(' {"') : -1
    if (start >= 0) {
      record.addText('context', message.slice(start + 1))
      message = message.slice(0, start)
    }
    record.setText(MESSAGE, message)
  },
  samples: [
    {
      line: '[2024-03-07 09:15:02] production.ERROR: cart is empty {"user":7} []',
      expected: {
        time: '2024-03-07T09:15:02Z',
        level: 'error',
        logger: 'production',
        context: '{"user":7}',
        message: 'cart is empty',
      },
    },
    {
      line: '[2024-03-07T09:15:03.123456+01:00] request.INFO: Matched route "cart". [] []',
      expected: {
        time: '2024-03-07T08:15:03.123456Z',
        offset: 60,
        level: 'info',
        logger: 'request',
        message: 'Matched route "cart".',
      },
    },
  ],
})

/** PHP's error_log. */
export const phpError = patternFormat({
  name: 'php-error',
  title: 'PHP, error log',
  sureness: SURE,
  starts: '[',
  multiline: true,
  levels: { Deprecated: 'notice', 'Parse error': 'error', 'Fatal error': 'fatal' },
  pattern:
    /^\[(?<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?: [A-Z]{2,5})?)(?: (?<zone>[A-Z][a-z]+\/[A-Za-z_]+))?\] PHP (?:Recoverable )?(?<level>Fatal error|Parse error|Warning|Notice|Deprecated): {1,2}(?<message>.*?)(?: in (?<file>\/[^\s:]+)(?: on line |:)(?<line>\d+))?$/,
  numbers: 'line',
  samples: [
    {
      line: '[07-Mar-2024 09:15:02 UTC] PHP Warning:  Undefined variable $cart in /srv/shop/cart.php on line 12',
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        level: 'warn',
        file: '/srv/shop/cart.php',
        line: 12,
        message: 'Undefined variable $cart',
      },
    },
    {
      line: '[07-Mar-2024 09:15:03 Europe/Berlin] PHP Fatal error:  Allowed memory size exhausted',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'fatal',
        zone: 'Europe/Berlin',
        message: 'Allowed memory size exhausted',
      },
    },
  ],
})

/** PHP-FPM's own log. */
export const phpFpm = patternFormat({
  name: 'php-fpm',
  title: 'PHP-FPM',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern:
    /^\[(?<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{6})?)\] (?<level>DEBUG|NOTICE|WARNING|ERROR|ALERT): (?:pid (?<pid>\d+), [\w()]+, line \d+: )?(?:\[pool (?<pool>[^\]]*)\] )?(?<message>.*)$/,
  numbers: 'pid',
  samples: [
    {
      line: '[07-Mar-2024 09:15:02] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it',
      expected: {
        time: '2024-03-07T09:15:02Z',
        level: 'warn',
        pool: 'www',
        message: 'server reached pm.max_children setting (5), consider raising it',
      },
    },
    {
      line: '[07-Mar-2024 09:15:03] NOTICE: fpm is running, pid 1',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'notice',
        message: 'fpm is running, pid 1',
      },
    },
  ],
})
