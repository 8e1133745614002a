import { describe, expect, test } from 'vitest'
import { Detector } from '../../../src/cruncher/detector.ts'
import { ACCESS_FORMATS } from '../../../src/cruncher/member-registry.ts'
import { CLIENT_IP } from '../../../src/cruncher/record.ts'
import { described } from '../described.ts'
import { jsonLines, pairLines } from '../members/read.ts'

const detector = new Detector({
  formats: ACCESS_FORMATS,
  json: jsonLines({ formats: [] }),
  pairs: pairLines({ formats: [] }),
})

/** Kind, fields without the time, and attributes without the protocol. */
function read(line: string): object | undefined {
  const bytes = Buffer.from(`"\n${line}\n" 1`)
  const record = detector.detect(bytes, 2, bytes.length - 4)
  if (record === undefined) return undefined
  const { fields, attributes } = described(record)
  const kind = record.format.replace('access-', '')
  detector.release(record)
  const all: Record<string, unknown> = { kind, ...fields, ...attributes }
  expect(all['time']).toBe('2024-03-05T08:15:30Z')
  for (const name of ['time', 'offset', 'protocol']) delete all[name]
  return all
}

const TIME = '[05/Mar/2024:08:15:30 +0000]'
const REST = `${TIME} "GET /a HTTP/1.1" 200 5`
const BASE = { kind: 'common', method: 'GET', path: '/a', status: 200, bytes: 5 }
const PAGES = '"-" "curl/8.1"'
const COMBINED = { ...BASE, kind: 'combined', user_agent: 'curl/8.1' }
const EXTENDED = { ...COMBINED, kind: 'extended', client_ip: '10.0.0.1' }

