/**
 * A table of 5 million rows from PostgreSQL to compressed files: `ferry mirror` against
 * `psql -c 'COPY t TO STDOUT' | zstd -1`, taken in turns; and two streams against one, beside what two
 * such pipes at once, each of half the table, give over one: more the machine does not have. The whole
 * command counts, its start and the holder's too; the fingerprints of the nightly proof do not.
 * FERRY_BENCH_ROWS changes the number of rows.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../../servers/postgres.ts'
import { parseTableManifest } from '../../src/formats/table-manifest.ts'

const ROWS = Number(process.env['FERRY_BENCH_ROWS'] ?? 5_000_000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 5)
const FERRY = join(import.meta.dirname, '../../bin/ferry')
const DATE = '2026-03-01'

interface Run {
  readonly ms: number
  /** Of the process and all it started. */
  readonly peakMb: number
  readonly cpuS: number
}

/** Runs a command under bash's own clock; its peak memory is that of its largest process. */
async function run(command: string, cwd: string): Promise<Run> {
  const started = performance.now()
  const script = `import resource, subprocess, sys
code = subprocess.call(['bash', '-c', sys.argv[1]], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
sys.exit(code)`
  const child = spawn('python3', ['-c', script, command], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', data => (said += String(data)))
  const code = await new Promise(resolve => child.once('close', resolve))
  const ms = performance.now() - started
  if (code !== 0) throw new Error(`\`${command}\` ended with ${String(code)}`)
  const [peakKb = 0, cpuS = 0] = said.trim().split(' ').map(Number)
  return { ms, peakMb: peakKb / 1_024, cpuS }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const msOf = (runs: readonly Run[]): number => median(runs.map(({ ms }) => ms))

await using server = await startPostgres({ settings: { shared_buffers: '1GB', timezone: 'UTC' } })
const fill = `CREATE TABLE bench_rows AS SELECT i AS id, 'user ' || i AS name, i % 7 = 0 AS done,
  timestamp '2026-01-01' + i * interval '1 second' AS created_at, (i * 31 % 10007) / 100.0 AS amount,
  md5(i::text) AS token,
  CASE WHEN i % 11 = 0 THEN 'a "quoted", longer note' WHEN i % 5 <> 0 THEN 'plain note' END AS note
  FROM generate_series(1, ${ROWS}) AS i`
const key = 'ALTER TABLE bench_rows ADD PRIMARY KEY (id)'
const filled = spawnSync('psql', [
  '-q',
  '-c',
  fill,
  '-c',
  key,
  '-c',
  'VACUUM ANALYZE bench_rows',
  server.url,
])
if (filled.status !== 0) throw new Error(String(filled.stderr))

const asked = ['-Atc', "SELECT relpages FROM pg_class WHERE relname = 'bench_rows'", server.url]
const pages = Number(spawnSync('psql', asked, { encoding: 'utf8' }).stdout)

const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-mirror-'))
const configure = async (chunks: number): Promise<void> =>
  writeFile(
    join(folder, 'ferry.yaml'),
    `sources: { shop: { url: "${server.url}", connections: ${chunks + 1}, compare: false, tables: { bench_rows: { chunks: ${chunks} } } } }\n`,
  )
const manifest = async () =>
  parseTableManifest(
    await readFile(join(folder, `intermediate/${DATE}/mirror/shop.bench_rows`), 'utf8'),
    '',
  )

try {
  const pipe = (what: string, file: string): string =>
    `psql -q -c "COPY ${what} TO STDOUT" '${server.url}' | zstd -1 -q -f -o ${file}`
  const psql = `set -o pipefail; ${pipe('bench_rows', 'copy.zst')}`
  const half = (condition: string): string => `(SELECT * FROM bench_rows WHERE ctid ${condition})`
  const middle = `'(${Math.floor(pages / 2)},0)'`
  const psqls = `${pipe(half(`< ${middle}`), 'first.zst')} & ${pipe(half(`>= ${middle}`), 'second.zst')}; wait`
  const ferry = `'${FERRY}' mirror shop.bench_rows --date ${DATE}`
  const runs: Record<'psql' | 'psqls' | 'one' | 'two', Run[]> = {
    psql: [],
    psqls: [],
    one: [],
    two: [],
  }
  for (let round = 0; round <= ROUNDS; round++) {
    const turn = {
      psql: await run(psql, folder),
      psqls: await run(psqls, folder),
      one: await configure(1).then(() => run(ferry, folder)),
      two: await configure(2).then(() => run(ferry, folder)),
    }
    if (round === 0) continue // caches fill
    for (const who of ['psql', 'psqls', 'one', 'two'] as const) runs[who].push(turn[who])
  }
  const { parts } = await manifest()
  const rows = parts.reduce((sum, part) => sum + (part.rows ?? 0), 0)
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  const copied = (await stat(join(folder, 'copy.zst'))).size
  const [one, two, peer] = [msOf(runs.one), msOf(runs.two), msOf(runs.psql)]
  const peak = Math.max(...[...runs.one, ...runs.two].map(({ peakMb }) => peakMb))
  const cpu = (who: readonly Run[]) => median(who.map(({ cpuS }) => cpuS)).toFixed(2)
  console.log(`${rows} of ${ROWS} rows, ${cpus().length} CPUs, medians of ${ROUNDS}`)
  console.log(`psql | zstd -1: ${peer.toFixed(0)} ms, ${copied} bytes, ${cpu(runs.psql)} s of CPU`)
  console.log(
    `ferry mirror: ${one.toFixed(0)} ms, ${bytes} bytes, ${cpu(runs.one)} s of CPU, peak ${peak.toFixed(0)} MB; ` +
      `${((100 * peer) / one).toFixed(0)} % of the speed`,
  )
  const peers = msOf(runs.psqls)
  console.log(
    `two streams: ${two.toFixed(0)} ms, ${(one / two).toFixed(2)} times as fast as one; ` +
      `two of psql | zstd at once: ${peers.toFixed(0)} ms, ${(peer / peers).toFixed(2)} times one`,
  )
  console.log(
    `files: ${(await readdir(join(folder, `intermediate/${DATE}/mirror/shop.bench_rows.parts`))).length}`,
  )
} finally {
  await rm(folder, { recursive: true })
}
