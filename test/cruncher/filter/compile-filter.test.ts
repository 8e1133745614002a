import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileFilter } from '../../../src/cruncher/filter/compile-filter.ts'
import {
  DURATION_MS,
  ESCAPED,
  JSON_VALUE,
  LogRecord,
  MESSAGE,
  METHOD,
  PATH,
  STATUS,
  USER_ID,
} from '../../../src/cruncher/record.ts'

function errorRecord(): LogRecord {
  const line = Buffer.from('say \\"hi\\" to \\u00e1rv\\u00edz')
  const record = new LogRecord()
  record.reset(line)
  record.format = 'nginx-access'
  record.level = 6
  record.timeUs = Date.UTC(2024, 10, 3, 10) * 1_000
  record.numbers[STATUS] = 503
  record.numbers[DURATION_MS] = 12.5
  record.setText(METHOD, 'GET')
  record.setText(PATH, '/api/v1/tasks')
  record.setSlice(MESSAGE, 0, line.length, ESCAPED)
  record.addText('plan', 'pro')
  record.addText('retries', '3')
  record.addValue('count', 7)
  record.addValue('ok', true)
  record.addValue('gone', null)
  record.addText('a b', 'spaced')
  record.addText('deep.name', 'flat')
  const json = Buffer.from('{"user":{"tier":"gold","age":41},"list":[1,2]}')
  record.current = record.addBuffer(json)
  record.addSlice('ctx', 0, json.length, JSON_VALUE)
  return record
}

const RECORD = errorRecord()

describe('of an error on /api/v1/tasks', () => {
  test.each([
    'status == 503',
    'status = 503',
    'status != 200',
    'status >= 503 and status <= 503',
    'status > 502.5 and status < 1e3',
    'status in [500, 503]',
    'status not in [200, 204]',
    'duration_ms > 12',
    'bytes is null',
    'bytes == null',
    'bytes != 5',
    'bytes not in [5]',
    'bytes in [5, null]',
    'not (bytes > 0)',
    'status is not null',
    'level == error',
    "level == 'error'",
    'level >= warn',
    'level in [error, fatal]',
    'level not in [debug, info]',
    'level != warning',
    "method == 'GET'",
    'method == "GET"',
    "method != 'POST'",
    "method in ['PUT', 'GET']",
    "path starts_with '/api/'",
    "path ends_with '/tasks'",
    "path contains 'v1'",
    "path contains ''",
    "path ~ '^/api'",
    "path ~ '^/api/v[0-9]+/'",
    "path ~ 'tasks$'",
    "path ~ '^/api/v1/tasks$'",
    "path !~ '^/health'",
    "path ~ 'v\\d'",
    'user_id is null',
    "user_id != 'u1'",
    "not user_id == 'u1'",
    "user_id not in ['u1']",
    "user_id in ['u1', null]",
    'message == \'say "hi" to árvíz\'',
    'message contains \'"hi"\'',
    "message ends_with 'árvíz'",
    "message ~ 'á.ví[z]'",
    "attributes.plan == 'pro'",
    "attributes['plan'] == 'pro'",
    "attributes['a b'] == 'spaced'",
    "attributes.deep.name == 'flat'",
    'attributes.retries == 3',
    "attributes.retries == '3'",
    'attributes.retries >= 2.5',
    'attributes.count == 7',
    "attributes.count == '7'",
    'attributes.count in [6, 7]',
    'attributes.ok == true',
    'attributes.ok != false',
    'attributes.gone is null',
    'attributes.nothing is null',
    'attributes.plan is not null',
    "attributes.ctx.user.tier == 'gold'",
    'attributes.ctx.user.age > 40',
    'attributes.ctx.user.name is null',
    "attributes.ctx contains 'gold'",
    "format == 'nginx-access'",
    "format starts_with 'nginx'",
    "route == 'task.list'",
    "route != '/health'",
    "route in ['task.list']",
    "route ~ '^task\\.'",
    'route is not null',
    "time >= '2024-11-03' and time < '2024-11-04'",
    "time == '2024-11-03T11:00:00+01:00'",
    "method == 'POST' or status == 503",
    "method == 'POST' and status == 200 or level == error",
    "not method == 'POST' and not status == 200",
    "(method == 'POST' or method == 'GET') and (level == error)",
    'not not level == error',
  ])('%s', expression => {
    expect(compileFilter(expression)(RECORD, 'task.list')).toBe(true)
    expect(compileFilter(`not (${expression})`)(RECORD, 'task.list')).toBe(false)
  })

  test.each([
    'status < 503',
    'bytes > 0',
    'bytes <= 0',
    'bytes == 0',
    'bytes in [0]',
    'level < error',
    "method == 'GE'",
    "method == 'GETS'",
    "method == 'get'",
    "path starts_with 'api'",
    "path starts_with '/api/v1/tasks/and/more'",
    "path contains 'v2'",
    "user_id == 'u1'",
    "user_id starts_with ''",
    "user_id ~ ''",
    'user_id > 5',
    'method > 5',
    'attributes.plan == 5',
    'attributes.nothing == 0',
    "attributes.pla == 'pro'",
    'attributes.ctx.user is null',
    "attributes.list == '[1]'",
    "format == 'nginx'",
    "method == 'POST' and status == 503",
    "not (method == 'GET' or status == 200)",
  ])('not %s', expression => {
    expect(compileFilter(expression)(RECORD, 'task.list')).toBe(false)
  })

  test('a record without a route has none', () => {
    expect(compileFilter("route == '/health'")(RECORD, undefined)).toBe(false)
    expect(compileFilter("route != '/health'")(RECORD, undefined)).toBe(true)
    expect(compileFilter('route is null')(RECORD, undefined)).toBe(true)
  })
})

