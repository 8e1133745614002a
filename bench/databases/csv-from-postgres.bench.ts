/**
 * CSV of 5 million rows from PostgreSQL: a session's export against `psql -c 'COPY ...'`, taken in
 * turns, to /dev/null and to a file. FERRY_BENCH_ROWS changes the number of rows.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, closeSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../../servers/postgres.ts'

const ROWS = Number(process.env['FERRY_BENCH_ROWS'] ?? 5_000_000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 5)
const QUERY = 'SELECT * FROM bench_rows'

/** Runs in a process of its own, so that its memory is its own. */
const EXPORT = `
  import { createWriteStream } from 'node:fs'
  const { dialectOf } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/databases/open-database.ts'))})
  const url = process.argv[1]
  const dialect = await dialectOf(url)
  await using session = await dialect.open({ url, projectDirectory: '.', environment: process.env, signal: new AbortController().signal })
  const result = await session.export(${JSON.stringify(QUERY)}, 'csv')
  for await (const bytes of result.bytes) if (!process.stdout.write(bytes)) await new Promise(go => process.stdout.once('drain', go))
  process.stderr.write(String(process.resourceUsage().maxRSS))`

async function run(command: string, args: readonly string[], output: string) {
  const started = performance.now()
  const file = openSync(output, 'w')
  const child = spawn(command, args, { stdio: ['ignore', file, 'pipe'] })
  let talk = ''
  child.stderr?.on('data', data => (talk += String(data)))
  const code = await new Promise(resolve => child.once('close', resolve))
  closeSync(file)
  if (code !== 0) throw new Error(`${command} failed: ${talk}`)
  return { ms: performance.now() - started, talk }
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

await using server = await startPostgres()
const copy = `COPY (${QUERY}) TO STDOUT (FORMAT csv, HEADER)`
const fill = `CREATE TABLE bench_rows AS SELECT i AS id, 'user ' || i AS name, i % 7 = 0 AS done,
  timestamp '2026-01-01' + i * interval '1 second' AS created_at, (i * 31 % 10007) / 100.0 AS amount,
  CASE WHEN i % 11 = 0 THEN 'a "quoted", longer note' WHEN i % 5 <> 0 THEN 'plain note' END AS note
  FROM generate_series(1, ${ROWS}) AS i`
const filled = spawnSync('psql', ['-q', '-c', fill, '-c', 'VACUUM ANALYZE bench_rows', server.url])
if (filled.status !== 0) throw new Error(String(filled.stderr))

const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-'))
try {
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', EXPORT]
  for (const place of ['/dev/null', 'file'] as const) {
    const output = (who: string): string => (place === 'file' ? join(folder, who) : place)
    const times = { ferry: [] as number[], psql: [] as number[] }
    let peakKb = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      times.psql.push((await run('psql', ['-q', '-c', copy, server.url], output('psql'))).ms)
      const ferry = await run(process.execPath, [...flags, server.url], output('ferry'))
      times.ferry.push(ferry.ms)
      peakKb = Math.max(peakKb, Number(ferry.talk))
    }
    const [ferry, psql] = [median(times.ferry), median(times.psql)]
    console.log(
      `${place}: ${ROWS} rows, ferry ${ferry.toFixed(0)} ms, psql ${psql.toFixed(0)} ms, ` +
        `speed ${((100 * psql) / ferry).toFixed(0)} % of psql's, peak RSS ${(peakKb / 1024).toFixed(0)} MB`,
    )
  }
  const same = (await digest(join(folder, 'ferry'))) === (await digest(join(folder, 'psql')))
  console.log(`the same bytes: ${same}`)
} finally {
  await rm(folder, { recursive: true })
}
