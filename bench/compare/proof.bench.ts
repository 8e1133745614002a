/**
 * What the nightly proof adds to a night: `ferry mirror` of a whole table with the taking of fingerprints
 * and without, and `ferry compare` after the load, in alternation. The reach is 10 % of the mirror's time.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../../servers/postgres.ts'
import { dialectOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'

const ROWS = Number(process.env['FERRY_BENCH_ROWS'] ?? 5_000_000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 5)
const WAREHOUSE = 'duckdb:./warehouse.duckdb'

const TABLE = `CREATE TABLE tasks AS SELECT i::bigint AS id, (i % 50000)::int AS user_id,
  'task number ' || i AS title, CASE WHEN i % 4 = 0 THEN NULL ELSE (i % 1000)::numeric(10, 2) END AS hours,
  TIMESTAMPTZ '2026-01-01 00:00:00+00' + i * interval '1 second' AS updated_at, i % 3 = 0 AS done
  FROM generate_series(1, ${ROWS}) i`

await using server = await startPostgres({ settings: { shared_buffers: '512MB' } })
const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-proof-'))

async function ferry(...args: readonly string[]): Promise<void> {
  const path = join(import.meta.dirname, '../../bin/ferry')
  const child = spawn(path, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`ferry ${args.join(' ')}: ${String(code)}`)
}

const settings = (compare: string): string =>
  `warehouses: { hot: "${WAREHOUSE}" }
sources: { shop: { url: "${server.url}", compare: ${compare}, tables: { tasks: { mode: full } } } }
`

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function timed(into: number[], work: () => Promise<void>): Promise<void> {
  const began = performance.now()
  await work()
  into.push(performance.now() - began)
}

try {
  const { signal } = new AbortController()
  const target = { url: server.url, projectDirectory: '.', environment: process.env, signal }
  const session = await (await dialectOf(server.url)).open(target)
  await session.execute(TABLE)
  await session.execute('ALTER TABLE tasks ADD PRIMARY KEY (id)')
  await session.execute('VACUUM (FREEZE, ANALYZE) tasks')
  await session.close()
  const without: number[] = []
  const taking: number[] = []
  const comparing: number[] = []
  let ranges = ''
  for (let round = 0; round < ROUNDS; round += 1) {
    const date = `2026-03-${String(round + 1).padStart(2, '0')}`
    await writeFile(join(folder, 'ferry.yaml'), settings('false'))
    await timed(without, () => ferry('mirror', 'shop.tasks', '--date', date))
    await writeFile(join(folder, 'ferry.yaml'), settings('{}'))
    await ferry('mirror', 'shop.tasks', '--date', date)
    const path = join(folder, `intermediate/${date}/mirror/shop.tasks.fingerprints.json`)
    const fingerprints: { elapsedMs: number; ranges: unknown[]; rangesOfAll: number } = JSON.parse(
      await readFile(path, 'utf8'),
    )
    taking.push(fingerprints.elapsedMs)
    ranges = `${fingerprints.ranges.length} of ${fingerprints.rangesOfAll} ranges`
    await ferry('load', 'shop.tasks', '--date', date)
    await timed(comparing, () => ferry('compare', 'shop.tasks', '--date', date))
    await rm(join(folder, `intermediate/${date}`), { recursive: true })
  }
  const [mirror, take, compare] = [median(without), median(taking), median(comparing)]
  const percent = ((100 * (take + compare)) / mirror).toFixed(1)
  console.log(
    `${ROWS} rows: ferry mirror ${mirror.toFixed(0)} ms; fingerprints of ${ranges} ${take.toFixed(0)} ms, ` +
      `ferry compare ${compare.toFixed(0)} ms (a process of its own): ${percent} % of the mirror's time`,
  )
} finally {
  await stopWarehouse({ url: WAREHOUSE, projectDirectory: folder })
  await rm(folder, { recursive: true })
}
