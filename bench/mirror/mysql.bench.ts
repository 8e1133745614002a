/**
 * A table of 3 million rows from MariaDB into a compressed file: Ferry's source, and the whole of `ferry
 * mirror`, beside MariaDB's own client and dump piped into `zstd -1`, taken in turns. FERRY_BENCH_ROWS
 * changes the number of rows, FERRY_BENCH_ROUNDS that of the turns.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMariadb } from '../../servers/mariadb.ts'

const ROWS = Number(process.env['FERRY_BENCH_ROWS'] ?? 3_000_000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 5)
const ROOT = join(import.meta.dirname, '../..')

/** Runs in a process of its own, so that its memory is its own. */
const READ = `
  const { engineOf } = await import(${JSON.stringify(join(ROOT, 'src/databases/open-database.ts'))})
  const url = process.argv[2]
  const { source } = await engineOf(url)
  const target = { url, projectDirectory: '.', environment: {}, signal: new AbortController().signal }
  await using snapshot = await source.openSnapshot(target, { statementTimeoutMs: 0, lockTimeoutMs: 0 })
  await using reader = await snapshot.reader()
  const table = await reader.describe({ name: 'bench_rows' })
  const stream = await reader.read({ table, columns: table.columns.map(one => one.name), where: [] })
  for await (const { bytes } of stream.pieces) if (!process.stdout.write(bytes)) await new Promise(go => process.stdout.once('drain', go))
  process.stderr.write(String(process.resourceUsage().maxRSS))`

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

await using server = await startMariadb({ settings: { 'innodb-buffer-pool-size': '1G' } })
server.run(`USE ferry; CREATE TABLE bench_rows (id bigint PRIMARY KEY, name varchar(40), done tinyint(1),
  created_at datetime(6), amount decimal(12,2), note text);
  INSERT INTO bench_rows SELECT seq, CONCAT('user ', seq), seq % 7 = 0,
    TIMESTAMP '2026-01-01 00:00:00' + INTERVAL seq SECOND, (seq * 31 % 10007) / 100,
    CASE WHEN seq % 11 = 0 THEN 'a "quoted", longer note' WHEN seq % 5 <> 0 THEN 'plain note' END
  FROM seq_1_to_${ROWS}; ANALYZE TABLE bench_rows`)

const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-'))
const client = server.program('mariadb')
const dump = server.program('mariadb-dump')
const at = `--no-defaults --socket=${server.socket} --user=root`
await writeFile(join(folder, 'read.mjs'), READ)
await writeFile(
  join(folder, 'ferry.yaml'),
  `sources: { bench: { url: '${server.url}', tables: { bench_rows: {} } } }\n`,
)

/** Shell commands that leave a compressed file, by who runs them. */
const WAYS = {
  client: `${client.path} ${at} -B -q -N -e 'SELECT * FROM bench_rows' ferry | zstd -q -1 > client.zst`,
  dump: `${dump.path} ${at} --single-transaction --quick --no-create-info ferry bench_rows | zstd -q -1 > dump.zst`,
  source: `${process.execPath} --disable-warning=ExperimentalWarning read.mjs ${server.url} 2> rss | zstd -q -1 > source.zst`,
  mirror: `${join(ROOT, 'bin/ferry')} mirror bench.bench_rows --full > mirror.log`,
} as const

interface Cost {
  readonly ms: number
  /** Of all processes of the command, zstd's included. */
  readonly cpuMs: number
}

async function run(command: string): Promise<Cost> {
  const env = { ...process.env, ...client.env, PATH: process.env['PATH'] }
  const script = `TIMEFORMAT='%R %U %S'; time { ${command}; } 2> talk`
  const child = spawn('/bin/bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    env,
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let told = ''
  child.stderr.on('data', data => (told += String(data)))
  const code = await new Promise(resolve => child.once('close', resolve))
  if (code !== 0) {
    throw new Error(`failed: ${command}`, { cause: await readFile(join(folder, 'talk'), 'utf8') })
  }
  const [real = 0, user = 0, system = 0] = told.trim().split(' ').map(Number)
  return { ms: 1_000 * real, cpuMs: 1_000 * (user + system) }
}

try {
  const costs = new Map<string, Cost[]>()
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, command] of Object.entries(WAYS)) {
      costs.set(name, [...(costs.get(name) ?? []), await run(command)])
    }
  }
  const of = (name: keyof typeof WAYS, what: keyof Cost): number =>
    median((costs.get(name) ?? []).map(cost => cost[what]))
  for (const name of ['client', 'dump', 'source', 'mirror'] as const) {
    const [ms, cpuMs] = [of(name, 'ms'), of(name, 'cpuMs')]
    console.log(
      `${name.padEnd(7)} ${ms.toFixed(0)} ms, ${(ROWS / ms).toFixed(0)} rows/ms, ` +
        `${((100 * of('client', 'ms')) / ms).toFixed(0)} % of the client's speed; ` +
        `CPU ${cpuMs.toFixed(0)} ms, ${(cpuMs / of('client', 'cpuMs')).toFixed(2)} of the client's`,
    )
  }
  const rss = Number(await readFile(join(folder, 'rss'), 'utf8'))
  console.log(`peak RSS of the source: ${(rss / 1024).toFixed(0)} MB`)
} finally {
  await rm(folder, { recursive: true })
}
