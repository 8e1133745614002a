import { describe, expect, test } from 'vitest'
import { readFormats } from '../../../src/cruncher/custom/read-formats.ts'
import { Line } from '../../../src/cruncher/line.ts'
import { JsonMembers } from '../../../src/cruncher/members/json-members.ts'
import { MemberLines } from '../../../src/cruncher/members/member-lines.ts'
import { LogRecord } from '../../../src/cruncher/record.ts'
import { described } from '../described.ts'

/** What the formats of a file make of a line: the first that claims it. */
function parse(yaml: string, text: string): Record<string, unknown> | undefined {
  const { lines, members } = readFormats({ file: 'formats.yaml', text: yaml })
  const record = new LogRecord()
  const bytes = Buffer.from(`#${text}#`)
  const line = new Line()
  line.set(bytes, 1, bytes.length - 1)
  for (const format of lines) {
    record.reset(bytes)
    if (!format.claim(line, record)) continue
    const { fields, attributes } = described(record)
    return { format: format.name, ...fields, ...attributes }
  }
  record.reset(bytes)
  const json = new MemberLines({ members: () => new JsonMembers(), formats: members })
  const format = json.claim(bytes, 1, bytes.length - 1, record)
  if (format === undefined) return undefined
  const { fields, attributes } = described(record)
  return { format: format.name, ...fields, ...attributes }
}

/** A format with what every one must have. */
const oneFormat = (keys: string): string => `
formats:
  mine:
${keys.replace(/^/gm, '    ')}
    samples: [{ line: x, expected: {} }]
`

describe('a regular expression', () => {
  const yaml = oneFormat(`
regex: '^(?<time>\\S+ \\S+) \\[(?<level>\\w+)\\] (?<service>[^:]+): (?<message>.*?)(?: took=(?<took>\\S+))?(?: n=(?<n>\\d+))?$'
fields: { took: duration_ms }
types: { n: int }`)

  test('puts its named groups into fields, and others into attributes', () => {
    expect(parse(yaml, '2024-11-03 10:00:00,5 [WARN] pay: no card took=1.5s n=3')).toEqual({
      format: 'mine',
      time: '2024-11-03T10:00:00.5Z',
      level: 'warn',
      service: 'pay',
      message: 'no card',
      duration_ms: 1_500,
      n: 3,
    })
  })

  test('reads what is not ASCII', () => {
    expect(parse(yaml, '2024-11-03 10:00:00 [ERROR] árvíztűrő: fúró 🦫 n=12')).toMatchObject({
      service: 'árvíztűrő',
      message: 'fúró 🦫',
      n: 12,
      level: 'error',
    })
  })

  test('leaves a line to others whose time is none', () => {
    expect(parse(yaml, '2024-02-30 10:00:00 [WARN] pay: no card')).toBeUndefined()
  })

  test('keeps a level that is none as an attribute', () => {
    expect(parse(yaml, '2024-11-03 10:00:00 [odd] pay: no card')).toMatchObject({ level: 'odd' })
  })

  test('may have its own words for levels', () => {
    const own = oneFormat(`
regex: '^(?<level>.): (?<message>.*)$'
levels: { '!': error, '.': info }`)
    expect(parse(own, '!: it broke')).toMatchObject({ level: 'error', message: 'it broke' })
    expect(parse(own, '.: it runs')).toMatchObject({ level: 'info' })
  })

  test('of two names for one field, the better known is the field', () => {
    const own = oneFormat(`regex: '^(?<text>\\w+) (?<message>\\w+)$'`)
    expect(parse(own, 'a b')).toEqual({ format: 'mine', message: 'b', text: 'a' })
  })

  test('splits a URL into path and query', () => {
    const own = oneFormat(`regex: '^(?<method>[A-Z]+) (?<url>\\S+)$'`)
    expect(parse(own, 'GET https://example.com/a/b?c=d')).toEqual({
      format: 'mine',
      method: 'GET',
      http_host: 'example.com',
      path: '/a/b',
      query: 'c=d',
    })
  })

  test('ignores case when it is told to', () => {
    const own = oneFormat(`
regex: '^error [a-f]{2} [^x-z] (?<message>.*)$'
ignore_case: true`)
    expect(parse(own, 'ErrOR aF w that')).toMatchObject({ message: 'that' })
    expect(parse(own, 'ErrOR aF Y that')).toBeUndefined()
  })

  test('takes a number too large for a double as it is written', () => {
    const own = oneFormat(`
regex: '^(?<n>\\S+)$'
types: { n: int }`)
    const { lines } = readFormats({ file: 'f', text: own })
    const record = new LogRecord()
    const bytes = Buffer.from('12345678901234567890')
    const line = new Line()
    line.set(bytes, 0, bytes.length)
    record.reset(bytes)
    expect(lines[0]?.claim(line, record)).toBe(true)
    expect(record.attributeText(0)).toBe('12345678901234567890')
  })

  test.each([
    ['7', 7],
    ['007', 7],
    ['-3.7', -3],
    ['abc', 'abc'],
    ['0x1f', 31],
  ])('as an int, %s is %s', (text, value) => {
    const own = oneFormat(`
regex: '^(?<n>\\S+)$'
types: { n: int }`)
    expect(parse(own, text)).toEqual({ format: 'mine', n: value })
  })
})

