import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eventOf,
  type EventTexts,
  eventToJson,
  eventToRow,
} from '../../src/collector/event-json.ts'
import { parquetEvents } from '../../src/collector/event-parquet.ts'
import { parseRows } from '../../src/collector/parse-rows.ts'
import { GapListing } from '../../src/collector/verify/gap-listing.ts'
import type { EventsReport, SessionReport } from '../../src/collector/verify/report.ts'
import { verifyEvents } from '../../src/collector/verify/verify-events.ts'
import { openStore } from '../../src/stores/open-store.ts'
import { runFerry } from '../support/run-ferry.ts'
import { silent } from '../support/silent-logger.ts'

const SOAK = process.env['FERRY_SOAK'] !== undefined
const RUNS = SOAK ? 1_000 : 12
const HOUR_MS = 3_600_000
const NOON = Date.UTC(2026, 2, 1, 12)

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-verify-'))
})
afterAll(async () => {
  await rm(directory, { recursive: true })
})

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const sqlTime = (ms: number, length: number): string =>
  new Date(ms).toISOString().replace('T', ' ').slice(0, length)

interface Sent {
  readonly session: string
  readonly nr: number | undefined
  readonly sequence: number
  readonly atMs?: number
  readonly receivedAtMs?: number
  readonly name?: string
}

function event({ session, nr, sequence, ...more }: Sent): EventTexts {
  const { atMs = NOON, receivedAtMs = NOON, name = 'open' } = more
  const given: Partial<Record<keyof EventTexts, string>> = {
    device_id: 'd',
    client_id: 'c',
    session: md5(session),
    nr: nr === undefined ? '' : String(nr),
    env: 'STAGING',
    at: sqlTime(atMs, 19),
    event: name,
    parameters: JSON.stringify([{ name: 'text', value: 'a "word"\u0001\nand a line' }]),
    received_at: sqlTime(receivedAtMs, 23),
    sequence: String(sequence),
  }
  return eventOf(column => given[column] ?? '')
}

const csv = (events: readonly EventTexts[]): Buffer => Buffer.concat(events.map(eventToRow))
const jsonl = (events: readonly EventTexts[]): string =>
  events.map(one => `${JSON.stringify(eventToJson(one))}\n`).join('')

async function parquet(events: readonly EventTexts[]): Promise<Buffer> {
  async function* rows(): AsyncGenerator<Buffer> {
    yield csv(events)
  }
  return Buffer.concat(await Array.fromAsync(parquetEvents(rows(), 'zstd')))
}

/** A new folder with these files. */
async function folder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const path = await mkdtemp(join(directory, 'day-'))
  await mkdir(join(path, 'in'))
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(path, 'in', name), content)
  }
  return path
}

interface Verified {
  readonly report: EventsReport
  readonly out: EventTexts[]
  /** What `--json` prints. */
  readonly listed: EventsReport & { readonly sessions_with_gaps: readonly SessionReport[] }
}

async function verify(path: string): Promise<Verified> {
  const open = (bucket: string) =>
    openStore({ scheme: 'file', bucket, key: '' }, { environment: {}, logger: silent })
  await using store = await open(join(path, 'in'))
  await using target = await open(path)
  let text = ''
  const gaps = new GapListing(async piece => {
    text += piece
  })
  const report = await verifyEvents({
    store,
    url: path,
    prefix: '',
    isWanted: () => true,
    urlOf: key => key,
    date: null,
    lateAfterMs: HOUR_MS,
    maxRejected: 1_000,
    temporaryDirectory: path,
    output: {
      store: target,
      key: 'out.csv',
      url: 'out',
      packing: { format: 'csv', compression: undefined },
    },
    gaps,
    signal: new AbortController().signal,
  })
  await gaps.end(JSON.stringify(report))
  const out = [...parseRows(await readFile(join(path, 'out.csv')))]
  return { report, out, listed: JSON.parse(text) as Verified['listed'] } // as it is written
}

/** What a session's client did, one event after the other. */
const step = fc.record({
  copies: fc.integer({ min: 0, max: 3 }),
  otherContent: fc.boolean(),
  lateMs: fc.constantFrom(0, 1_000, HOUR_MS, HOUR_MS + 1_000, 30 * HOUR_MS),
})
const sessions = fc.array(fc.array(step, { maxLength: 12 }), { minLength: 1, maxLength: 8 })

