import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { parquetMetadata } from 'hyparquet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OUTPUT_COLUMNS } from '../../../src/cruncher/output/columns.ts'
import {
  openRecordWriter,
  type RecordWriterOptions,
} from '../../../src/cruncher/output/open-record-writer.ts'
import { LogRecord } from '../../../src/cruncher/record.ts'
import { expectedRow, ROUTES, SOURCE_FILE } from './expected-row.ts'
import { rowsByDuckDb, rowsByHyparquet } from './parquet-rows.ts'
import { escaped, fillRecord, json, plain, type RecordContent } from './record-builder.ts'
import { recordContent } from './records-arbitrary.ts'
import { writeAll } from './write-all.ts'
import { filesBelow } from './written-rows.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-parquet-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let trials = 0
function optionsOf(given: Partial<RecordWriterOptions>): RecordWriterOptions {
  return {
    format: 'parquet',
    compression: 'zstd',
    partitionBy: [],
    directory: join(folder, `trial-${trials++}`),
    fileName: 'a',
    routeName: id => ROUTES[id] ?? '',
    sourceFile: SOURCE_FILE,
    ...given,
  }
}

async function expectRows(path: string, contents: readonly RecordContent[]): Promise<void> {
  const expected = contents.map(content => expectedRow(content))
  for (const rows of [await rowsByDuckDb(path), await rowsByHyparquet(path)]) {
    expect(rows).toHaveLength(expected.length)
    for (const [at, row] of rows.entries()) expect(row, `row ${at}`).toEqual(expected[at])
  }
}

const START_US = Date.UTC(2026, 2, 1) * 1_000

/** Requests whose texts repeat, do not repeat, and stop repeating. */
function* requests(count: number): Generator<RecordContent> {
  for (let i = 0; i < count; i++) {
    yield {
      timeUs: START_US + i * 12_345,
      level: 3 + (i % 40 === 0 ? 3 : 0),
      service: plain(`service-${i % 7}`),
      host: plain(i < count / 2 ? 'one' : 'two'),
      ...(i % 3 > 0 && { path: plain(`/api/v1/tasks/${i % 900}`), route: i % 3 }),
      ...(i > 3_000 ? { session: plain(`s${i}`) } : { session: plain(`s${i % 9}`) }),
      request_id: plain(`${i * 7_919}-ü`),
      numbers: {
        status: 200 + (i % 5),
        ...(i % 2 === 0 && { duration_ms: i / 8, bytes: i * 2 ** 22 }),
      },
      message: escaped(`line ${i}\\nand \\"more\\"`),
      attributes: [[plain('n'), json(`${i % 50}`)]],
      format: i % 2 === 0 ? 'json' : 'logfmt',
      lineNumber: i + 1,
    }
  }
}

test.each(['zstd', 'gzip', undefined] as const)(
  'with compression %s DuckDB and hyparquet read every value back',
  async compression => {
    const options = optionsOf({ compression })
    const contents = [...requests(12_000)]
    const [file] = await writeAll(options, contents)
    expect(file).toMatchObject({ path: 'a.parquet', rows: contents.length })
    expect(await filesBelow(options.directory)).toEqual(['a.parquet'])
    await expectRows(join(options.directory, 'a.parquet'), contents)
  },
)

test('records with anything in them come back, in groups of any size', async () => {
  const runs = process.env['FERRY_SOAK'] === undefined ? 30 : 500
  await fc.assert(
    fc.asyncProperty(
      fc.array(recordContent, { minLength: 1, maxLength: 60 }),
      fc.constantFrom(1, 20_000, 60_000_000),
      async (contents, maxBytes) => {
        const options = optionsOf({ maxBytes })
        await writeAll(options, contents)
        await expectRows(join(options.directory, 'a.parquet'), contents)
      },
    ),
    { numRuns: runs },
  )
})

test('each partition has its own records, over several groups', async () => {
  const options = optionsOf({ partitionBy: ['service', 'level'], maxBytes: 400_000 })
  const contents = [...requests(6_000)]
  const files = await writeAll(options, contents)
  expect(files).toHaveLength(14)
  expect(await filesBelow(options.directory)).toEqual(files.map(file => file.path).sort())
  for (const { path, rows } of files) {
    const [, service, level] = /^service=(.*)\/level=(.*)\/a\.parquet$/.exec(path) ?? []
    const own = contents.filter(content => {
      const row = expectedRow(content)
      return row['service'] === service && row['level'] === level
    })
    expect(rows).toBe(own.length)
    await expectRows(join(options.directory, path), own)
  }
})

test('the types, and the least and greatest of numbers, are those that databases expect', async () => {
  const options = optionsOf({})
  await writeAll(options, requests(100))
  const path = join(options.directory, 'a.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`)
  const types = {
    time: 'TIMESTAMP WITH TIME ZONE',
    int32: 'INTEGER',
    int64: 'BIGINT',
    double: 'DOUBLE',
    text: 'VARCHAR',
    json: 'JSON',
  }
  expect(reader.getRowObjects().map(row => [row['column_name'], row['column_type']])).toEqual(
    OUTPUT_COLUMNS.map(({ name, kind }) => [name, types[kind]]),
  )
  const between = await connection.runAndReadAll(
    `SELECT count(*)::INT AS n FROM '${path}' WHERE time >= '2026-03-01 00:00:00.123450Z' AND status = 203`,
  )
  expect(between.getRowObjects()).toEqual([{ n: 18 }])
  connection.closeSync()
  instance.closeSync()
  const bytes = await readFile(path)
  const [group] = parquetMetadata(new Uint8Array(bytes).buffer).row_groups
  const statistics = Object.fromEntries(
    (group?.columns ?? []).map(({ meta_data }) => [
      meta_data?.path_in_schema[0],
      meta_data?.statistics,
    ]),
  )
  expect(statistics['status']).toMatchObject({ min_value: 200, max_value: 204, null_count: 0n })
  expect(statistics['bytes']).toMatchObject({ max_value: BigInt(98 * 2 ** 22), null_count: 50n })
})

test('the same records make the same bytes', async () => {
  const [a, b] = [optionsOf({ partitionBy: ['route'] }), optionsOf({ partitionBy: ['route'] })]
  const first = await writeAll(a, requests(5_000))
  expect(await writeAll(b, requests(5_000))).toEqual(first)
  for (const { path } of first) {
    const bytes = await readFile(join(a.directory, path))
    expect(bytes.equals(await readFile(join(b.directory, path)))).toBe(true)
  }
})

test('messages of megabytes pass', async () => {
  const messages = [1_000_000, 5_000_000, 3].map(length => `"${'\u0001é'.repeat(length / 3)}"`)
  const contents = messages.map(message => ({ message: plain(message) }))
  const options = optionsOf({})
  await writeAll(options, contents)
  await expectRows(join(options.directory, 'a.parquet'), contents)
})

test('an output that was given up leaves no file', async () => {
  const options = optionsOf({ maxBytes: 100_000 })
  const writer = openRecordWriter(options)
  const record = new LogRecord()
  for (const content of requests(5_000)) writer.write(fillRecord(record, content))
  expect(await filesBelow(options.directory)).toHaveLength(1)
  await writer.abort()
  expect(await filesBelow(options.directory)).toEqual([])
})
