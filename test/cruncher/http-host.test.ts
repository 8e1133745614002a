/**
 * The host that a request named and the machine that wrote the line are two fields, and routes look at the
 * first alone.
 */
import { expect, test } from 'vitest'
import { runTestCase } from '../../src/cruncher/test-cases.ts'
import { rulesOf } from './routes/tree-of.ts'
import { prepared } from './prepared.ts'

const ROUTES = { '/a': 'any', 'shop.example/a': 'shop', '*.example/a': 'other' }
const TIME = '[07/Mar/2026:09:15:02 +0000]'
const REST = `- - ${TIME} "GET /a HTTP/1.1" 200 5`

interface Expected {
  readonly http_host: string | null
  readonly host: string | null
  readonly route: string
}

function differences(line: string, expected: Expected, config: object = {}): readonly string[] {
  const plan = prepared(config, { routes: rulesOf(ROUTES), keepsAll: true })
  const one = { name: 'one', file: 'test.log', lines: line, records: [{ ...expected }] }
  return runTestCase(one, plan, 1_000_000)
}

const AT_SHOP = { http_host: 'shop.example', host: null, route: 'shop' }

test.each<readonly [string, string, Expected]>([
  ['a virtual host of Apache', `shop.example:443 203.0.113.9 ${REST} "-" "curl"`, AT_SHOP],
  ['a host behind a combined line', `203.0.113.9 ${REST} "-" "curl" host="shop.example"`, AT_SHOP],
  [
    'syslog around it: the machine is another field',
    `<134>Mar  7 09:15:02 web-3 nginx: shop.example 203.0.113.9 ${REST}`,
    { ...AT_SHOP, host: 'web-3' },
  ],
  [
    'nginx with both',
    '{"time_iso8601":"2026-03-07T09:15:02+00:00","hostname":"web-3","remote_addr":"203.0.113.9","request":"GET /a HTTP/1.1","status":200,"body_bytes_sent":5,"http_host":"shop.example"}',
    { ...AT_SHOP, host: 'web-3' },
  ],
  [
    'ECS with both, and a URL as well',
    '{"@timestamp":"2026-03-07T09:15:02Z","ecs.version":"8.10.0","log.level":"info","message":"served","host":{"name":"web-3"},"http":{"request":{"method":"GET"}},"url":{"full":"https://shop.example:8443/a","domain":"shop.example","path":"/a"}}',
    { ...AT_SHOP, host: 'web-3' },
  ],
  [
    'a URL alone, with a port and what signs one in',
    '{"time":"2026-03-07T09:15:02Z","level":"info","msg":"served","method":"GET","url":"https://jo:secret@shop.example:8443/a?b=c"}',
    AT_SHOP,
  ],
  [
    'a machine alone, called as a rule calls a host: no rule with a host takes it',
    '{"time":"2026-03-07T09:15:02Z","level":"info","msg":"served","host":"shop.example","method":"GET","path":"/a"}',
    { http_host: null, host: 'shop.example', route: 'any' },
  ],
])('%s', (_, line, expected) => {
  expect(differences(line, expected)).toEqual([])
})

test('a name that means the machine elsewhere is made the host of the request by `fields`', () => {
  const line =
    '{"time":"2026-03-07T09:15:02Z","level":"info","msg":"served","host":"m.example","method":"GET","path":"/a"}'
  const expected = { http_host: 'm.example', host: null, route: 'other' }
  expect(differences(line, expected, { fields: { host: 'http_host' } })).toEqual([])
})
