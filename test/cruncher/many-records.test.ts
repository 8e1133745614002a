/**
 * Lines that hold many records: each is a record of its own, with all that stands around it, and the
 * account adds up: lines + expanded = out + filtered + merged + rejected.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oneRecordLines } from '../../src/cruncher/one-record-lines.ts'
import { crunched } from './crunched-lines.ts'
import { CrunchProject } from './crunch-project.ts'
import { otlpLine, subscriptionLine } from './lines-of-many.ts'

const EXPORT = otlpLine('shop', [
  { scope: 'stock', messages: ['one', 'two'] },
  { scope: 'none', messages: [] },
  { scope: 'carts', messages: ['three \\ "quoted" ü'] },
])

test('an export of OTLP: a record each, with the resource and the scope that it stands in', () => {
  const { rows, account } = crunched(`level=info msg=before\n${EXPORT}\nlevel=info msg=behind\n`)
  expect(rows).toMatchObject([
    { message: 'before', line: 1 },
    { service: 'shop', logger: 'stock', message: 'one', user_id: 'u3', line: 2, lines: 1 },
    { service: 'shop', logger: 'stock', message: 'two', line: 2, lines: 0 },
    { service: 'shop', logger: 'carts', message: 'three \\ "quoted" ü', line: 2, offset: 22 },
    { message: 'behind', line: 3, offset: 22 + Buffer.byteLength(EXPORT) + 1 },
  ])
  expect(rows[1]).toMatchObject({ time: '2026-03-01T10:00:01Z', format: 'otlp' })
  expect(rows[3]).toMatchObject({ time: '2026-03-01T10:00:03Z', format: 'otlp' })
  // Nothing of a record is left over in the attributes of another.
  expect(JSON.stringify(rows[3])).not.toContain('one')
  expect(account).toMatchObject({ lines: 3, expanded: 2, out: 5, filtered: 0, merged: 0 })
  expect(account.formats['otlp']).toMatchObject({ lines: 1, expanded: 2, out: 3 })
  expect(account.bytes).toBe(22 + Buffer.byteLength(EXPORT) + 1 + 22)
  expect(account.sources['otlp:shop']).toEqual({ '2026-03-01': 3 })
})

test('events of a subscription: lines of any format within, and a trace behind the last one', () => {
  const line = subscriptionLine('/shop/web', [
    '{"level":"warn","ts":1772359200.5,"caller":"a.go:1","msg":"slow"}',
    '203.0.113.9 - - [01/Mar/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8"\n',
    'what nobody knows',
    '2026-03-01 10:00:00,123 ERROR [main] shop.Cart - failed',
  ])
  const { rows, account } = crunched(`${line}\n\tat shop.Cart.add(Cart.java:1)\n`)
  expect(rows).toMatchObject([
    { level: 'warn', message: 'slow', format: 'aws-cloudwatch-subscription/zap' },
    { path: '/a', format: 'aws-cloudwatch-subscription/access-combined' },
    { message: 'what nobody knows', format: 'aws-cloudwatch-subscription' },
    { level: 'error', message: 'failed\n\tat shop.Cart.add(Cart.java:1)', line: 1, lines: 1 },
  ])
  for (const row of rows) {
    expect(row).toMatchObject({ service: '/shop/web', attributes: { logStream: 'web/3' } })
  }
  expect(account).toMatchObject({ lines: 2, expanded: 3, out: 4, merged: 1 })
})

test.each([
  [
    'in a line of Docker',
    (text: string) =>
      JSON.stringify({ log: `${text}\n`, stream: 'stdout', time: '2026-03-01T10:00:09Z' }),
  ],
  ['in a line of syslog', (text: string) => `<134>Mar  1 10:00:09 web-3 otelcol: ${text}`],
  ['in an event of a subscription', (text: string) => subscriptionLine('/otel', [text])],
])('an export %s', (_, around) => {
  const { rows, account } = crunched(`${around(EXPORT)}\n`)
  expect(rows.map(row => row['message'])).toEqual(['one', 'two', 'three \\ "quoted" ü'])
  expect(rows.map(row => row['time'])).toEqual([
    '2026-03-01T10:00:01Z',
    '2026-03-01T10:00:02Z',
    '2026-03-01T10:00:03Z',
  ])
  expect(account).toMatchObject({ lines: 1, expanded: 2, out: 3 })
})

test('filters see each record; what is not wanted is counted one by one', () => {
  const { rows, account } = crunched(`${EXPORT}\n`, {
    drop: "message == 'one' or message == 'two'",
  })
  expect(rows).toHaveLength(1)
  expect(account).toMatchObject({ lines: 1, expanded: 2, out: 1, filtered: 2 })
  expect(account.reasons.filtered).toEqual({ dropped: 2 })
})

test('bytes that are no UTF-8 are marked in every record of the line', () => {
  const bytes = Buffer.from(`${EXPORT}\n`)
  bytes[bytes.indexOf('two')] = 0xff
  const { rows } = crunched(bytes)
  expect(rows.map(row => row['attributes'])).toMatchObject([
    { invalid_utf8: true },
    { invalid_utf8: true },
    { invalid_utf8: true },
  ])
})

test.each([
  ['no records', otlpLine('shop', [])],
  ['one record', otlpLine('shop', [{ scope: 'a', messages: ['one'] }])],
  [
    'records elsewhere as well',
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{}]}]},{"old":[]}]}',
  ],
  ['a list of something else', '{"resourceLogs":[{"scopeLogs":[{"logRecords":[1,2]}]}]}'],
])('a line with %s is one record', (_, line) => {
  const { rows, account } = crunched(`${line}\n`)
  expect(rows).toHaveLength(1)
  expect(account).toMatchObject({ lines: 1, expanded: 0, out: 1 })
})

test('a line of which too much would come is one record, with its lists as they stand', () => {
  const around = 'x'.repeat(400_000)
  const line = JSON.stringify({
    messageType: 'DATA_MESSAGE',
    logGroup: around,
    logStream: 'a',
    logEvents: Array.from({ length: 200 }, (_, id) => ({ id, timestamp: 1, message: `m${id}` })),
  })
  const { rows, account } = crunched(`${line}\n`)
  expect(account).toMatchObject({ lines: 1, expanded: 0, out: 1 })
  expect(JSON.stringify(rows[0])).toContain('m199')
})

test('each line of one record is the object with the other records left out', () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean())
  const rest = fc.dictionary(
    fc.string().filter(name => name !== 'inner' && name !== 'outer'),
    scalar,
  )
  const record = fc.dictionary(fc.string(), scalar, { minKeys: 1 })
  const withList = (name: string, item: fc.Arbitrary<object>) =>
    fc.tuple(rest, fc.array(item, { maxLength: 4 }), rest).map(([before, list, behind]) => ({
      ...before,
      [name]: list,
      ...behind,
    }))
  fc.assert(
    fc.property(withList('outer', withList('inner', record)), fc.nat(3), (object, indent) => {
      const line = Buffer.from(`x${JSON.stringify(object, undefined, indent)}y`)
      const expected = (
        object['outer'] as readonly { readonly inner: readonly object[] }[]
      ).flatMap(group =>
        group.inner.map(one => ({ ...object, outer: [{ ...group, inner: [one] }] })),
      )
      const found = oneRecordLines(line, { from: 1, to: line.length - 1 }, ['outer', 'inner'])
      if (expected.length <= 1) {
        expect(found).toBeUndefined()
        return
      }
      const lines = [...(found?.lines() ?? [])]
      expect(lines.map(one => JSON.parse(one.toString()) as unknown)).toEqual(expected)
      expect(found?.count).toBe(lines.length)
      expect(found?.bytes).toBe(lines.reduce((sum, one) => sum + one.length, 0))
    }),
  )
})

test('the command: the account, the counts of the night, and explain', async () => {
  await using project = await CrunchProject.make({
    inputs: 'logs/*.log',
    output: 'out',
    compress: 'none',
  })
  await project.write('logs/many.log', `${EXPORT}\nlevel=info msg=other\n`)
  const { code, stdout } = await project.run('--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    lines: 2,
    expanded: 2,
    out: 4,
    filtered: 0,
    merged: 0,
    rejected: 0,
  })
  const { stdout: said } = await project.run()
  expect(said).toContain('2 lines')
  expect(said).toContain('+ 2 expanded')
  const explained = await project.run('explain', EXPORT, '--json')
  expect(JSON.parse(explained.stdout)).toMatchObject({
    format: 'otlp',
    records: 3,
    record: { message: 'one' },
  })
})
