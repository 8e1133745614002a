import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../../src/core/config-file.ts'
import { compileRedaction } from '../../../src/cruncher/redact/compile-redaction.ts'
import { redactionConfig } from '../../../src/cruncher/redact/config.ts'
import {
  CLIENT_IP,
  ESCAPED,
  JSON_VALUE,
  LogRecord,
  MESSAGE,
  PLAIN,
  USER_AGENT,
  USER_ID,
  type ValueKind,
} from '../../../src/cruncher/record.ts'
import { described } from '../described.ts'

const ALL = '{ email: mask, ip: mask, token: mask, card: mask }'
const KEY = 'a key for the tests'

function redactionOf(yaml: string): (record: LogRecord) => void {
  const config = parseConfig({ file: 'ferry.yaml', text: yaml }, redactionConfig)
  return compileRedaction(config) ?? (() => {})
}

function recordWith(text: string, kind: ValueKind = PLAIN, field = MESSAGE): LogRecord {
  const record = new LogRecord()
  const bytes = Buffer.from(`a@b.cc${text}x@y.zz`)
  record.reset(bytes)
  record.setSlice(field, 6, bytes.length - 6, kind)
  return record
}

/** What is left of a message. */
function redact(text: string, yaml = ALL, kind: ValueKind = PLAIN): string | undefined {
  const record = recordWith(text, kind)
  redactionOf(yaml)(record)
  return record.text(MESSAGE)
}

/** What is left of an attribute that is JSON, as its text. */
function redactJson(json: string, yaml = ALL): string {
  const record = recordWith(json)
  record.addSlice('value', 6, 6 + Buffer.byteLength(json), JSON_VALUE)
  redactionOf(yaml)(record)
  return record.attributeText(0)
}