describe('what is wrong is said with its column', () => {
  test.each([
    ['', 1, 'expected the name of a field, found nothing'],
    ['status', 7, 'expected one of'],
    ['status >', 9, 'expected a value, found nothing'],
    ['status >= 200 route', 15, '`route` is one too many'],
    ['statsu >= 200', 1, 'did you mean `status`?'],
    ['plan == 5', 1, 'write `attributes.plan`'],
    ["status == '200'", 11, '`status` is a number'],
    ['status ~ "^5"', 10, 'asks for a text'],
    ['level == loud', 10, '`loud` is no level'],
    ['level in [error, loud]', 18, '`loud` is no level'],
    ['method == GET', 11, "write 'GET' in quotes"],
    ["method > 'A'", 10, 'compares numbers'],
    ['status > null', 10, 'null is neither'],
    ["path ~ '('", 8, 'no regular expression'],
    ["path ~ '(a)\\1'", 8, 'linear time'],
    ['(status == 1', 13, 'expected `)`'],
    ['status in 1', 11, 'expected `[`'],
    ['status in [1', 13, 'expected `]`'],
    ['status not 1', 12, 'expected `in`'],
    ['status is 1', 11, 'expected `null`'],
    ["time > 'soon'", 8, 'is no time'],
    ["method == 'GET", 11, 'cannot read'],
    ['status == 5 & level == info', 13, 'cannot read'],
    ['status == 5x', 11, 'cannot read'],
    ['  and', 6, 'expected one of'],
    ['  and == 1', 3, '`and` is no field'],
  ])('%s', (expression, column, message) => {
    expect(() => compileFilter(expression)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(message),
        details: { column },
      }),
    )
  })
})

test('a pattern that would run for ever is stopped', () => {
  const record = new LogRecord()
  record.reset(Buffer.alloc(0))
  record.setText(PATH, `${'a'.repeat(60)}!`)
  expect(compileFilter("path ~ '^(a+)+$'")(record, undefined)).toBe(false)
})

test('texts are compared as JavaScript compares them, however they lie in the line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ maxLength: 3 }), (text, part) => {
      const quoted = (value: string) => `'${value.replace(/[\\']/g, '\\$&')}'`
      const record = new LogRecord()
      const line = Buffer.from(JSON.stringify(text).slice(1, -1))
      record.reset(line)
      record.setSlice(USER_ID, 0, line.length, ESCAPED)
      const is = (expression: string) => compileFilter(expression)(record, undefined)
      const found = line.length === 0 ? undefined : text
      expect(is(`user_id == ${quoted(text.toWellFormed())}`)).toBe(found?.isWellFormed() ?? false)
      expect(is(`user_id contains ${quoted(part)}`)).toBe(found?.includes(part) ?? false)
      expect(is(`user_id starts_with ${quoted(part)}`)).toBe(found?.startsWith(part) ?? false)
      expect(is(`user_id ends_with ${quoted(part)}`)).toBe(found?.endsWith(part) ?? false)
      expect(is(`user_id in ['', ${quoted(part)}]`)).toBe(found === part)
    }),
  )
})