test(`${RUNS} days of random sessions: the report tells exactly what was done to them`, {
  timeout: 60_000 + RUNS * 200,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      sessions,
      fc.nat(),
      fc.integer({ min: 1, max: 4 }),
      async (plan, seed, files) => {
        const arrivals: Sent[] = []
        for (const [at, steps] of plan.entries()) {
          for (const [index, { copies, otherContent, lateMs }] of steps.entries()) {
            for (let copy = 0; copy < copies; copy++) {
              const name = copy > 0 && otherContent ? 'other' : 'open'
              const of = {
                session: `s${at}`,
                nr: index + 1,
                sequence: 0,
                name,
                atMs: NOON - lateMs,
              }
              arrivals.push(of)
            }
          }
        }
        // They come in any order; all copies of one event in that of the numbers they are given.
        const order = arrivals.map((one, at) => ({ one, key: md5(`${seed} ${at}`) }))
        order.sort((a, b) => (a.key < b.key ? -1 : 1))
        const received = order.map(({ one }, at) => ({ ...one, sequence: 1_000 + at }))
        const expected = expectedOf(received)
        const parts: EventTexts[][] = Array.from({ length: files }, () => [])
        for (const [at, one] of received.entries()) parts[(at * 7 + seed) % files]?.push(event(one))
        const path = await folder({
          'a.csv.gz': gzipSync(csv(parts[0] ?? [])),
          'b.jsonl.zst': zstdCompressSync(jsonl(parts[1] ?? [])),
          'c.parquet': await parquet(parts[2] ?? []),
          'd.csv': csv(parts[3] ?? []),
        })
        const { report, out, listed } = await verify(path)
        expect({ totals: report.totals, found: report.found, sessions: report.sessions }).toEqual({
          totals: expected.totals,
          found: expected.found,
          sessions: expected.sessions,
        })
        expect(out.map(row => [row.session, Number(row.nr), Number(row.sequence)])).toEqual(
          expected.kept.map(one => [md5(one.session), one.nr, one.sequence]),
        )
        for (const told of report.worst_sessions) {
          expect(told.gaps).toEqual(expected.gaps.get(told.session) ?? [])
        }
        const { sessions_with_gaps: all, ...rest } = listed
        expect(rest).toEqual(report)
        expect(all.map(one => [one.session, one.gaps])).toEqual(
          [...expected.gaps].filter(([, holes]) => holes.length > 0),
        )
        for (const one of all) {
          expect(report.worst_sessions).toContainEqual(one) // fewer than a hundred
        }
        expect(await readdir(path)).toEqual(['in', 'out.csv'])
        await rm(path, { recursive: true })
      },
    ),
    { numRuns: RUNS },
  )
})

/** The same account, taken the simple way. */
function expectedOf(received: readonly Sent[]) {
  const found = { missing: 0, late: 0, another_day: 0, out_of_order: 0, unnumbered: 0 }
  const totals = { in: received.length, out: 0, duplicates: 0, conflicts: 0, rejected: 0 }
  const counts = { total: 0, with_findings: 0, with_gaps: 0, gaps: 0, open_start: 0 }
  const gaps = new Map<string, [number, number][]>()
  const kept: Sent[] = []
  const bySession = Map.groupBy(received, one => md5(one.session))
  for (const [session, events] of [...bySession].sort(([a], [b]) => (a < b ? -1 : 1))) {
    counts.total++
    const before = { ...found, ...totals }
    const first = new Map<number, Sent>()
    for (const one of events) {
      const known = first.get(one.nr ?? 0)
      if (known === undefined) first.set(one.nr ?? 0, one)
      else totals[known.name === one.name ? 'duplicates' : 'conflicts']++
    }
    const there = [...first.values()].sort((a, b) => (a.nr ?? 0) - (b.nr ?? 0))
    kept.push(...there)
    const holes: [number, number][] = []
    for (const [at, one] of there.entries()) {
      const before = there[at - 1]
      const lateMs = NOON - (one.atMs ?? NOON)
      if (lateMs > HOUR_MS) found.late++
      if (lateMs > 12 * HOUR_MS) found.another_day++
      if (before === undefined) continue
      if (one.sequence < before.sequence) found.out_of_order++
      const missing = (one.nr ?? 0) - (before.nr ?? 0) - 1
      if (missing > 0) holes.push([(before.nr ?? 0) + 1, (one.nr ?? 0) - 1])
      found.missing += missing
    }
    const isClean = Object.entries(before).every(
      ([name, count]) => count === new Map(Object.entries({ ...found, ...totals })).get(name),
    )
    if (!isClean) counts.with_findings++
    counts.gaps += holes.length
    if (holes.length > 0) counts.with_gaps++
    if ((there[0]?.nr ?? 0) > 1) counts.open_start++
    gaps.set(session, holes)
  }
  totals.out = kept.length
  return { found, totals, sessions: counts, gaps, kept }
}

