/**
 * `ferry crunch` over a million lines of mixed logs (200 MB unpacked), against `gzip -dc` of the same
 * file alone, in turns: the whole process's CPU time, the start of Node included, against gzip's user
 * time. Then two workers against one over eight files and over 32, beside what the machine gives: two
 * processes at once with half of the files each, and two of gzip. And peers that do a part of it: GoAccess on
 * the access log alone, DuckDB counting by route and status with regular expressions. FERRY_BENCH_ROUNDS
 * (3), FERRY_BENCH_LINES (1,000,000).
 */
import { existsSync } from 'node:fs'
import { link, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Measured, median, run } from '../store/tools.ts'
import { ROUTES, writeLogs } from './corpus.ts'

const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 3)
const LINES = Number(process.env['FERRY_BENCH_LINES'] ?? 1_000_000)
const FERRY = join(import.meta.dirname, '../../bin/ferry')
const MEGABYTE = 1_000_000

/** What is compared: 1.8 times or more is to be reached where the machine gives as much. */
const PAIRS = [
  ['two workers against one, 8 files', 'one worker', 'two workers'],
  ['two workers against one, 32 files', 'one worker, 32', 'two workers, 32'],
  ['two processes of ferry at once against one, 32 files', 'one worker, 32', 'two processes, 32'],
  ['two processes of gzip at once against one', 'one gzip', 'two gzips'],
] as const

