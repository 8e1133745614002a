import { GENERIC, SURE } from '../format.ts'
import { addPairs } from '../pairs.ts'
import { patternFormat, setTime } from '../pattern.ts'
import { MESSAGE } from '../record.ts'

/** zap's console encoder: columns between tabs, what is known besides as JSON in the last. */
export const zapConsole = patternFormat({
  name: 'zap-console',
  title: 'zap, console encoder',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d{4}|[+-]\d\d:\d\d)|\d{10}\.\d+(?:e\+09)?)\t(?:\u001b\[\d+m)?(?<level>[A-Za-z]+)(?:\u001b\[0m)?\t(?:(?<logger>[\w./-]+)\t(?=[^\t]*:\d+\t))?(?:(?<source>[\w./@-]+:\d+)\t)?(?<message>[^\t]*)(?:\t(?<context>\{.*\}))?(?:\n.*)?$/,
  samples: [
    {
      line: '2024-03-07T09:15:02.856Z\terror\tshop\tcart/cart.go:128\tadding failed\t{"item": 7}',
      expected: {
        time: '2024-03-07T09:15:02.856Z',
        offset: 0,
        level: 'error',
        logger: 'shop',
        source: 'cart/cart.go:128',
        context: '{"item": 7}',
        message: 'adding failed',
      },
    },
    {
      line: '2024-03-07T10:15:03.000+0100\tINFO\tlistening',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 60,
        level: 'info',
        message: 'listening',
      },
    },
  ],
})

/** logrus on a terminal: the level in four letters, seconds since the start or a time, the message filled up. */
export const logrusTerminal = patternFormat({
  name: 'logrus-terminal',
  title: 'logrus, on terminals',
  sureness: SURE,
  starts: 'TDIWEFP\u001b',
  multiline: true,
  // oxlint-disable-next-line no-control-regex
  pattern:
    /^(?:\u001b\[\d+m)?(?<level>TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)(?:\u001b\[0m)?\[(?:(?<uptime>\d{4,})|(?<time>[^\]]{15,40}))\] ?(?<message>.*)$/,
  levels: { TRAC: 'trace', PANI: 'fatal' },
  numbers: 'uptime',
  after: (record, _line, groups) => {
    const message = groups.text('message') ?? ''
    const end = / (?:\u001b\[\d+m)?[A-Za-z_][\w.-]*(?:\u001b\[0m)?=/.exec(message)?.index
    if (end === undefined) return
    record.setText(MESSAGE, message.slice(0, end).trimEnd())
    addPairs(record, message.slice(end).replaceAll(/\u001b\[\d+m/g, ''))
  },
  samples: [
    {
      line: 'WARN[2024-03-07T09:15:02Z] cart is empty                                 user=7 shop="a b"',
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        level: 'warn',
        user: '7',
        shop: 'a b',
        message: 'cart is empty',
      },
    },
    {
      line: 'INFO[0012] listening',
      expected: { level: 'info', message: 'listening' },
    },
  ],
})

/** gin's logger: status, time taken, client, method and path between bars. */
export const gin = patternFormat({
  name: 'gin',
  title: 'gin',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern:
    /^\[GIN\] (?<date>\d{4}\/\d\d\/\d\d) - (?<clock>\d\d:\d\d:\d\d) \| *(?<status>\d{3}) *\| *(?<duration_ms>[\d.]+(?:n|u|\u00b5|m)?s) \| *(?<client_ip>\S+) \| *(?<method>[A-Z]+) +"(?<url>[^"]*)"(?:\n(?<message>.*))?$/,
  fields: { date: 'drop', clock: 'drop' },
  after: (record, _line, groups) =>
    setTime(record, `${groups.text('date')} ${groups.text('clock')}`),
  samples: [
    {
      line: '[GIN] 2024/03/07 - 09:15:02 | 200 |    1.204511ms |     203.0.113.9 | GET      "/ping?x=1"',
      expected: {
        time: '2024-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/ping',
        query: 'x=1',
        status: 200,
        duration_ms: 1.204511,
      },
    },
    {
      line: '[GIN] 2024/03/07 - 09:15:03 | 404 |         9.5µs |             ::1 | POST     "/cart"',
      expected: {
        time: '2024-03-07T09:15:03Z',
        client_ip: '::1',
        method: 'POST',
        path: '/cart',
        status: 404,
        duration_ms: 0.0095,
      },
    },
  ],
})

/** hclog: Consul, Vault, Nomad, Terraform. */
export const hclog = patternFormat({
  name: 'hclog',
  title: 'hclog (Consul, Vault, Nomad)',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d{4})) \[(?<level>TRACE|DEBUG|INFO|WARN|ERROR)\] {1,2}(?:(?<logger>[\w.-]+): )?(?<message>.*)$/,
  after: (record, _line, groups) => {
    const message = groups.text('message') ?? ''
    const end = message.search(/: [a-z_]\w*=/)
    if (end < 0) return
    record.setText(MESSAGE, message.slice(0, end))
    addPairs(record, message.slice(end + 2))
  },
  samples: [
    {
      line: '2024-03-07T09:15:02.123Z [WARN]  agent.server: cannot reach peer: id=7 error="timed out"',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        offset: 0,
        level: 'warn',
        logger: 'agent.server',
        id: '7',
        error: 'timed out',
        message: 'cannot reach peer',
      },
    },
    {
      line: '2024-03-07T10:15:03.000+0100 [INFO]  core: vault is unsealed',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 60,
        level: 'info',
        logger: 'core',
        message: 'vault is unsealed',
      },
    },
  ],
})

/** zerolog's ConsoleWriter, without colours. */
export const zerologConsole = patternFormat({
  name: 'zerolog-console',
  title: 'zerolog, console',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)|\d\d?:\d\d[AP]M) (?<level>TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:(?<source>[\w./-]+:\d+) > )?(?<message>.*)$/,
  after: (record, _line, groups) => {
    const message = groups.text('message') ?? ''
    const end = message.search(/ [A-Za-z_][\w.-]*=/)
    if (end < 0) return
    record.setText(MESSAGE, message.slice(0, end))
    addPairs(record, message.slice(end + 1))
  },
  samples: [
    {
      line: '2024-03-07T09:15:02Z INF cart/cart.go:7 > listening port=8080',
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        level: 'info',
        source: 'cart/cart.go:7',
        port: '8080',
        message: 'listening',
      },
    },
    {
      line: '2024-03-07T09:15:03+01:00 ERR no cart error="not found"',
      expected: {
        time: '2024-03-07T08:15:03Z',
        offset: 60,
        level: 'error',
        error: 'not found',
        message: 'no cart',
      },
    },
  ],
})

/** The log package: date and time with slashes, and where it was called, if it was asked for. */
export const goLog = patternFormat({
  name: 'go-log',
  title: 'Go, log package',
  sureness: GENERIC,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{6})?) (?:\[?(?<level>TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|trace|debug|info|warn|warning|error|fatal)(?:\]:?|:|(?= )) ?)?(?:(?<source>[\w./-]+\.go:\d+): )?(?<message>\S.*)$/,
  samples: [
    {
      line: '2024/03/07 09:15:02.123456 cart.go:128: item 7 is gone',
      expected: {
        time: '2024-03-07T09:15:02.123456Z',
        source: 'cart.go:128',
        message: 'item 7 is gone',
      },
    },
    {
      line: '2024/03/07 09:15:03 [error] POST 203.0.113.9 /login: wrong password',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'error',
        message: 'POST 203.0.113.9 /login: wrong password',
      },
    },
  ],
})
