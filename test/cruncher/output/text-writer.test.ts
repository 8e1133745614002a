import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  openRecordWriter,
  type RecordWriterOptions,
} from '../../../src/cruncher/output/open-record-writer.ts'
import { LogRecord } from '../../../src/cruncher/record.ts'
import { expectedRow, ROUTES, SOURCE_FILE } from './expected-row.ts'
import { escaped, fillRecord, json, plain, type RecordContent } from './record-builder.ts'
import { writeAll } from './write-all.ts'
import { filesBelow, unpacked } from './written-rows.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-output-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let trials = 0
function optionsOf(given: Partial<RecordWriterOptions>): RecordWriterOptions {
  return {
    format: 'jsonl',
    partitionBy: [],
    directory: join(folder, `trial-${trials++}`),
    fileName: 'a.log',
    routeName: id => ROUTES[id] ?? '',
    sourceFile: SOURCE_FILE,
    ...given,
  }
}

const DAY_US = 86_400_000_000
const START_US = Date.UTC(2026, 2, 1) * 1_000

/** Requests of `days` days, in turn. */
function* requests(count: number, days: number): Generator<RecordContent> {
  for (let i = 0; i < count; i++) {
    yield {
      timeUs: START_US + (i % days) * DAY_US + i,
      level: 3,
      service: plain(`service-${i % 7}`),
      path: plain(`/api/v1/tasks/${i}?q="ü"`),
      route: i % 3,
      numbers: { status: 200, duration_ms: i / 8 },
      message: escaped(`line ${i}\\nand \\"more\\" ${'x'.repeat(i % 300)}`),
      attributes: [[plain('n'), json(`${i}`)]],
      format: 'json',
      lineNumber: i + 1,
    }
  }
}

test.each([
  [undefined, 'a.log.jsonl'],
  ['gzip', 'a.log.jsonl.gz'],
  ['zstd', 'a.log.jsonl.zst'],
] as const)(
  'with compression %s all records come back in their order, some blocks long',
  async (compression, name) => {
    const options = optionsOf({ compression })
    const contents = [...requests(20_000, 1)]
    const [file, ...others] = await writeAll(options, contents)
    expect(others).toEqual([])
    const path = join(options.directory, name)
    expect(await filesBelow(options.directory)).toEqual([name])
    const bytes = await readFile(path)
    expect(file).toEqual({
      path: name,
      rows: contents.length,
      bytes: (await stat(path)).size,
      checksums: { crc32c: crc32c(bytes).toString(16).padStart(8, '0') },
    })
    const rows = (await unpacked(path)).toString().trimEnd().split('\n')
    expect(rows).toHaveLength(contents.length)
    for (const [at, row] of rows.entries()) {
      expect(JSON.parse(row)).toEqual(expectedRow(contents[at] ?? {}))
    }
  },
)

test('each record is in the file of its partition, in the order in which it came', async () => {
  const options = optionsOf({
    compression: 'zstd',
    partitionBy: ['date', 'service'],
    maxBytes: 1_000_000,
  })
  const contents = [...requests(5_000, 3)]
  const files = await writeAll(options, contents)
  expect(files).toHaveLength(21)
  expect(await filesBelow(options.directory)).toEqual(files.map(file => file.path).sort())
  for (const { path, rows } of files) {
    const [, date, service] = /^date=(.*)\/service=(.*)\/a\.log\.jsonl\.zst$/.exec(path) ?? []
    const expected = contents
      .map(content => expectedRow(content))
      .filter(row => String(row['time']).startsWith(date ?? '') && row['service'] === service)
    const text = (await unpacked(join(options.directory, path))).toString().trimEnd()
    expect(text.split('\n').map(row => JSON.parse(row) as unknown)).toEqual(expected)
    expect(rows).toBe(expected.length)
  }
})

test.each([
  ['up and out', plain('../../x'), 'service=..%2F..%2Fx'],
  ['absent', undefined, 'service=__null__'],
  ['the text that stands for absent', plain('__null__'), 'service=%5F_null__'],
  ['a NUL', escaped('a\\u0000b'), 'service=a%00b'],
  ['an escape', escaped('\\u0061b'), 'service=ab'],
  ['letters beyond ASCII, a space, an equals sign', plain('é =%'), 'service=%C3%A9%20%3D%25'],
  ['long', plain('x'.repeat(10_000)), expect.stringMatching(/^service=x{180}~[0-9a-f]{16}$/)],
])('the folder of a partition whose value is %s', async (_, service, folderName: unknown) => {
  const options = optionsOf({ partitionBy: ['service'] })
  const [file] = await writeAll(options, [service === undefined ? {} : { service }])
  expect(file?.path.split('/')).toEqual([folderName, 'a.log.jsonl'])
  expect(await filesBelow(options.directory)).toEqual([file?.path])
})

