import { SURE } from '../format.ts'
import { addPairs } from '../pairs.ts'
import { patternFormat } from '../pattern.ts'

const LEVEL = '(?<level>TRACE|DEBUG|INFO|WARN|ERROR)'
const MODULE = String.raw`(?<logger>[a-z_]\w*(?:::\w+)*)`

/** tracing-subscriber, env_logger and fern as their documentation sets them up. */
export const rust = patternFormat({
  name: 'rust',
  title: 'Rust: tracing, env_logger, fern',
  sureness: SURE,
  starts: '0-9[',
  multiline: true,
  pattern: [
    new RegExp(
      String.raw`^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) +${LEVEL} (?:(?<span>[a-z_]\w*\{[^}]*\}[^ ]*:? ))?${MODULE}: (?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^\[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) ${LEVEL} +${MODULE}\] (?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^\[(?<time>\d{4}-\d\d-\d\d[ \]]\[?\d\d:\d\d:\d\d(?:\.\d{3})?(?:[+-]\d{4})?)\]\[${MODULE}\]\[${LEVEL} *\] (?<message>.*)$`,
    ),
  ],
  after: (record, _line, groups) => addPairs(record, groups.text('message') ?? ''),
  samples: [
    {
      line: '2024-03-07T09:15:02.123456Z  WARN shop::cart: cart is empty user=7',
      expected: {
        time: '2024-03-07T09:15:02.123456Z',
        offset: 0,
        level: 'warn',
        logger: 'shop::cart',
        user: '7',
        message: 'cart is empty user=7',
      },
    },
    {
      line: '[2024-03-07T09:15:03Z ERROR shop] no cart',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        level: 'error',
        logger: 'shop',
        message: 'no cart',
      },
    },
    {
      line: '[2024-03-07 09:15:04.219][shop::api::identity][INFO] login of jo',
      expected: {
        time: '2024-03-07T09:15:04.219Z',
        level: 'info',
        logger: 'shop::api::identity',
        message: 'login of jo',
      },
    },
  ],
})