describe('a grok pattern', () => {
  test('finds what its names stand for, of the types that it asks for', () => {
    const yaml = oneFormat(
      `grok: '%{TIMESTAMP_ISO8601:time} %{LOGLEVEL:level} %{IPORHOST:client_ip} %{NUMBER:retries:int} %{NUMBER:load:float} %{GREEDYDATA:message}'`,
    )
    expect(parse(yaml, '2024-11-03T10:00:00.25Z ERROR 10.0.0.7 3 0.75 it broke')).toEqual({
      format: 'mine',
      time: '2024-11-03T10:00:00.25Z',
      offset: 0,
      level: 'error',
      client_ip: '10.0.0.7',
      retries: 3,
      load: 0.75,
      message: 'it broke',
    })
  })

  test('may use patterns of its file, which may use others', () => {
    const yaml = `patterns: { ORDER: '[A-Z]{2}[0-9]+', LINE: '%{ORDER:order} %{WORD:event}' }\n${oneFormat(`grok: '^%{LINE}$'`)}`
    expect(parse(yaml, 'AB12 paid')).toEqual({ format: 'mine', order: 'AB12', event: 'paid' })
  })

  test('may name fields within objects, in both spellings', () => {
    const yaml = oneFormat(
      `grok: '%{WORD:[http][request][method]} %{INT:http.response.status_code:int}'`,
    )
    expect(parse(yaml, 'GET 200')).toEqual({ format: 'mine', method: 'GET', status: 200 })
  })

  test('knows the combined log of Apache', () => {
    const yaml = oneFormat(`grok: '^%{COMBINEDAPACHELOG}$'`)
    const line =
      '203.0.113.7 - frank [10/Oct/2000:13:55:36 -0700] "GET /a?b=c HTTP/1.0" 200 2326 "http://e.com/s" "Mozilla/4.08 [en]"'
    expect(parse(yaml, line)).toEqual({
      format: 'mine',
      time: '2000-10-10T20:55:36Z',
      offset: -420,
      client_ip: '203.0.113.7',
      user_id: 'frank',
      method: 'GET',
      path: '/a',
      query: 'b=c',
      http_version: '1.0',
      status: 200,
      bytes: 2_326,
      referrer: 'http://e.com/s',
      user_agent: 'Mozilla/4.08 [en]',
    })
  })

  test('knows the lines of syslog', () => {
    const yaml = oneFormat(`grok: '^%{SYSLOGBASE} %{GREEDYDATA:message}$'`)
    expect(parse(yaml, 'Feb  9 21:19:40 web1 sshd[42]: hello')).toEqual({
      format: 'mine',
      time: '----02-09T21:19:40Z',
      host: 'web1',
      service: 'sshd',
      pid: 42,
      message: 'hello',
    })
  })
})

describe('columns', () => {
  test('are cut at a separator, and a dash names nobody', () => {
    const yaml = oneFormat(`
separator: '|'
columns: [time, level, '-', user, message]
fields: { user: user_id }`)
    expect(parse(yaml, '2024-11-03 10:00:00|info|xyz|u1|it runs')).toEqual({
      format: 'mine',
      time: '2024-11-03T10:00:00Z',
      level: 'info',
      user_id: 'u1',
      message: 'it runs',
    })
    expect(parse(yaml, '2024-11-03 10:00:00|info|xyz|u1')).toBeUndefined()
    expect(parse(yaml, '2024-11-03 10:00:00|info|xyz|u1|it|runs')).toBeUndefined()
    expect(parse(yaml, 'yesterday|info|xyz|u1|it runs')).toBeUndefined()
  })

  test('may be quoted', () => {
    const yaml = oneFormat(`
separator: ', '
columns: [a, b, c]`)
    expect(parse(yaml, '"x, y", "say ""hi""", z')).toEqual({
      format: 'mine',
      a: 'x, y',
      b: 'say "hi"',
      c: 'z',
    })
    expect(parse(yaml, '"x, y, z')).toBeUndefined()
  })

  test('the last may take the rest', () => {
    const yaml = oneFormat(`
separator: "\\t"
columns: [level, message...]`)
    expect(parse(yaml, 'info\ta\tb')).toEqual({ format: 'mine', level: 'info', message: 'a\tb' })
  })
})