describe('what is no event', () => {
  const good = [1, 2, 3].map(nr => event({ session: 's', nr, sequence: nr }))

  test('is told with its line, and what stands around it is read', async () => {
    const rows = good.map(eventToRow)
    const torn = rows[1]?.subarray(0, 60) ?? Buffer.alloc(0)
    const nowhere = Buffer.from('"an open quote\n')
    const path = await folder({
      'a.csv': Buffer.concat(
        [rows[0] ?? '', torn, '\n', rows[1] ?? '', nowhere, rows[2] ?? ''].map(one =>
          Buffer.from(one),
        ),
      ),
      'b.jsonl': `${JSON.stringify(eventToJson(event({ session: 't', nr: 1, sequence: 9 })))}\n{"device_id":\n{"session":"x"}\n`,
    })
    const { report } = await verify(path)
    expect(report.totals).toEqual({ in: 8, out: 4, duplicates: 0, conflicts: 0, rejected: 4 })
    expect(report.rejected.map(one => [one.object, one.line])).toEqual([
      ['a.csv', 2],
      ['a.csv', 4],
      ['b.jsonl', 2],
      ['b.jsonl', 3],
    ])
  })

  test.each(['csv', 'jsonl'])(
    'a %s line that has no end is told, and is not kept whole',
    async ending => {
      const first = good.slice(0, 1)
      const lines =
        ending === 'csv'
          ? csv(first)
          : first.map(one => `${JSON.stringify(eventToJson(one))}\n`).join('')
      const endless = Buffer.concat([Buffer.from(lines), Buffer.alloc(35_000_000, 'x')])
      const path = await folder({ 'a.csv': csv(good.slice(1)), [`b.${ending}`]: endless })
      const { report } = await verify(path)
      expect(report.totals).toMatchObject({ out: 3, duplicates: 0 })
      const told = report.rejected.filter(one => one.object === `b.${ending}`)
      expect(told[0]).toMatchObject({ line: 2, at: Buffer.byteLength(lines) })
      expect(report.rejected.length).toBe(told.length)
    },
  )

  test.each(['csv.gz', 'csv.zst', 'parquet'])(
    'a %s file that was cut off is told',
    async ending => {
      const many = Array.from({ length: 3_000 }, (_, nr) =>
        event({ session: 's', nr, sequence: nr }),
      )
      const whole =
        ending === 'parquet'
          ? await parquet(many)
          : (ending === 'csv.gz' ? gzipSync : zstdCompressSync)(csv(many))
      const path = await folder({
        'a.csv': csv(good),
        [`b.${ending}`]: whole.subarray(0, whole.length - 20),
      })
      const { report } = await verify(path)
      expect(report.rejected).toMatchObject([{ object: `b.${ending}` }])
      expect(report.totals.rejected).toBe(1)
      expect(report.totals.in).toBe(
        report.totals.out + report.totals.duplicates + report.totals.conflicts + 1,
      )
    },
  )

  test('the command ends with 65 and keeps the output back, unless it may', async () => {
    const path = await folder({ 'a.csv': Buffer.concat([csv(good), Buffer.from('half a li')]) })
    const args = ['events', 'verify', 'in', '--output', 'day.csv.gz', '--report', 'report.json']
    const refused = await runFerry(args, { cwd: path })
    expect([refused.code, refused.stderr]).toEqual([65, expect.stringContaining('`a.csv` line 4')])
    expect((await readdir(path)).sort()).toEqual(['in', 'report.json'])
    const taken = await runFerry([...args, '--max-rejected', '1'], { cwd: path })
    expect(taken.code).toBe(0)
    expect(gunzipSync(await readFile(join(path, 'day.csv.gz')))).toEqual(csv(good))
    const report: unknown = JSON.parse(await readFile(join(path, 'report.json'), 'utf8'))
    expect(report).toMatchObject({ totals: { in: 4, out: 3, rejected: 1 }, output: { rows: 3 } })
  })
})