test('values that mean the same are in one partition, and long ones that differ in two', async () => {
  const long = 'y'.repeat(500)
  const options = optionsOf({ partitionBy: ['service'] })
  const services = [plain('ab'), escaped('a\\u0062'), plain(`${long}1`), plain(`${long}2`)]
  const files = await writeAll(
    options,
    services.map(service => ({ service })),
  )
  expect(files.map(file => file.rows)).toEqual([2, 1, 1])
})

test.each([
  ['hour', { timeUs: START_US + 7_200_000_000 }, 'hour=2026-03-01T02'],
  ['date', {}, 'date=__null__'],
  ['status', { numbers: { status: 404 } }, 'status=404'],
  ['level', { level: 6 }, 'level=error'],
  ['route', { route: 0 }, 'route=task.update'],
  ['format', { format: 'a/b' }, 'format=a%2Fb'],
] as const)('records are partitioned by %s', async (field, content, folderName) => {
  const [file] = await writeAll(optionsOf({ partitionBy: [field] }), [content])
  expect(file?.path).toBe(`${folderName}/a.log.jsonl`)
})

test('the same records make the same bytes', async () => {
  const given = {
    compression: 'zstd',
    partitionBy: ['date', 'service'],
    maxBytes: 3_000_000,
  } as const
  const [one, two] = [optionsOf(given), optionsOf(given)]
  await writeAll(one, requests(30_000, 5))
  await writeAll(two, requests(30_000, 5))
  const files = await filesBelow(one.directory)
  expect(files).toHaveLength(35)
  expect(await filesBelow(two.directory)).toEqual(files)
  for (const file of files) {
    const bytes = await readFile(join(one.directory, file))
    expect(bytes.equals(await readFile(join(two.directory, file)))).toBe(true)
  }
})

test('messages of megabytes pass', async () => {
  const messages = [1_000_000, 5_000_000, 3].map(length => `"${'\u0001é'.repeat(length / 3)}"`)
  const options = optionsOf({ compression: 'zstd' })
  await writeAll(
    options,
    messages.map(message => ({ message: plain(message) })),
  )
  const text = (await unpacked(join(options.directory, 'a.log.jsonl.zst'))).toString()
  const read = text
    .trimEnd()
    .split('\n')
    .map(row => (JSON.parse(row) as { message: string }).message)
  expect(read).toEqual(messages)
})

test('no records make no file', async () => {
  expect(await writeAll(optionsOf({}), [])).toEqual([])
})

test('an output that was given up leaves no file', async () => {
  const options = optionsOf({ partitionBy: ['date'], maxBytes: 100_000 })
  const writer = openRecordWriter(options)
  const record = new LogRecord()
  for (const content of requests(20_000, 3)) {
    writer.write(fillRecord(record, content))
  }
  expect(await filesBelow(options.directory)).toHaveLength(3)
  await writer.abort()
  expect(await filesBelow(options.directory)).toEqual([])
})

test('what cannot be written is told, and the rest can be given up', async () => {
  const directory = join(folder, 'a-file')
  await writeFile(directory, '')
  const writer = openRecordWriter(optionsOf({ directory, maxBytes: 100_000 }))
  const record = new LogRecord()
  const writing = async (): Promise<void> => {
    for (const content of requests(20_000, 1)) writer.write(fillRecord(record, content))
    await writer.finish()
  }
  await expect(writing()).rejects.toMatchObject({ code: 'LOCAL_IO' })
  await writer.abort()
})

test('killed while it writes, it leaves no file under its name', async () => {
  const directory = join(folder, 'killed')
  const program = join(import.meta.dirname, 'endless-writer.ts')
  const child = spawn(process.execPath, [program, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const files = await filesBelow(directory)
  expect(files.length).toBeGreaterThan(0)
  expect(files.filter(file => !file.includes('.tmp-'))).toEqual([])
})
