/**
 * Writing records that are there already, in the mix of a fleet's logs (45 % JSON, 40 % access log, 15 %
 * key=value): nanoseconds of the process's CPU a record, filling the record taken off. Budget: 500 ns as
 * JSON lines without packing, 1 us as Parquet with all columns.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  openRecordWriter,
  type RecordWriterOptions,
} from '../../src/cruncher/output/open-record-writer.ts'
import {
  CLIENT_IP,
  ESCAPED,
  HOST,
  JSON_VALUE,
  LogRecord,
  LOGGER,
  MESSAGE,
  METHOD,
  PATH,
  PLAIN,
  REQUEST_ID,
  SERVICE,
  USER_AGENT,
  USER_ID,
  type ValueKind,
} from '../../src/cruncher/record.ts'
import { ROUTES } from './corpus.ts'

const RECORDS = Number(process.env['RECORDS'] ?? 1_000_000)
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const LINES = 200_000

interface Slice {
  readonly name: number | string
  readonly from: number
  readonly to: number
  readonly kind: ValueKind
}
interface Parsed {
  readonly format: string
  readonly timeUs: number
  readonly level: number
  readonly numbers: readonly [number, number, number]
  readonly route: number
  readonly slices: readonly Slice[]
}

let state = 7
function random(most: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
  return Math.floor(((state >>> 0) / 2 ** 32) * most)
}

const pieces: string[] = []
let length = 0
function slice(name: number | string, text: string, kind: ValueKind = PLAIN): Slice {
  const from = length
  pieces.push(text)
  length += text.length
  return { name, from, to: length, kind }
}

const AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.'
const hex = (): string =>
  random(2 ** 32)
    .toString(16)
    .padStart(8, '0')
const METHODS = ['GET', 'GET', 'POST', 'PATCH']

function parsedLine(line: number): Parsed {
  const kind = random(100)
  const route = random(ROUTES.length)
  const path = (ROUTES[route]?.[1] ?? '').replaceAll(/:\w+/g, () => `${random(1_000_000)}`)
  const request = [slice(METHOD, METHODS[random(4)] ?? 'GET'), slice(PATH, path)]
  const common = { timeUs: 1_772_323_200_000_000 + line * 85_123, route }
  if (kind < 45) {
    return {
      ...common,
      format: 'pino',
      level: 3,
      numbers: [200, random(900_000) / 1_000, Number.NaN],
      slices: [
        ...request,
        slice(HOST, `web-${random(20)}`, ESCAPED),
        slice(REQUEST_ID, hex() + hex(), ESCAPED),
        slice(USER_ID, `${random(100_000)}`, ESCAPED),
        slice(CLIENT_IP, `10.${random(255)}.${random(255)}.${random(255)}`, ESCAPED),
        slice(
          MESSAGE,
          random(10) === 0 ? 'request \\"completed\\" late' : 'request completed',
          ESCAPED,
        ),
        slice('pid', '4711', JSON_VALUE),
        slice('version', '1.6.0', ESCAPED),
      ],
    }
  }
  if (kind < 85) {
    return {
      ...common,
      format: 'access-combined',
      level: 0,
      numbers: [[200, 201, 304, 404][random(4)] ?? 200, Number.NaN, random(20_000)],
      slices: [
        ...request,
        slice(CLIENT_IP, `10.${random(255)}.${random(255)}.${random(255)}`),
        slice(USER_AGENT, `${AGENT}${random(9)} Mobile/15E148`),
        slice('referer', 'https://app.example.com/inbox'),
        slice('protocol', 'HTTP/1.1'),
      ],
    }
  }
  return {
    ...common,
    format: 'logfmt',
    level: 3,
    numbers: [200, random(9_000) / 100, Number.NaN],
    slices: [
      ...request,
      slice(SERVICE, 'sync'),
      slice(LOGGER, 'worker'),
      slice(USER_ID, `${random(100_000)}`),
      slice(MESSAGE, `synced ${random(50)} lists`),
    ],
  }
}

const parsed = Array.from({ length: LINES }, (_, line) => parsedLine(line))
const bytes = Buffer.from(pieces.join(''), 'latin1')
const record = new LogRecord()

function fill(line: number): LogRecord {
  const from = parsed[line % LINES]
  record.reset(bytes)
  if (from === undefined) return record
  record.format = from.format
  record.timeUs = from.timeUs
  record.offsetMinutes = 0
  record.level = from.level
  record.numbers.set(from.numbers)
  record.route = from.route
  record.lineNumber = line + 1
  for (const { name, from: start, to, kind } of from.slices) {
    if (typeof name === 'number') record.setSlice(name, start, to, kind)
    else record.addSlice(name, start, to, kind)
  }
  return record
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1_000
}

async function measure(
  given: Partial<RecordWriterOptions>,
): Promise<{ ms: number; bytes: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-bench-output-'))
  const writer = openRecordWriter({
    format: 'jsonl',
    partitionBy: [],
    directory,
    fileName: 'a',
    routeName: id => ROUTES[id]?.[0] ?? '',
    sourceFile: 'logs/2026-03-01/web-1.log.gz',
    ...given,
  })
  const before = process.cpuUsage()
  for (let line = 0; line < RECORDS; line++) {
    writer.write(fill(line))
  }
  await writer.finish()
  const ms = cpuMs(before)
  let size = 0
  for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) size += statSync(join(file.parentPath, file.name)).size
  }
  rmSync(directory, { recursive: true })
  return { ms, bytes: size }
}

function measureFilling(): number {
  const before = process.cpuUsage()
  for (let line = 0; line < RECORDS; line++) fill(line)
  return cpuMs(before)
}

const CASES: Readonly<Record<string, Partial<RecordWriterOptions>>> = {
  'JSON lines': { format: 'jsonl' },
  'JSON lines, zstd': { format: 'jsonl', compression: 'zstd' },
  'JSON lines, zstd, by date': { format: 'jsonl', compression: 'zstd', partitionBy: ['date'] },
  'JSON lines, zstd, by host and route': { compression: 'zstd', partitionBy: ['host', 'route'] },
  'CSV, zstd': { format: 'csv', compression: 'zstd', separator: '\u0001' },
  Parquet: { format: 'parquet' },
  'Parquet, zstd': { format: 'parquet', compression: 'zstd' },
  'Parquet, zstd, by date': { format: 'parquet', compression: 'zstd', partitionBy: ['date'] },
}

measureFilling()
const filling = measureFilling()
console.log(`filling ${((filling * 1e6) / RECORDS).toFixed(0)} ns a record (taken off below)`)
const only = process.env['ONLY']
for (const [name, options] of Object.entries(CASES)) {
  if (only !== undefined && !name.startsWith(only)) continue
  const rounds: number[] = []
  let size = 0
  for (let round = 0; round < ROUNDS; round++) {
    const { ms, bytes } = await measure(options)
    rounds.push(((ms - filling) * 1e6) / RECORDS)
    size = bytes
  }
  const [best = Number.NaN] = rounds.toSorted((a, b) => a - b)
  const all = rounds.map(ns => ns.toFixed(0)).join(' ')
  console.log(
    `${name.padEnd(38)} ${best.toFixed(0).padStart(5)} ns a record (${all}), ${(size / 1e6).toFixed(1)} MB`,
  )
}