describe('a JSON mapping', () => {
  const yaml = oneFormat(`
json: { required: [at, evt], where: { kind: [order, refund] } }
fields: { at: time, evt: event, ctx.user: user_id, sev: level }
levels: { '1': fatal, oops: error }`)

  test('puts paths into fields, with its own words for levels', () => {
    const line =
      '{"at":"2024-11-03T10:00:00Z","evt":"paid","kind":"order","ctx":{"user":"u1"},"sev":1,"n":2}'
    expect(parse(yaml, line)).toEqual({
      format: 'mine',
      time: '2024-11-03T10:00:00Z',
      offset: 0,
      event: 'paid',
      user_id: 'u1',
      level: 'fatal',
      kind: 'order',
      n: 2,
    })
    expect(parse(yaml, line.replace(':1,', ':"oops",'))).toMatchObject({ level: 'error' })
  })

  test('claims only what has its members and values', () => {
    expect(parse(yaml, '{"at":"2024-11-03T10:00:00Z","kind":"order"}')).toBeUndefined()
    expect(parse(yaml, '{"at":"2024-11-03T10:00:00Z","evt":"paid","kind":"other"}')).toBeUndefined()
  })
})

describe('what is wrong is said with its place', () => {
  test.each([
    ['an unknown key', oneFormat('regexp: x'), ['4:5: unknown key `formats.mine.regexp`']],
    ['two ways', oneFormat("regex: '(?<a>x)'\ngrok: x"), ['5:11: `formats.mine.grok`: it must']],
    ['no way', oneFormat('title: x'), ['4:5: `formats.mine`: it must have one of regex, grok']],
    ['no samples', "formats:\n  a: { regex: '(?<x>.)' }", ['samples']],
    [
      'an open group',
      oneFormat("regex: 'a(b'"),
      ['4:12: `formats.mine.regex`: unmatched `(` at 2'],
    ],
    ['an open class', oneFormat("regex: 'a[b'"), ['unmatched `[` at 2']],
    [
      'nothing to repeat',
      oneFormat("regex: '(?<a>*)'"),
      ['4:12: `formats.mine.regex`: nothing to'],
    ],
    ['nothing named', oneFormat("regex: '(a)'"), ['it names nothing that it finds']],
    [
      'a back reference',
      oneFormat("regex: '(?<a>.)\\1'"),
      ['4:12: `formats.mine.regex`: back references such as `\\1`'],
    ],
    ['look-ahead', oneFormat("regex: '(?<a>.)(?=b)'"), ['it cannot be run in linear time']],
    ['a flag', oneFormat("regex: '(?i)(?<a>.)'"), ['flags such as `(?i)` are not known']],
    [
      'an unknown name',
      oneFormat("grok: '%{WURD:a}'"),
      ['`WURD` is no grok pattern; did you mean `WORD`?'],
    ],
    ['an unknown type', oneFormat("grok: '%{WORD:a:date}'"), ['`date` is no type']],
    [
      'a name that contains itself',
      `patterns: { A: '%{B}', B: '%{A}' }\n${oneFormat("grok: '%{A:a}'")}`,
      ['its names contain themselves'],
    ],
    ['an unknown field', oneFormat("regex: '(?<a>.)'\nfields: { a: thyme }"), ['5:']],
    [
      'a name nobody has',
      oneFormat("regex: '(?<a>.)'\nfields: { b: time }"),
      ['5:13: `formats.mine.fields`: nothing in it is named `b`'],
    ],
    ['a mapping of any JSON', oneFormat('json: {}'), ['it must say by what it is known']],
    ['a single column', oneFormat("separator: ','\ncolumns: [a]"), ['two `columns`']],
    [
      'two at once',
      `${oneFormat("regex: '(a'")}  other: { regex: ')', samples: [{ line: x, expected: {} }] }\n`,
      ['4:12', '6:19'],
    ],
  ])('%s', (_, yaml, messages) => {
    let found = ''
    try {
      readFormats({ file: 'formats.yaml', text: yaml })
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
      found = error instanceof Error ? error.message.toLowerCase() : ''
    }
    for (const message of messages) expect(found).toContain(message.toLowerCase())
    expect(found).toMatch(/^formats\.yaml:\d+:\d+: /)
  })
})
