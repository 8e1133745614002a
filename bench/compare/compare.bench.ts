/**
 * What `ferry compare` of two equal tables on two PostgreSQL servers costs beside
 * `SELECT count(*), sum(hash)` of the same rows on each, both at once; in alternation. Then one byte is
 * changed. The reach is 3 times, and the changed row's key.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startPostgres } from '../../servers/postgres.ts'
import { dialectOf } from '../../src/databases/open-database.ts'
import { readAll } from '../../src/databases/read-all.ts'

const ROWS = Number(process.env['FERRY_BENCH_ROWS'] ?? 5_000_000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 5)
const CHANGED = Math.floor(ROWS * 0.7)

const TABLE = `CREATE TABLE tasks AS SELECT i::bigint AS id, (i % 50000)::int AS user_id,
  'task number ' || i AS title, CASE WHEN i % 4 = 0 THEN NULL ELSE (i % 1000)::numeric(10, 2) END AS hours,
  TIMESTAMPTZ '2026-01-01 00:00:00+00' + i * interval '1 second' AS updated_at, i % 3 = 0 AS done
  FROM generate_series(1, ${ROWS}) i`

await using one = await startPostgres({ settings: { shared_buffers: '512MB' } })
await using other = await startPostgres({ settings: { shared_buffers: '512MB' } })

async function ask(url: string, statement: string): Promise<unknown> {
  const { signal } = new AbortController()
  const target = { url, projectDirectory: '.', environment: process.env, signal }
  await using session = await (await dialectOf(url)).open(target)
  return await readAll(session, statement)
}

async function compare(...more: readonly string[]): Promise<string> {
  const ferry = join(import.meta.dirname, '../../bin/ferry')
  const args = ['compare', one.url, other.url, '--table', 'public.tasks', '--json', ...more]
  const child = spawn(ferry, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
  return said
}

/** The server's own aggregate, by psql's way: no cursor, so that its workers help. */
const hashed = (): Promise<unknown> =>
  Promise.all(
    [one, other].map(async ({ url }) => {
      const { signal } = new AbortController()
      const target = { url, projectDirectory: '.', environment: process.env, signal }
      await using session = await (await dialectOf(url)).open(target)
      const statement = 'SELECT count(*), sum(hashtextextended(tasks::text, 0)) FROM tasks'
      for await (const _ of (await session.export(statement, 'csv')).bytes);
    }),
  )

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

for (const { url } of [one, other]) {
  await ask(url, TABLE)
  await ask(url, 'ALTER TABLE tasks ADD PRIMARY KEY (id)')
  await ask(url, 'VACUUM (FREEZE, ANALYZE) tasks')
}

const times: Record<'hashed' | 'own' | 'common', number[]> = { hashed: [], own: [], common: [] }
const timed = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
  const started = performance.now()
  await work()
  into.push(performance.now() - started)
}
for (let round = 0; round < ROUNDS; round += 1) {
  await timed(times.hashed, hashed)
  await timed(times.own, compare)
  await timed(times.common, () => compare('--checksum', 'common'))
}
const base = median(times.hashed)
const ratio = (ms: number): string => `${(ms / base).toFixed(2)} times`
console.log(`${ROWS} rows: count and sum of a hash on each, both at once: ${base.toFixed(0)} ms`)
for (const kind of ['own', 'common'] as const) {
  const ms = median(times[kind])
  console.log(`ferry compare, ${kind} checksum: ${ms.toFixed(0)} ms, ${ratio(ms)} of it`)
}
await ask(other.url, `UPDATE tasks SET title = 'Task number ${CHANGED}' WHERE id = ${CHANGED}`)
const finding: number[] = []
let said = ''
await timed(finding, async () => {
  said = await compare()
})
console.log(`one changed byte, of id ${CHANGED}: ${median(finding).toFixed(0)} ms: ${said.trim()}`)