const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-crunch-'))
try {
  await bench()
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function bench(): Promise<void> {
  const routes = Object.fromEntries(ROUTES.map(([name, pattern]) => [pattern, name]))
  const config = {
    crunch: {
      routes,
      keep: "route != 'health'",
      reduce: { by_route: { by: ['route', 'status'], count: 'requests' } },
    },
  }
  await writeFile(join(folder, 'ferry.yaml'), JSON.stringify(config)) // YAML is a superset
  const log = join(folder, 'mixed.log.gz')
  await writeLogs(() => log, { lines: LINES, files: 1 })
  const packedMb = (await stat(log)).size / MEGABYTE
  const parts = join(folder, 'parts')
  await mkdir(parts)
  await writeLogs(file => join(parts, `${file}.log.gz`), { lines: LINES, files: 8 })

  const ways: Readonly<Record<string, { readonly args: readonly string[]; reach: number }>> = {
    'route and status counted': { args: [], reach: 2 },
    'all records, JSON lines + zstd': { args: ['--output', 'out', '--format', 'jsonl'], reach: 4 },
    'all records, Parquet': { args: ['--output', 'out', '--format', 'parquet'], reach: 5 },
  }
  const runs = new Map<string, Measured[]>()
  const note = (name: string, measured: Measured): void => {
    runs.set(name, [...(runs.get(name) ?? []), measured])
  }
  for (let round = 0; round < ROUNDS; round++) {
    note('gzip', await run(folder, ['gzip', '-dc', log], {}))
    for (const [name, { args }] of Object.entries(ways)) {
      note(name, await crunch(['--workers', '1', log, ...args]))
    }
    for (const [name, measured] of Object.entries(await workers(parts))) note(name, measured)
    note('gzip', await run(folder, ['gzip', '-dc', log], {}))
  }
  const of = (name: string, what: keyof Measured): number =>
    median((runs.get(name) ?? []).map(one => one[what]))
  const gzip = of('gzip', 'userS')
  console.log(`gzip -dc: ${gzip.toFixed(2)} s of user CPU, ${packedMb.toFixed(1)} MB packed`)
  for (const [name, { reach }] of Object.entries(ways)) {
    const cpu = of(name, 'cpuS')
    const ratio = cpu / gzip
    const verdict = ratio <= reach ? 'met' : 'MISSED'
    console.log(
      `${name}: ${cpu.toFixed(2)} s of CPU, ${ratio.toFixed(2)} times (${reach}: ${verdict}), ${(packedMb / cpu).toFixed(1)} MB packed a second and core, ${of(name, 'peakMb').toFixed(0)} MB`,
    )
  }
  for (const [what, one, two] of PAIRS) {
    const speedup = of(one, 'wallS') / of(two, 'wallS')
    console.log(
      `${what}: ${speedup.toFixed(2)} times; ${of(one, 'wallS').toFixed(2)} s and ${of(two, 'wallS').toFixed(2)} s, CPU ${of(one, 'cpuS').toFixed(2)} s and ${of(two, 'cpuS').toFixed(2)} s, ${of(two, 'peakMb').toFixed(0)} MB with two`,
    )
  }
  await peers(log)
}

/** One and two workers over eight files, and over four times as many; and two processes, which share nothing. */
async function workers(parts: string): Promise<Record<string, Measured>> {
  const many = join(folder, 'many')
  const halves = [join(folder, 'half-0'), join(folder, 'half-1')] as const
  for (const one of [many, ...halves]) await mkdir(one, { recursive: true })
  for (let file = 0; file < 32; file++) {
    for (const one of [many, file % 2 === 0 ? halves[0] : halves[1]]) {
      const name = join(one, `${file}.log.gz`)
      if (!existsSync(name)) await link(join(parts, `${file % 8}.log.gz`), name)
    }
  }
  const half = (at: number): string =>
    `${FERRY} crunch --workers 1 --state ${folder}/state-${at} ${halves[at]}/ >&2`
  const unpack = (at: string): string => `cat ${parts}/[${at}].log.gz | gzip -dc > /dev/null`
  const shell = async (command: string): Promise<Measured> => {
    for (const at of [0, 1]) await rm(join(folder, `state-${at}`), { recursive: true, force: true })
    return run(folder, ['bash', '-c', command], {})
  }
  return {
    'one worker': await crunch(['--workers', '1', `${parts}/`]),
    'two workers': await crunch(['--workers', '2', `${parts}/`]),
    'one worker, 32': await crunch(['--workers', '1', `${many}/`]),
    'two workers, 32': await crunch(['--workers', '2', `${many}/`]),
    'two processes, 32': await shell(`(${half(0)}) & (${half(1)}) & wait`),
    'one gzip': await shell(unpack('0-7')),
    'two gzips': await shell(`(${unpack('0-3')}) & (${unpack('4-7')}) & wait`),
  }
}

/** Each time from nothing: without what the time before left. */
async function crunch(args: readonly string[]): Promise<Measured> {
  await rm(join(folder, 'intermediate'), { recursive: true, force: true })
  await rm(join(folder, 'out'), { recursive: true, force: true })
  return run(folder, [FERRY, 'crunch', ...args], {})
}

async function peers(log: string): Promise<void> {
  const access = join(folder, 'access.log.gz')
  await writeLogs(() => access, { lines: Math.ceil(LINES * 0.4), files: 1, only: 'access' })
  const goaccess = '/usr/bin/goaccess'
  const pairs: (readonly [string, () => Promise<Measured>, () => Promise<Measured>])[] = [
    ['DuckDB, mixed', () => crunch(['--workers', '1', log]), () => duckdb(log)],
  ]
  if (existsSync(goaccess)) {
    const command = `zcat ${access} | ${goaccess} - --log-format=COMBINED -o ${folder}/go.json --no-progress`
    pairs.push([
      'GoAccess, access log',
      () => crunch(['--workers', '1', access]),
      () => run(folder, ['bash', '-c', command], {}),
    ])
  } else console.log('GoAccess is not installed (Debian: goaccess): left out')
  for (const [name, ours, theirs] of pairs) {
    const mine: Measured[] = []
    const other: Measured[] = []
    for (let round = 0; round < ROUNDS; round++) {
      mine.push(await ours())
      other.push(await theirs())
    }
    const cpu = (all: readonly Measured[]): number => median(all.map(one => one.cpuS))
    const wall = (all: readonly Measured[]): number => median(all.map(one => one.wallS))
    console.log(
      `${name}: ferry ${cpu(mine).toFixed(2)} s of CPU and ${wall(mine).toFixed(2)} s by the clock, ${name.split(',')[0]} ${cpu(other).toFixed(2)} s and ${wall(other).toFixed(2)} s`,
    )
  }
}

/** The same count with DuckDB's reader of lines and its regular expressions. */
async function duckdb(log: string): Promise<Measured> {
  const program = join(folder, 'duckdb.mjs')
  const id = String.raw`/[0-9]+|/[0-9a-f]{8}-[0-9a-f-]{27}`
  const sql = `
    SELECT regexp_replace(path, '${id}', '/:id', 'g') AS route, status, count(*)
    FROM (
      SELECT
        coalesce(nullif(regexp_extract(line, '(?:"(?:GET|POST|PUT|PATCH|DELETE) |"url":"|"path":"|path=)([^ ?"]+)', 1), ''), '') AS path,
        coalesce(nullif(regexp_extract(line, '(?:HTTP/1.1" |"statusCode":|"status":|"status_code":|status=)([0-9]+)', 1), ''), '') AS status
      FROM read_csv('${log}', columns = {line: 'VARCHAR'}, delim = '\\x01', quote = '', escape = '', header = false, strict_mode = false, ignore_errors = true)
    ) GROUP BY ALL`
  const api = import.meta.resolve('@duckdb/node-api')
  await writeFile(
    program,
    `import { DuckDBInstance } from ${JSON.stringify(api)}
     const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
     const rows = await (await connection.run(${JSON.stringify(sql)})).getRows()
     if (rows.length < 30) throw new Error('DuckDB counted ' + rows.length + ' groups')`,
  )
  return run(folder, [process.execPath, program], {})
}
