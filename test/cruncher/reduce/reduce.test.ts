import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reductionConfig } from '../../../src/cruncher/reduce/config.ts'
import { mergePartials } from '../../../src/cruncher/reduce/merge-partials.ts'
import { Reducer } from '../../../src/cruncher/reduce/reducer.ts'
import { compileReduction } from '../../../src/cruncher/reduce/reduction.ts'
import { writeResult } from '../../../src/cruncher/reduce/write-result.ts'
import { LogRecord } from '../../../src/cruncher/record.ts'
import { fillRecord, type PlainRecord } from './plain-record.ts'
import {
  reduceAll,
  reductionOf,
  resultText,
  rowsOf,
  temporaryFolder,
  writePartialOf,
} from './reduce-all.ts'

const at = (time: string): number => Date.parse(time) * 1_000

const REQUESTS: PlainRecord[] = [
  {
    route: 0,
    timeUs: at('2026-03-01T10:15:00Z'),
    fields: { status: 200, duration_ms: 10.5, bytes: 100, user_id: 'ann' },
  },
  {
    route: 0,
    timeUs: at('2026-03-01T10:59:59.999Z'),
    fields: { status: 200, duration_ms: 20, user_id: 'bob' },
  },
  { route: 0, timeUs: at('2026-03-01T11:00:00Z'), fields: { status: 500, bytes: 7 } },
  { route: 1, fields: { path: '/a,"b"', user_id: 'ann' } },
]

test('a result as CSV: names, a missing value, an exact sum, JSON in a cell', async () => {
  using folder = temporaryFolder()
  const reduction = reductionOf({
    by: ['route', 'status'],
    every: '1h',
    count: 'requests',
    sum: { traffic: 'bytes' },
    min: 'time',
    mean: 'duration_ms',
    distinct: { user_id: 'exact' },
    quantiles: { duration_ms: [0.5, 0.999] },
    top: { path: 2 },
  })
  const path = join(folder.path, 'all')
  await writePartialOf(reduction, REQUESTS, path)
  expect(await resultText(reduction, [path], 'csv')).toBe(
    [
      'time,route,status,requests,traffic,time_min,duration_ms_mean,user_id_distinct,duration_ms_p50,duration_ms_p99_9,path_top',
      ',task.update,,1,,,,1,,,"[{""value"":""/a,\\""b\\"""",""count"":1}]"',
      '2026-03-01T10:00:00Z,task.list,200,2,100,2026-03-01T10:15:00Z,15.25,2,10.4859,10.4859,[]',
      '2026-03-01T11:00:00Z,task.list,500,1,7,2026-03-01T11:00:00Z,,0,,,[]',
      '',
    ].join('\n'),
  )
  expect((await resultText(reduction, [path], 'jsonl')).split('\n')[1]).toBe(
    '{"time":"2026-03-01T10:00:00Z","route":"task.list","status":200,"requests":2,"traffic":100,' +
      '"time_min":"2026-03-01T10:15:00Z","duration_ms_mean":15.25,"user_id_distinct":2,' +
      '"duration_ms_p50":10.4859,"duration_ms_p99_9":10.4859,"path_top":[]}',
  )
})

test('a text is one group however it stands in the line; missing is another than empty', async () => {
  const plans = ['é', '', 'é', null, 'null'].map(plan => ({ attributes: { plan } }))
  const records = [...plans, { attributes: { plan: 'é' }, escaped: true }, {}]
  expect(await reduceAll({ by: ['attributes.plan'] }, records)).toEqual([
    { plan: null, count: 2 },
    { plan: '', count: 1 },
    { plan: 'null', count: 1 },
    { plan: 'é', count: 3 },
  ])
})

test('rows are in the order of their keys: texts by bytes, numbers and levels ascending', async () => {
  const services = ['b', 'a\0', 'a', 'aa', '\u{1f680}', '\uffff']
  const texts = await reduceAll(
    { by: 'service' },
    services.map(service => ({ fields: { service } })),
  )
  expect(texts.map(row => row['service'])).toEqual(['a', 'a\0', 'aa', 'b', '\uffff', '\u{1f680}'])
  const durations = [2, -1, 0.5, -0, 10, -1e-300, Number.NaN, 1e300]
  const records = durations.map(duration_ms => ({ fields: { duration_ms } }))
  const numbers = await reduceAll({ by: 'duration_ms' }, records)
  expect(numbers.map(row => row['duration_ms'])).toEqual([null, -1, -1e-300, 0, 0.5, 2, 10])
  const levels = await reduceAll(
    { by: 'level' },
    [6, 0, 3, 1].map(level => ({ level })),
  )
  expect(levels.map(row => row['level'])).toEqual([null, 'trace', 'info', 'error'])
})