describe('the day', () => {
  const names = ['c-2026-03-01-1.csv', 'c-2026-03-02-2.csv']
  const files = (): Record<string, Buffer> => ({
    [names[0] ?? '']: csv([event({ session: 's', nr: 5, sequence: 1 })]),
    [names[1] ?? '']: csv([event({ session: 's', nr: 6, sequence: 2 })]),
    'read.me': Buffer.from('no events'),
  })

  test('is in the names where the URL has no place for it', async () => {
    const path = await folder(files())
    const args = ['events', 'verify', 'in', '--date', '2026-03-02', '--json']
    const report: unknown = JSON.parse((await runFerry(args, { cwd: path })).stdout)
    expect(report).toMatchObject({ totals: { in: 1 }, date: '2026-03-02', objects: 1 })
  })

  test('fills the places of the URL, whatever the hour', async () => {
    const path = await folder({})
    for (const hour of ['00', '23', 'x0']) {
      await mkdir(join(path, 'in/2026/03', hour), { recursive: true })
      const one = event({ session: 's', nr: Number(hour) || 0, sequence: 1 })
      await writeFile(join(path, 'in/2026/03', hour, 'e.jsonl'), jsonl([one]))
    }
    const args = ['events', 'verify', 'in/{year}/{month}/{hour}', '--json']
    const answer = await runFerry(args, { cwd: path, env: { TODAY: '2026-03-01' } })
    expect(JSON.parse(answer.stdout)).toMatchObject({
      totals: { in: 2, out: 2 },
      found: { missing: 22 },
    })
  })

  test('of no file is an error', async () => {
    const path = await folder({ 'read.me': 'nothing' })
    const answer = await runFerry(['events', 'verify', 'in'], { cwd: path })
    expect([answer.code, answer.stderr]).toEqual([66, expect.stringContaining('no file of events')])
  })
})

describe('more sessions with gaps than a report lists', () => {
  const SESSIONS = 250
  const GAPS = 150
  let path: string
  beforeAll(async () => {
    const events: EventTexts[] = []
    for (let at = 0; at < SESSIONS; at++) {
      // Each odd number is missing: of one session more than the report shows, of the others one.
      const last = at === 7 ? 2 * GAPS : 2
      for (let nr = 0; nr <= last; nr += 2) {
        events.push(event({ session: `s${at}`, nr, sequence: events.length }))
      }
    }
    path = await folder({ 'a.csv.gz': gzipSync(csv(events)) })
  })

  test('--json has all of them, and all of their gaps', async () => {
    const answer = await runFerry(['events', 'verify', 'in', '--json', '--report', 'report.json'], {
      cwd: path,
    })
    expect([answer.code, answer.stderr]).toEqual([0, ''])
    const { sessions_with_gaps: all, ...rest } = JSON.parse(answer.stdout) as Verified['listed']
    expect(all.map(one => one.session)).toEqual(
      Array.from({ length: SESSIONS }, (_, at) => md5(`s${at}`)).sort(),
    )
    for (const { session, gaps, gap_count: count, missing } of all) {
      const expected = session === md5('s7') ? GAPS : 1
      expect(gaps).toEqual(Array.from({ length: expected }, (_, at) => [2 * at + 1, 2 * at + 1]))
      expect([count, missing]).toEqual([expected, expected])
    }
    const report: unknown = JSON.parse(await readFile(join(path, 'report.json'), 'utf8'))
    expect(report).toEqual(rest)
    expect(rest.worst_sessions).toHaveLength(100)
    expect(rest.worst_sessions[0]?.gaps).toHaveLength(100)
  })

  test('the text shows the worst hundred, and how many more there are', async () => {
    const { stdout } = await runFerry(['events', 'verify', 'in'], { cwd: path })
    const lines = stdout.trimEnd().split('\n')
    const sessions = lines.filter(line => /^[0-9a-f]{32}: /.test(line))
    expect(sessions).toHaveLength(100)
    expect(sessions[0]).toBe(`${md5('s7')}: 150 missing (1, 3, 5, 7, 9, and 145 more)`)
    expect(sessions[1]).toMatch(/^[0-9a-f]{32}: 1 missing \(1\)$/)
    expect(lines.at(-1)).toBe('and 150 more sessions; --json lists the gaps of all')
  })
})