describe('what must go goes', () => {
  test.each([
    ['mail to joe@example.com failed', 'mail to [email] failed'],
    ['joe@example.com', '[email]'],
    ['<joe.q-public+tag@mail.example.co.uk>', '<[email]>'],
    ['email=joe_1@example.com&x=1', 'email=[email]&x=1'],
    ['a@example.com,b@example.com', '[email],[email]'],
    ['/users/joe@example.com/edit', '/users/[email]/edit'],
    ['/users?email=joe%40example.com&x=1', '/users?email=[email]&x=1'],
    ['next=%2Fa%3Femail%3Djoe%2540example.com', 'next=%2Fa%3Femail%3D[email]'],
    ['q%3Djoe%2Btag%40example.com%26x', 'q%3D[email]%26x'],
    ['{"to":"joe\\u0040example.com"}', '{"to":"[email]"}'],
    ['line\\njoe@example.com', 'line\\n[email]'],
    ["to o'neil@example.ie.", 'to [email].'],
    ['éva@példa.hu said', '[email] said'],
    ['joe@xn--e1afmkfd.xn--p1ai', '[email]'],
    ['from 203.0.113.77:8080', 'from [ip]:8080'],
    ['(203.0.113.77)', '([ip])'],
    ['host/10.0.0.5:1234', 'host/[ip]:1234'],
    ['10.0.0.1, 10.0.0.2', '[ip], [ip]'],
    ['http://10.1.2.3/path', 'http://[ip]/path'],
    ['ip=10.1.2.3.', 'ip=[ip].'],
    ['from 2001:db8::1 to', 'from [ip] to'],
    ['[2001:db8:0:1:2:3:4:5]:443', '[[ip]]:443'],
    ['from fe80::1: refused', 'from [ip]: refused'],
    ['addr:2001:db8::1', 'addr:[ip]'],
    ['::ffff:203.0.113.77', '[ip]'],
    [
      'x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g y',
      'x [token] y',
    ],
    ['Authorization: Bearer mF_9.B5f-4.1JqM', 'Authorization: [token]'],
    ['bearer 0123456789abcdef rest', 'bearer [token] rest'],
    ['Authorization: Basic QWxhZGRpbjpvcGVu', 'Authorization: [token]'],
    ['authorization=Bearer abc123456&x', 'authorization=[token]&x'],
    ['key AKIAIOSFODNN7EXAMPLE.', 'key [token].'],
    ['ASIAIOSFODNN7EXAMPLE', '[token]'],
    ['/login?access_token=abc.def&x=1', '/login?access_token=[token]&x=1'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPx', 'AWS_SECRET_ACCESS_KEY=[token]'],
    ['password="two words", x', 'password="[token]", x'],
    ['card 4111111111111111 ok', 'card [card] ok'],
    ['card 4111 1111 1111 1111 ok', 'card [card] ok'],
    ['4111-1111-1111-1111', '[card]'],
    ['2024 4111 1111 1111 1111 12/27', '2024 [card] 12/27'],
    ['cc=4111+1111+1111+1111&', 'cc=[card]&'],
    ['3782 822463 10005', '[card]'],
    ['5555555555554444', '[card]'],
    ['2223003122003222', '[card]'],
    ['6011111111111117', '[card]'],
    ['3530111333300000', '[card]'],
    ['30569309025904', '[card]'],
  ])('%s', (text, left) => {
    expect(redact(text)).toBe(left)
    expect(redact(`árvíz ${text}`)).toBe(`árvíz ${left}`)
    const quoted = JSON.stringify(text).slice(1, -1)
    expect(redact(quoted, ALL, ESCAPED)).toBe(left)
    expect(JSON.parse(redactJson(JSON.stringify({ a: [text, 1] })))).toEqual({ a: [left, 1] })
    const twice = JSON.parse(redactJson(JSON.stringify([JSON.stringify({ text })]))) as string[]
    expect(twice[0]).not.toContain(text)
  })
})

describe('what must not go stays', () => {
  test.each([
    'user@localhost',
    'logo@2x.png',
    '@types/node',
    'pkg@1.2.3',
    'see @joe',
    'a @ b.com',
    'joe@',
    '100%40',
    'Chrome/120.0.0.0 Safari/537.36',
    'version 1.2.3',
    'v1.2.3.4',
    '1.2.3.4.5',
    '256.1.1.1',
    '1234.1.1.1',
    'at 10:00:00',
    '2024-11-03T10:00:00',
    'mac aa:bb:cc:dd:ee:ff',
    'std::vector<int>',
    'a::b',
    'key: value',
    '::',
    'eyJhbGciOi',
    'KeyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0',
    'AKIATA is a town',
    'the bearer of this letter',
    'Bearer authentication failed',
    'Unexpected token: x',
    'password: must not be empty',
    'tokens=5',
    'password=',
    '4111111111111112',
    '1730628000123456',
    '1730628000123456789',
    '0.4111111111111111',
    '4111111111111111.5',
    'a4111111111111111',
    '4111111111111111f',
    '41111111-11111111',
    'order 12345678',
    '123e4567-e89b-12d3-a456-426614174000',
    'C:\\new\\report',
    'tab\\there',
  ])('%s', text => {
    expect(redact(text)).toBe(text)
    expect(redact(JSON.stringify(text).slice(1, -1), ALL, ESCAPED)).toBe(text)
    const json = JSON.stringify({ a: [text, 1] })
    expect(redactJson(json)).toBe(json)
  })

  test('what is not asked for', () => {
    const text = 'joe@example.com 10.0.0.1 ASIAIOSFODNN7EXAMPLE 4111111111111111'
    expect(redact(text, '{}')).toBe(text)
    expect(redact(text, 'email: mask')).toBe(text.replace('joe@example.com', '[email]'))
    expect(redact(text, 'ip: mask')).toBe(text.replace('10.0.0.1', '[ip]'))
    expect(redact(text, 'token: mask')).toBe(text.replace('ASIAIOSFODNN7EXAMPLE', '[token]'))
    expect(redact(text, 'card: mask')).toBe(text.replace('4111111111111111', '[card]'))
  })

  test('the version of a browser that looks like an address', () => {
    const record = recordWith('Opera 9.8.7.6', PLAIN, USER_AGENT)
    redactionOf(ALL)(record)
    expect(record.text(USER_AGENT)).toBe('Opera 9.8.7.6')
  })
})

describe('JSON', () => {
  test.each([
    ['{"n":4111111111111111}', '{"n":"[card]"}'],
    ['[-4111111111111111,4111111111111111.5e3]', '["-[card]",4111111111111111.5e3]'],
    ['4111111111111111', '[card]'],
    [
      '{"joe@example.com" : 1.50, "b":12345678901234567890}',
      '{"[email]" : 1.50, "b":12345678901234567890}',
    ],
    ['{"a":"\\u006aoe\\u0040example.com"}', '{"a":"[email]"}'],
    ['{"a":"\\"joe@example.com\\"\\n"}', '{"a":"\\"[email]\\"\\n"}'],
    ['{"a":"\\u00e9@example.com","b":"\\u00e9"}', '{"a":"[email]","b":"\\u00e9"}'],
    ['{"a":"\\n10.0.0.1"}', '{"a":"\\n[ip]"}'],
    ['{"a":"\\u00e910.0.0.1"}', '{"a":"é[ip]"}'],
    ['{"a":"\\u0041KIAIOSFODNN7EXAMPLE"}', '{"a":"[token]"}'],
    [
      '{"password" : "x y","token":5,"tokens":"x"}',
      '{"password" : "[token]","token":5,"tokens":"x"}',
    ],
    ['{"api-key":"x","b":{"Secret":{"c":"d"}}}', '{"api-key":"[token]","b":{"Secret":{"c":"d"}}}'],
  ])('%s', (json, left) => {
    expect(redactJson(json)).toBe(left)
  })
})

describe('an action', () => {
  test.each([
    ['ip: truncate', '203.0.113.77', '203.0.113.0'],
    ['ip: truncate', '2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
    ['ip: truncate', '2001:db8::5', '2001:db8::'],
    ['ip: truncate', 'fe80::1', 'fe80::'],
    ['ip: truncate', '::ffff:203.0.113.77', '::ffff:203.0.113.0'],
    ['ip: drop', 'from 203.0.113.77 on', 'from  on'],
    ['email: drop', 'to joe@example.com', 'to '],
    ['fields: { message: mask }', 'all of it', '***'],
    ['fields: { message: drop }', 'all of it', undefined],
    ['fields: { message: truncate }', '10.1.2.3', '10.1.2.0'],
    ['fields: { message: truncate }', 'no address', '***'],
    [
      "patterns: { order: { regex: 'ORD-[0-9]+', action: mask } }",
      'ORD-17 and ORD-18',
      '[order] and [order]',
    ],
    [
      "email: mask\npatterns: { x: { regex: '[a-z]+$', action: drop } }",
      'joe@example.com is here',
      '[email] is ',
    ],
  ])('%s', (yaml, text, left) => {
    expect(redact(text, yaml)).toBe(left)
  })

  const hashOf = (text: string) => createHmac('sha256', KEY).update(text).digest('hex').slice(0, 16)

  test('hash is the same for the same, with the same key only', () => {
    const yaml = `{ email: hash, fields: { user_id: hash }, key: '${KEY}' }`
    const expected = hashOf('joe@example.com')
    expect(redact('to joe@example.com', yaml)).toBe(`to ${expected}`)
    expect(redact('to Joe@Example.com', yaml)).toBe(`to ${expected}`)
    expect(redact('to joe%40example.com', yaml)).toBe(`to ${expected}`)
    const other = yaml.replace(KEY, 'another key, which is long enough')
    expect(redact('to joe@example.com', other)).not.toBe(`to ${expected}`)
    const record = recordWith('u-1', PLAIN, USER_ID)
    const redaction = redactionOf(yaml)
    for (let time = 0; time < 3; time++) {
      record.setText(USER_ID, 'u-1')
      redaction(record)
      expect(record.text(USER_ID)).toBe(hashOf('u-1'))
    }
  })

  test('hash of thousands of users is right, whatever is remembered', () => {
    const redaction = redactionOf(`{ fields: { user_id: hash }, key: '${KEY}' }`)
    const record = new LogRecord()
    for (let round = 0; round < 2; round++) {
      for (let user = 0; user < 12_000; user += 7) {
        record.reset(Buffer.alloc(0))
        record.setText(USER_ID, `u${user}`)
        redaction(record)
        expect(record.text(USER_ID)).toBe(hashOf(`u${user}`))
      }
    }
  })
})

test('a pattern that would run for ever is stopped', () => {
  const text = `${'a'.repeat(60)}!`
  expect(redact(text, "patterns: { x: { regex: '^(a+)+$', action: drop } }")).toBe(text)
})

test('fields and attributes by name, and what is a secret by its name', () => {
  const record = recordWith('203.0.113.77', PLAIN, CLIENT_IP)
  record.addText('plan', 'pro')
  record.addText('ssn', '123')
  record.addValue('age', 41)
  record.addValue('nothing', null)
  record.addText('db.password', 'hunter2')
  record.addText('note', 'for joe@example.com')
  record.addText('last', 'kept')
  redactionOf(
    '{ ip: truncate, email: mask, token: mask, fields: { attributes.ssn: drop, attributes.age: mask, attributes.nothing: mask, attributes.plan: mask } }',
  )(record)
  const { fields, attributes } = described(record)
  expect(fields).toEqual({ client_ip: '203.0.113.0' })
  expect(Object.entries(attributes)).toEqual([
    ['plan', '***'],
    ['age', '***'],
    ['nothing', null],
    ['db.password', '[token]'],
    ['note', 'for [email]'],
    ['last', 'kept'],
  ])
})

test('a thousand attributes with finds are all redacted', () => {
  const record = new LogRecord()
  record.reset(Buffer.alloc(0))
  for (let at = 0; at < 1_000; at++) record.addText(`a${at}`, `user${at}@example.com`)
  redactionOf('email: mask')(record)
  for (let at = 0; at < 1_000; at++) expect(record.attributeText(at)).toBe('[email]')
})

describe('what is wrong in the configuration is said with its place', () => {
  test.each([
    ['email: hash', '1:8: `email`: `hash` needs a `key`'],
    ['email: truncate', '1:8: `email`'],
    ['emial: mask', 'did you mean `email`?'],
    ['fields: { status: mask }', 'fields.status'],
    ["patterns: { x: { regex: '(', action: mask } }", '1:25: `patterns.x.regex`: unmatched `(`'],
    ['{ email: hash, key: short }', '1:21: `key`'],
  ])('%s', (yaml, message) => {
    expect(() => redactionOf(yaml)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    )
  })
})
