import { LIKELY, SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** What asctime is unless a format for dates is given; or ISO 8601. */
const TIME = String.raw`(?<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[,.]\d{3,6})?(?: ?[+-]\d\d:?\d\d|Z)?)`
const LEVEL = String.raw`(?<level>DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)`
const LOGGER = String.raw`(?<logger>[A-Za-z_]\w*(?:\.[\w-]+)*)`

/** Layouts that Python's own documentation and the usual frameworks have; each has time and level. */
export const pythonLogging = patternFormat({
  name: 'python-logging',
  title: 'Python logging, the usual layouts',
  sureness: LIKELY,
  starts: '0-9[A-Z',
  multiline: true,
  pattern: [
    new RegExp(String.raw`^${TIME} - ${LOGGER} - ${LEVEL} - (?<message>.*)$`),
    new RegExp(String.raw`^${TIME} - ${LEVEL} - ${LOGGER} - (?<message>.*)$`),
    new RegExp(String.raw`^${TIME}::?${LEVEL}::?(?:\[(?<source>[^\]]*:\d+)\] )?(?<message>.*)$`),
    new RegExp(String.raw`^${TIME} (?<pid>\d+)\]:? ?${LEVEL}:${LOGGER}:(?<message>.*)$`),
    new RegExp(String.raw`^\[${TIME}\] \[${LEVEL} *\] \[(?<logger>[\w.-]+)\] (?<message>.*)$`),
    new RegExp(String.raw`^\[${TIME}\] ${LEVEL} in (?<logger>[\w.]+): (?<message>.*)$`),
    new RegExp(
      String.raw`^\[${TIME}\] ${LEVEL} \[${LOGGER}(?:[.:](?<line>\d+))?\] (?<message>.*)$`,
    ),
    new RegExp(String.raw`^${TIME} +\[(?<pid>\d+)\] ${LEVEL} +${LOGGER}: (?<message>.*)$`),
    new RegExp(
      String.raw`^${TIME} \[${LEVEL} *\] (?:\[(?<context>[^\]]*)\] )?${LOGGER}: (?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^${TIME} (?<pid>\d+) ${LEVEL} (?<database>[\w?.-]+) ${LOGGER}: (?<message>.*)$`,
    ),
    new RegExp(String.raw`^${LEVEL}:${LOGGER}:(?<message>.*)$`),
  ],
  numbers: 'pid line',
  absent: '?',
  samples: [
    {
      line: '2024-03-07 09:15:02,123 - shop.cart - WARNING - item 7 is gone',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'warn',
        logger: 'shop.cart',
        message: 'item 7 is gone',
      },
    },
    {
      line: '2024-03-07 09:15:02,672:DEBUG:cart opened',
      expected: { time: '2024-03-07T09:15:02.672Z', level: 'debug', message: 'cart opened' },
    },
    {
      line: '2024-03-07T09:15:02.296 25376]INFO:shop:cart opened',
      expected: {
        time: '2024-03-07T09:15:02.296Z',
        level: 'info',
        logger: 'shop',
        pid: 25376,
        message: 'cart opened',
      },
    },
    {
      line: '[2024-03-07 09:15:02,332] [INFO] [shop.auth] login of jo',
      expected: {
        time: '2024-03-07T09:15:02.332Z',
        level: 'info',
        logger: 'shop.auth',
        message: 'login of jo',
      },
    },
    {
      line: '[2024-03-07 09:15:02,332] ERROR in app: Exception on /cart [GET]',
      expected: {
        time: '2024-03-07T09:15:02.332Z',
        level: 'error',
        logger: 'app',
        message: 'Exception on /cart [GET]',
      },
    },
    {
      line: '2024-03-07 09:15:02,644 1 INFO shopdb odoo.addons.base.models.res_users: Login successful',
      expected: {
        time: '2024-03-07T09:15:02.644Z',
        level: 'info',
        logger: 'odoo.addons.base.models.res_users',
        pid: 1,
        database: 'shopdb',
        message: 'Login successful',
      },
    },
    {
      line: '2024-03-07 09:15:02,797::WARNING::[interface:657] Unsuccessful login',
      expected: {
        time: '2024-03-07T09:15:02.797Z',
        level: 'warn',
        source: 'interface:657',
        message: 'Unsuccessful login',
      },
    },
    {
      line: 'WARNING:shop.cart:item 7 is gone',
      expected: { level: 'warn', logger: 'shop.cart', message: 'item 7 is gone' },
    },
  ],
})

/** Loguru's default. */
export const loguru = patternFormat({
  name: 'loguru',
  title: 'Loguru',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  levels: { SUCCESS: 'info' },
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) \| (?<level>[A-Z]+) *\| (?<logger>[\w.<>]+):(?<function>[\w.<>]+):(?<line>\d+) - (?<message>.*)$/,
  numbers: 'line',
  samples: [
    {
      line: '2024-03-07 09:15:02.123 | SUCCESS  | shop.cart:add:42 - item 7 added',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        logger: 'shop.cart',
        function: 'add',
        line: 42,
        message: 'item 7 added',
      },
    },
    {
      line: '2024-03-07 09:15:03.000 | ERROR    | __main__:<module>:7 - no cart',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'error',
        logger: '__main__',
        function: '<module>',
        line: 7,
        message: 'no cart',
      },
    },
  ],
})

/** Celery's workers and its beat; Airflow's tasks. */
export const celery = patternFormat({
  name: 'celery',
  title: 'Celery, Airflow',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern: [
    new RegExp(
      String.raw`^\[${TIME}: ${LEVEL}\/(?<process>[\w-]+)\] (?:(?<task>[\w.]+)\[(?<request_id>[0-9a-f-]{36})\]:? )?(?<message>.*)$`,
    ),
    new RegExp(String.raw`^\[${TIME}\] \{(?<source>[\w./-]+:\d+)\} ${LEVEL} - (?<message>.*)$`),
  ],
  samples: [
    {
      line: '[2024-03-07 09:15:02,123: INFO/ForkPoolWorker-2] shop.mail[7f1c2a52-9d5c-4a5e-8a7d-0b4f5a6c7d8e]: sent',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        process: 'ForkPoolWorker-2',
        task: 'shop.mail',
        request_id: '7f1c2a52-9d5c-4a5e-8a7d-0b4f5a6c7d8e',
        message: 'sent',
      },
    },
    {
      line: '[2024-03-07T09:15:03.123+0000] {taskinstance.py:1157} WARNING - dependencies not met',
      expected: {
        time: '2024-03-07T09:15:03.123Z',
        offset: 0,
        level: 'warn',
        source: 'taskinstance.py:1157',
        message: 'dependencies not met',
      },
    },
  ],
})
