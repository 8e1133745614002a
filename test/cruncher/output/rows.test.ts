import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteSink } from '../../../src/cruncher/output/byte-sink.ts'
import { OUTPUT_COLUMNS } from '../../../src/cruncher/output/columns.ts'
import { CsvFields } from '../../../src/cruncher/output/csv-field.ts'
import { CsvRows } from '../../../src/cruncher/output/csv-rows.ts'
import { JsonRows } from '../../../src/cruncher/output/json-rows.ts'
import type { RowEncoder } from '../../../src/cruncher/output/row-encoder.ts'
import { LogRecord } from '../../../src/cruncher/record.ts'
import { expectedRow, ROUTES, SOURCE_FILE } from './expected-row.ts'
import { escaped, fillRecord, json, plain, type RecordContent } from './record-builder.ts'
import { recordContent } from './records-arbitrary.ts'

const runs = process.env['FERRY_SOAK'] === undefined ? 400 : 20_000
const texts = { sourceFile: SOURCE_FILE, routeName: (id: number) => ROUTES[id] ?? '' }

/** The rows of these records by an encoder that has only the room that it reserves. */
function rowsOf(encoder: RowEncoder, contents: readonly RecordContent[]): string[] {
  const record = new LogRecord()
  return contents.map(content => {
    fillRecord(record, content)
    const sink = new ByteSink(1)
    encoder.put(sink, record)
    return sink.bytes.toString('utf8', 0, sink.length)
  })
}

test('a JSON line is an object on one line that reads back as the record, whatever is in it', () => {
  const encoder = new JsonRows(texts)
  fc.assert(
    fc.property(fc.array(recordContent, { minLength: 1, maxLength: 3 }), contents => {
      for (const [at, row] of rowsOf(encoder, contents).entries()) {
        expect(row.indexOf('\n')).toBe(row.length - 1)
        expect(row.isWellFormed()).toBe(true)
        expect(JSON.parse(row)).toEqual(expectedRow(contents[at] ?? {}))
        expect(row).not.toMatch(/(?<!\\)(?:\\\\)*\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])/)
      }
    }),
    { numRuns: runs },
  )
})

test('the keys of a JSON line are the columns in their order', () => {
  const every: RecordContent = {
    timeUs: 1_772_359_200_123_456,
    offsetMinutes: -90,
    inferred: 5,
    level: 3,
    service: plain('login'),
    host: plain('web-1'),
    logger: plain('app.auth'),
    method: plain('GET'),
    path: plain('/a'),
    http_host: plain('shop.example'),
    route: 0,
    numbers: { status: 200, duration_ms: 1.5, bytes: 10 },
    client_ip: plain('10.0.0.1'),
    user_id: plain('7'),
    session: plain('s'),
    request_id: plain('r'),
    user_agent: plain('curl'),
    event: plain('login'),
    message: escaped('say \\"hi\\"'),
    attributes: [[plain('n'), json('1')]],
    format: 'json',
    lineNumber: 12,
  }
  const [row = ''] = rowsOf(new JsonRows(texts), [every])
  expect(Object.keys(JSON.parse(row) as object)).toEqual(OUTPUT_COLUMNS.map(({ name }) => name))
  expect(row).toContain(
    '"time":"2026-03-01T10:00:00.123456Z","utc_offset":-90,"inferred":"year,zone"',
  )
})

test.each([
  [
    'of attributes of one name the last stays',
    [plain('a'), plain('1')],
    [escaped('\\u0061'), plain('2')],
    { a: '2' },
  ],
  [
    'a name of an object of JavaScript is a name',
    [plain('__proto__'), json('1')],
    [plain('b'), json('2')],
    JSON.parse('{"__proto__":1,"b":2}'),
  ],
  [
    'an escape that JSON does not know is text',
    [plain('a'), escaped('\\x41')],
    [plain('b'), escaped('c:\\')],
    { a: '\\x41', b: 'c:\\' },
  ],
  [
    'a value over several lines is one',
    [plain('a'), json('{\r\n"b": [1,\n2]}')],
    [plain('b'), json('')],
    { a: { b: [1, 2] }, b: null },
  ],
])('%s', (_, first, second, attributes) => {
  const [row = ''] = rowsOf(new JsonRows(texts), [
    { attributes: [first, second] as RecordContent['attributes'] & object },
  ])
  expect(row.split('\n')).toHaveLength(2)
  expect(JSON.parse(row)).toMatchObject({ attributes })
})

test.each([
  [100, 90],
  [1_024, 1_000],
])('of %i attributes with %i names the last of each stays', (count, names) => {
  const attributes = Array.from(
    { length: count },
    (_, i) => [plain(`key${i % names}`), json(`${i}`)] as const,
  )
  const [row = ''] = rowsOf(new JsonRows(texts), [{ attributes }])
  const expected = Object.fromEntries(
    attributes.map(([name, value]) => [name.raw, Number(value.raw)]),
  )
  expect(JSON.parse(row)).toMatchObject({ attributes: expected })
  expect(row.split('"key').length - 1).toBe(names)
})

test.each([
  ['a time before the year 0', { timeUs: -62_167_219_300_000_000 }],
  ['a time behind the year 9999', { timeUs: 253_402_300_800_000_000 }],
  ['an infinite duration', { numbers: { duration_ms: Number.POSITIVE_INFINITY } }],
  ['a status beyond 32 bits', { numbers: { status: 2 ** 31 } }],
  ['a size beyond what is exact', { numbers: { bytes: 2 ** 53 } }],
])('%s is absent', (_, content) => {
  const [row = ''] = rowsOf(new JsonRows(texts), [content])
  expect(JSON.parse(row)).toEqual({ source_file: SOURCE_FILE, source_line: 1 })
})

test.each([',', '\u0001', ';', '\t', '|', 'a'])(
  'CSV with the separator %j reads back as the record',
  separator => {
    const encoder = new CsvRows(texts, new CsvFields(separator))
    fc.assert(
      fc.property(recordContent, content => {
        const [row = ''] = rowsOf(encoder, [content])
        const fields = fieldsOf(row, separator)
        expect(fields).toHaveLength(OUTPUT_COLUMNS.length)
        const expected = expectedRow(content)
        for (const [at, { name, kind }] of OUTPUT_COLUMNS.entries()) {
          const field = fields[at]
          const value = expected[name]
          if (value === undefined) expect(field, name).toBe(null)
          else if (kind === 'json') expect(JSON.parse(field ?? ''), name).toEqual(value)
          else if (typeof value === 'number') expect(Number(field), name).toBe(value)
          else expect(field, name).toBe(value)
        }
      }),
      { numRuns: runs / 4 },
    )
  },
)

/** By RFC 4180, a character at a time; null: empty and without quotes. */
function fieldsOf(row: string, separator: string): (string | null)[] {
  const fields: (string | null)[] = []
  let at = 0
  for (;;) {
    let field = ''
    const isQuoted = row[at] === '"'
    if (isQuoted) {
      for (at++; row[at] !== '"' || row[at + 1] === '"'; at++) {
        if (at >= row.length) throw new Error('the quotes do not end')
        if (row[at] === '"') at++
        field += row[at]
      }
      at++
    } else {
      for (; row[at] !== separator && row[at] !== '\n'; at++) field += row[at]
    }
    fields.push(field === '' && !isQuoted ? null : field)
    if (row[at] === '\n') {
      expect(at).toBe(row.length - 1)
      return fields
    }
    expect(row[at]).toBe(separator)
    at++
  }
}

test.each(['', ',,', '"', '\n', 'é', '\0'])('the separator %j is refused', separator => {
  expect(() => new CsvFields(separator)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  )
})