describe('access logs', () => {
  test.each<[string, object]>([
    // Who it was
    [`10.0.0.1 - - ${REST}`, { ...BASE, client_ip: '10.0.0.1' }],
    [`2001:db8::7 - - ${REST}`, { ...BASE, client_ip: '2001:db8::7' }],
    [`::ffff:10.0.0.1 - - ${REST}`, { ...BASE, client_ip: '::ffff:10.0.0.1' }],
    [`client.example - - ${REST}`, { ...BASE, client_ip: 'client.example' }],
    [`- - - ${REST}`, BASE],
    [`unix: - - ${REST}`, { ...BASE, client_ip: 'unix:' }],
    [`10.0.0.1 - ann ${REST}`, { ...BASE, client_ip: '10.0.0.1', user_id: 'ann' }],
    [`10.0.0.1 - ann lee ${REST}`, { ...BASE, client_ip: '10.0.0.1', user_id: 'ann lee' }],
    [`10.0.0.1 - a b c d ${REST}`, { ...BASE, client_ip: '10.0.0.1', user_id: 'a b c d' }],
    [`10.0.0.1 - ann@[x] ${REST}`, { ...BASE, client_ip: '10.0.0.1', user_id: 'ann@[x]' }],
    [
      `client.example - ann lee ${REST}`,
      { ...BASE, client_ip: 'client.example', user_id: 'ann lee' },
    ],
    // Behind proxies
    [
      `203.0.113.4, 10.0.0.1, 10.0.0.2 - - ${REST}`,
      { ...BASE, client_ip: '203.0.113.4', forwarded_for: '203.0.113.4, 10.0.0.1, 10.0.0.2' },
    ],
    [
      `"203.0.113.4, 10.0.0.1" 10.0.0.2 - ann ${REST}`,
      { ...BASE, client_ip: '203.0.113.4', forwarded_for: '203.0.113.4, 10.0.0.1', user_id: 'ann' },
    ],
    [`"-" 10.0.0.2 - - ${REST}`, { ...BASE, client_ip: '10.0.0.2' }],
    // Virtual hosts
    [
      `shop.example 10.0.0.1 - - ${REST} ${PAGES}`,
      { ...COMBINED, kind: 'vhost', http_host: 'shop.example', client_ip: '10.0.0.1' },
    ],
    [
      `shop.example:8443 2001:db8::7 - ann lee ${REST}`,
      {
        ...BASE,
        kind: 'vhost',
        http_host: 'shop.example',
        port: '8443',
        client_ip: '2001:db8::7',
        user_id: 'ann lee',
      },
    ],
    // Requests
    [
      `10.0.0.1 - - ${TIME} "GET /a b?c=d e HTTP/1.0" 200 5`,
      { ...BASE, client_ip: '10.0.0.1', path: '/a b', query: 'c=d e' },
    ],
    [`10.0.0.1 - - ${TIME} "GET /a" 200 5`, { ...BASE, client_ip: '10.0.0.1' }],
    [
      `10.0.0.1 - - ${TIME} "GET http://shop.example:80/a?b HTTP/1.1" 200 5`,
      { ...BASE, client_ip: '10.0.0.1', http_host: 'shop.example', query: 'b' },
    ],
    [
      `10.0.0.1 - - ${TIME} "CONNECT shop.example:443 HTTP/1.1" 200 5`,
      { ...BASE, client_ip: '10.0.0.1', method: 'CONNECT', path: 'shop.example:443' },
    ],
    [
      `10.0.0.1 - - ${TIME} "OPTIONS * HTTP/1.1" 200 5`,
      { ...BASE, client_ip: '10.0.0.1', method: 'OPTIONS', path: '*' },
    ],
    [`10.0.0.1 - - ${TIME} "-" 408 -`, { kind: 'common', client_ip: '10.0.0.1', status: 408 }],
    [
      `10.0.0.1 - - ${TIME} "" 400 0`,
      { kind: 'common', client_ip: '10.0.0.1', status: 400, bytes: 0 },
    ],
    [
      `10.0.0.1 - - ${TIME} "\\x16\\x03\\x01" 400 150 "-" "-"`,
      {
        kind: 'combined',
        client_ip: '10.0.0.1',
        status: 400,
        bytes: 150,
        request: '\\x16\\x03\\x01',
      },
    ],
    [
      `10.0.0.1 - - ${TIME} "GET /a\\"b HTTP/1.1" 200 5`,
      { ...BASE, client_ip: '10.0.0.1', path: '/a\\"b' },
    ],
    [
      `10.0.0.1 - - ${TIME} "GET /a HTTP/1.1" - 5`,
      { ...BASE, client_ip: '10.0.0.1', status: undefined },
    ],
    // Pages and agents
    [
      `10.0.0.1 - - ${REST} "https://x.example/?q=\\"a\\"" "My \\"agent\\" 1"`,
      {
        ...COMBINED,
        client_ip: '10.0.0.1',
        referer: 'https://x.example/?q=\\"a\\"',
        user_agent: 'My \\"agent\\" 1',
      },
    ],
    [`10.0.0.1 - - ${REST} "-" "-"`, { ...COMBINED, client_ip: '10.0.0.1', user_agent: undefined }],
    [
      `10.0.0.1 - - ${REST} "-" "Mozilla/5.0 (cut of`,
      { ...COMBINED, client_ip: '10.0.0.1', user_agent: 'Mozilla/5.0 (cut of' },
    ],
    [`10.0.0.1 - - ${REST} - "curl/8.1"`, { ...COMBINED, client_ip: '10.0.0.1' }],
    // More behind
    [`10.0.0.1 - - ${REST} ${PAGES} 0.012`, { ...EXTENDED, duration_ms: 12 }],
    [
      `10.0.0.1 - - ${REST} ${PAGES} 0.012 0.010`,
      { ...EXTENDED, duration_ms: 12, upstream_ms: 10 },
    ],
    [
      `10.0.0.1 - - ${REST} ${PAGES} 0.012 0.010 .`,
      { ...EXTENDED, duration_ms: 12, upstream_ms: 10, extra: '0.012 0.010 .' },
    ],
    [
      `10.0.0.1 - - ${REST} ${PAGES} 0.012 0.010 0.008`,
      { ...EXTENDED, duration_ms: 12, upstream_ms: 10, extra: '0.012 0.010 0.008' },
    ],
    [
      `10.0.0.1 - - ${REST} ${PAGES} rt=0.012 uct="0.001" urt="0.004, 0.006" cs=HIT`,
      { ...EXTENDED, duration_ms: 12, uct: '0.001', urt: '0.004, 0.006', cs: 'HIT' },
    ],
    [`10.0.0.1 - - ${REST} ${PAGES} "203.0.113.4"`, { ...EXTENDED, forwarded_for: '203.0.113.4' }],
    [`10.0.0.1 - - ${REST} ${PAGES} "-"`, EXTENDED],
    [
      `10.0.0.1 - - ${REST} ${PAGES} 403 0.025 [shop-80] [] 10.0.3.7:80 5 0.024 200 0123456789abcdef`,
      {
        ...EXTENDED,
        duration_ms: 25,
        upstream_ms: 24,
        request_id: '0123456789abcdef',
        upstream: '403 0.025 [shop-80] [] 10.0.3.7:80 5 0.024 200 0123456789abcdef',
      },
    ],
    [
      `10.0.0.1 - - ${REST} ${PAGES} 403 0.025 [shop-80] [] - - - - 0123456789abcdef`,
      {
        ...EXTENDED,
        duration_ms: 25,
        request_id: '0123456789abcdef',
        upstream: '403 0.025 [shop-80] [] - - - - 0123456789abcdef',
      },
    ],
  ])('%s', (line, expected) => {
    expect(read(line)).toEqual(expected)
  })

  test.each([
    `10.0.0.1 - - ${TIME} "GET /a HTTP/1.1`,
    `10.0.0.1 - - ${TIME} "GET /a HTTP/1.1" 200`,
    `10.0.0.1 - - ${TIME} "GET /a HTTP/1.1" abc 5`,
    `10.0.0.1 - - ${TIME} "GET /a HTTP/1.1" 2000 5`,
    `10.0.0.1 - - ${TIME} "GET /a HTTP/1.1" 200 five`,
    `10.0.0.1 - - [31/Feb/2024:08:15:30 +0000] "GET /a HTTP/1.1" 200 5`,
    `10.0.0.1 ${REST}`,
    `10.0.0.1 - - 05/Mar/2024:08:15:30 "GET /a HTTP/1.1" 200 5`,
    `10.0.0.1 - - ${REST} ${PAGES} 262 "shop@docker" "http://10.0.0.2:80" 2ms`,
  ])('%s is none of them', line => {
    expect(read(line)).toBeUndefined()
  })

  test('are told apart line by line, wherever they lie', () => {
    const bytes = Buffer.alloc(200)
    const kinds = [`10.0.0.1 - - ${REST}`, `10.0.0.9 - - ${REST}`].map(line => {
      bytes.write(line)
      const record = detector.detect(bytes, 0, line.length)
      return record?.text(CLIENT_IP)
    })
    expect(kinds).toEqual(['10.0.0.1', '10.0.0.9'])
  })
})