test.each([
  ['5m', '2026-03-04T10:14:59.999Z', '2026-03-04T10:10:00Z'],
  ['1d', '2026-03-04T23:59:59Z', '2026-03-04T00:00:00Z'],
  ['1w', '2026-03-04T10:14:00Z', '2026-03-02T00:00:00Z'],
  ['1h', '1969-12-31T23:30:00Z', '1969-12-31T23:00:00Z'],
])('every %s puts %s into the bucket that begins at %s', async (every, time, bucket) => {
  const rows = await reduceAll({ by: ['date'], every }, [{ timeUs: at(time) }])
  expect(rows).toEqual([
    { time: at(bucket), date: Math.floor(at(time) / 86_400_000_000), count: 1 },
  ])
})

test('sums are exact where adding floating-point numbers is not', async () => {
  const amounts = [
    ...Array.from({ length: 1_000 }, () => 0.1),
    1e17,
    1,
    -0.000001,
    'x',
    '12',
    '1e2',
  ]
  const records = amounts.map(amount => ({ attributes: { amount } }))
  const [row] = await reduceAll({ sum: 'attributes.amount' }, records)
  expect(row?.['amount_sum']).toBe('100000000000000212.999999')
})

test('a text of more than 4,096 bytes is cut at a character, in whatever way it is written', async () => {
  const long = `${'x'.repeat(4_095)}é`
  const records = [
    { fields: { message: long } },
    { fields: { message: `${long}more` }, escaped: true },
    { fields: { message: 'x'.repeat(4_095) } },
  ]
  const rows = await reduceAll({ by: 'message', distinct: { message: 'exact' } }, records)
  expect(rows).toEqual([{ message: 'x'.repeat(4_095), count: 3, message_distinct: 1 }])
})

test('the most frequent come first, of equal ones the smaller value', async () => {
  const paths = ['c', 'b', 'a', 'b', 'd', 'c', 'b', 'c']
  const records = paths.map(path => ({ fields: { path } }))
  const [row] = await reduceAll({ top: { path: 3 }, distinct: { path: 'exact' } }, records)
  expect(row?.['path_distinct']).toBe(4)
  expect(JSON.parse(String(row?.['path_top']))).toEqual([
    { value: 'b', count: 3 },
    { value: 'c', count: 3 },
    { value: 'a', count: 1 },
  ])
})

test('`where` decides what is counted, and what it leaves out is accounted for', async () => {
  using folder = temporaryFolder()
  const config = reductionConfig.parse({ by: 'status', where: 'status >= 500' })
  const reduction = compileReduction('errors', config, record => (record.numbers[0] ?? 0) >= 500)
  const directory = folder.path
  using reducer = new Reducer(reduction, { directory, maxBytes: 1e6, routeName: () => undefined })
  const record = new LogRecord()
  for (const plain of REQUESTS) reducer.add(fillRecord(record, plain))
  const path = join(directory, 'errors')
  expect(await reducer.writePartial(path)).toMatchObject({ records: 4, filtered: 3, groups: 1 })
  expect(await rowsOf(reduction, [path])).toEqual([{ status: 500, count: 1 }])
  expect(reducer.counts).toEqual({ records: 0, filtered: 0 })
  expect(() => compileReduction('errors', config)).toThrow('predicate')
})

test('a result of many rows is the same file as its rows one by one', async () => {
  using folder = temporaryFolder()
  const reduction = reductionOf({ by: 'path' })
  const paths = Array.from({ length: 5_000 }, (_, at) => `/tasks/${at}`)
  const partial = join(folder.path, 'partial')
  await writePartialOf(
    reduction,
    paths.map(path => ({ fields: { path } })),
    partial,
  )
  const result = join(folder.path, 'folder', 'result.csv')
  const rows = mergePartials(reduction, [partial], { directory: folder.path })
  await writeResult(result, reduction.columns, rows, 'csv')
  const lines = paths.toSorted().map(path => `${path},1\n`)
  expect(readFileSync(result, 'utf8')).toBe(`path,count\n${lines.join('')}`)
})
