import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TO_STATUS } from '../../../src/cruncher/fields/field-name.ts'
import type { MemberFormat } from '../../../src/cruncher/members/member-format.ts'
import { CLIENT_IP } from '../../../src/cruncher/record.ts'
import { ANY_OBJECT, jsonLines, pairLines, read } from './read.ts'

const fieldsOf = (line: string, lines = jsonLines()): object | undefined =>
  read(lines, line)?.fields
const attributesOf = (line: string, lines = jsonLines()): object | undefined =>
  read(lines, line)?.attributes

const format = (spec: Partial<MemberFormat>): MemberFormat => ({ ...ANY_OBJECT, ...spec })

describe('lines of names and values', () => {
  test('lose nothing: every value is in a field or an attribute', () => {
    const names = [
      'level',
      'msg',
      'message',
      'user',
      'user_id',
      'app',
      'service',
      'status',
      'x',
      'a.b',
      'time',
      'url',
    ]
    const value = fc.oneof(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.nat({ max: 999 }),
      fc.constant(null),
      fc.record({ id: fc.nat({ max: 99 }), name: fc.stringMatching(/^[a-z]{1,6}$/) }),
      fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 3 }),
    )
    const lines = jsonLines()
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 }), all => {
        const found = read(lines, JSON.stringify(all))
        expect(found).toBeDefined()
        const kept = JSON.stringify([found?.fields, found?.attributes])
        const leaves = (part: unknown): unknown[] =>
          typeof part === 'object' && part !== null ? Object.values(part).flatMap(leaves) : [part]
        // A level is kept as what it stands for.
        const { level: _, ...others } = all
        const isLevel = found !== undefined && 'level' in found.fields
        for (const leaf of leaves(isLevel ? others : all)) expect(kept).toContain(String(leaf))
      }),
    )
  })

  test('tell shapes of one hash apart', () => {
    const lines = jsonLines()
    // Names of one length, with the same letters at both ends: the hash sees no more of them.
    for (const _ of [1, 2]) {
      expect(fieldsOf('{"status":200}', lines)).toEqual({ status: 200 })
      expect(attributesOf('{"sxxxxs":200}', lines)).toEqual({ sxxxxs: 200 })
    }
  })

  test('are read alike however many shapes there are', () => {
    const lines = jsonLines()
    for (let at = 0; at < 12_000; at++) {
      const line = `{"n${at}":1,"user":{"u${at}":2,"id":${at}},"level":"info"}`
      if (at % 1_000 > 3) {
        read(lines, line)
        continue
      }
      expect(read(lines, line)).toEqual({
        format: 'any',
        fields: { level: 'info', user_id: String(at) },
        attributes: { [`n${at}`]: 1, [`user.u${at}`]: 2 },
      })
    }
    expect(process.memoryUsage().heapUsed).toBeLessThan(400_000_000)
  })

  test.each<[string, object, object]>([
    // Known by their path, whether the object is one or its name has dots.
    ['{"http":{"request":{"method":"GET"}}}', { method: 'GET' }, {}],
    ['{"http.request.method":"GET"}', { method: 'GET' }, {}],
    // What has a known name and members of its own.
    ['{"user":{"id":7,"plan":"pro"}}', { user_id: '7' }, { 'user.plan': 'pro' }],
    ['{"user":"ann"}', { user_id: 'ann' }, {}],
    ['{"odd":{"id":7}}', {}, { odd: { id: 7 } }],
    // The best name has it, and others where that has no usable value.
    ['{"msg":"b","message":"a"}', { message: 'a' }, { msg: 'b' }],
    ['{"message":null,"msg":"b"}', { message: 'b' }, { message: null }],
    ['{"message":{"a":1},"msg":"b"}', { message: 'b' }, { message: { a: 1 } }],
    ['{"message":"","msg":"b"}', { message: 'b' }, { message: '' }],
    ['{"message":null,"msg":null,"text":"c"}', { message: 'c' }, { message: null, msg: null }],
    // Twice the same name, further in too.
    ['{"msg":"a","msg":"b"}', { message: 'a' }, { msg: 'b' }],
    ['{"level":"info","log":{"level":"error"}}', { level: 'info' }, { 'log.level': 'error' }],
    // Escapes: in names, in texts, in what is taken apart.
    ['{"m\\u0073g":"a\\tb","\\u00e9\\n":"\\""}', { message: 'a\tb' }, { 'é\n': '"' }],
    [
      '{"url":"https:\\/\\/x.example\\/a\\/b?c=\\/"}',
      { http_host: 'x.example', path: '/a/b' },
      { query: 'c=/' },
    ],
    ['{"time":"2024\\/03\\/05 08:15:30Z"}', { time: '2024-03-05T08:15:30Z', offset: 0 }, {}],
    // Lists of one value count as the value.
    ['{"client_ip":["203.0.113.4"]}', { client_ip: '203.0.113.4' }, {}],
    ['{"client_ip":["203.0.113.4","::1"]}', {}, { client_ip: ['203.0.113.4', '::1'] }],
    ['{"client_ip":[]}', {}, { client_ip: [] }],
    ['{"user":[{"id":1}]}', { user_id: '1' }, {}],
    // Values that do not fit.
    ['{"status":"none","level":"odd"}', {}, { status: 'none', level: 'odd' }],
    ['{"time":"yesterday"}', {}, { time: 'yesterday' }],
    ['{"level":30}', { level: 'info' }, {}],
    ['{"level":3}', {}, { level: 3 }],
    ['{"user_id":true,"status":"404"}', { user_id: 'true', status: 404 }, {}],
  ])('%s', (line, fields, attributes) => {
    expect(read(jsonLines(), line)).toEqual({ format: 'any', fields, attributes })
  })

  test('look as deep as names go, and keep what is deeper as it stands', () => {
    const names = new Map([['a.b.c.d.e.f.g.h', 'message' as const]])
    expect(
      read(jsonLines({ names }), '{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":"x"}}}}}}}}'),
    ).toEqual({
      format: 'any',
      fields: {},
      attributes: { 'a.b.c.d.e.f': { g: { h: 'x' } } },
    })
  })

  test('keep an object of too many members within another as it stands', () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`n${n}`, n]))
    expect(attributesOf(JSON.stringify({ user: many }))).toEqual({ user: many })
  })

  test("follow a user's names before all others", () => {
    const names = new Map([
      ['text', 'message' as const],
      ['message', 'event' as const],
      ['a.id', 'user_id' as const],
    ])
    expect(
      fieldsOf('{"message":"m","text":"t","a":{"id":5},"user_id":6}', jsonLines({ names })),
    ).toEqual({
      message: 't',
      event: 'm',
      user_id: '5',
    })
  })

  test('leave out what is not wanted', () => {
    const lines = jsonLines({ isWanted: to => to === TO_STATUS })
    expect(
      read(lines, '{"status":200,"msg":"a","x":1,"user":{"id":2},"http":{"status_code":1}}'),
    ).toEqual({
      format: 'any',
      fields: { status: 200 },
      attributes: { 'http.status_code': 1 },
    })
  })

  test('of an envelope take the line within, whoever asks for it, and what leads to a field that is wanted', () => {
    const isWanted = (to: number): boolean => to === CLIENT_IP
    const formats = [format({ envelope: true, fields: { a: 'client_address' } })]
    expect(fieldsOf('{"msg":"b","a":"::1","app":"x"}', jsonLines({ formats, isWanted }))).toEqual({
      message: 'b',
      client_ip: '::1',
    })
  })

  test.each<[Partial<MemberFormat>, string, boolean]>([
    [{ has: ['a', 'b'] }, '{"b":1,"a":2}', true],
    [{ has: ['a', 'b'] }, '{"a":{"b":1}}', false],
    [{ hasOneOf: [['a', 'b'], ['c']] }, '{"b":1,"c":1}', true],
    [{ hasOneOf: [['a', 'b'], ['c']] }, '{"a":1,"b":1}', false],
    [{ hasNot: ['a'] }, '{"a":1}', false],
    [{ hasNot: ['a'] }, '{"b":1}', true],
    [{ values: { a: ['1', 'x'] } }, '{"a":1}', true],
    [{ values: { a: ['1', 'x'] } }, '{"a":"x"}', true],
    [{ values: { a: ['1', 'x'] } }, '{"a":"xy"}', false],
    [{ kinds: { a: 'number' } }, '{"a":-1.5e3}', true],
    [{ kinds: { a: 'number' } }, '{"a":"1"}', false],
    [{ kinds: { a: 'object' } }, '{"a":{}}', true],
    [{ kinds: { a: 'object' } }, '{"a":[]}', false],
    [{ kinds: { a: 'list' } }, '{"a":[]}', true],
    [{ kinds: { a: 'text' } }, '{"a":"\\n"}', true],
    [{ kinds: { a: 'text' } }, '{"a":null}', false],
    [{ leastMembers: 2 }, '{"a":1}', false],
    [{ mostMembers: 1 }, '{"a":1,"b":2}', false],
    [{ has: ['a'], or: [{ has: ['b'] }] }, '{"b":1}', true],
    [{ has: ['a'], or: [{ has: ['b'] }] }, '{"c":1}', false],
  ])('know a format by %j: %s', (spec, line, isKnown) => {
    const formats = [format({ ...spec, name: 'known', sureness: 3 }), ANY_OBJECT]
    const found = read(jsonLines({ formats }), line)
    expect(found?.format).toBe(isKnown ? 'known' : 'any')
  })

  test('are of the first format that knows them, and tell the others', () => {
    const formats = [
      format({ name: 'of-a', sureness: 3, values: { a: ['1'] }, or: [{ has: ['a'] }] }),
      format({ name: 'of-b', sureness: 2, has: ['b'] }),
      ANY_OBJECT,
    ]
    const lines = jsonLines({ formats })
    const bytes = Buffer.from('{"a":1,"b":2}')
    const candidates = lines.candidates(bytes, 0, bytes.length)
    expect(candidates.map(({ name }) => name)).toEqual(['of-a', 'of-b', 'any'])
    expect(read(lines, '{"b":2}')?.format).toBe('of-b')
  })

  test.each<[string, Partial<MemberFormat>, object]>([
    ['{"level":4}', { levels: 'syslog' }, { level: 'warn' }],
    ['{"level":"6"}', { levels: 'syslog' }, { level: 'info' }],
    ['{"level":0}', { levels: 'syslog' }, { level: 'fatal' }],
    ['{"level":250}', { levels: 'monolog' }, { level: 'notice' }],
    ['{"level":600}', { levels: 'monolog' }, { level: 'fatal' }],
    ['{"level":12}', { levels: 'otel' }, { level: 'info' }],
    ['{"level":24}', { levels: 'otel' }, { level: 'fatal' }],
    ['{"level":1}', { levels: 'otel' }, { level: 'trace' }],
    ['{"level":0}', { levels: 'nextcloud' }, { level: 'debug' }],
    ['{"level":2}', { levels: 'glog' }, { level: 'error' }],
    ['{"level":1}', { levels: 'azure' }, { level: 'fatal' }],
    ['{"x":1}', { levelIfNone: 'info' }, { level: 'info' }],
    ['{"level":"error"}', { levelIfNone: 'info' }, { level: 'error' }],
    ['{"tags":["a","warning","info"]}', { fields: { tags: 'level' } }, { level: 'warn' }],
    ['{"user":"-","host":"h"}', { absent: ['-'] }, { host: 'h' }],
    ['{"a":"[::1]:80"}', { fields: { a: 'client_address' } }, { client_ip: '::1' }],
    ['{"a":"::1"}', { fields: { a: 'client_address' } }, { client_ip: '::1' }],
    ['{"a":"1.2.3.4:80"}', { fields: { a: 'client_address' } }, { client_ip: '1.2.3.4' }],
    ['{"a":"1.2.3.4, 5.6.7.8"}', { fields: { a: 'client_address' } }, { client_ip: '1.2.3.4' }],
    [
      '{"s":1709626530,"n":21345678}',
      { fields: { s: 'time', n: 'nanosecond' } },
      { time: '2024-03-05T08:15:30.021345Z' },
    ],
    ['{"d":1500}', { fields: { d: 'duration_us' } }, { duration_ms: 1.5 }],
    ['{"d":1500000}', { fields: { d: 'duration_ns' } }, { duration_ms: 1.5 }],
    ['{"d":"0.0015"}', { fields: { d: 'duration_s' } }, { duration_ms: 1.5 }],
    ['{"d":"2.5s"}', { fields: { d: 'duration_ms' } }, { duration_ms: 2_500 }],
  ])('%s with %j', (line, spec, fields) => {
    expect(fieldsOf(line, jsonLines({ formats: [format(spec)] }))).toEqual(fields)
  })

  test('take keys and values from their lists', () => {
    const formats = [format({ keyValueLists: ['attributes'] })]
    const line = JSON.stringify({
      attributes: [
        { key: 'service.name', value: { stringValue: 'shop' } },
        { key: 'shelf', value: { intValue: '7' } },
        { key: 'flags', value: { arrayValue: { values: [{ boolValue: true }] } } },
        { key: 'bare', value: 'x' },
        { odd: 1 },
      ],
    })
    expect(read(jsonLines({ formats }), line)).toEqual({
      format: 'any',
      fields: { service: 'shop' },
      attributes: { shelf: '7', flags: { values: [{ boolValue: true }] }, bare: 'x' },
    })
  })

  test.each([
    ['a=1', undefined],
    ['level=info msg="a b"', { level: 'info', message: 'a b' }],
    ['level=info msg= x=', { level: 'info' }],
    ['status=404 took=12ms', { status: 404, duration_ms: 12 }],
  ])('of pairs: %s', (line, fields) => {
    const formats = [format({ leastMembers: 2 })]
    expect(fieldsOf(line, pairLines({ formats }))).toEqual(fields)
  })
})
