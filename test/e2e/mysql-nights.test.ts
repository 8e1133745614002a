import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { runFerry } from '../support/run-ferry.ts'

const NIGHTS = Number(process.env['FERRY_NIGHTS'] ?? 3)

let server: MariadbServer
let directory = ''
const ferry = (...args: readonly string[]) => runFerry(args, { cwd: directory })

beforeAll(async () => {
  server = await startMariadb({ settings: { 'default-time-zone': '+05:30' } })
  directory = await mkdtemp(join(tmpdir(), 'ferry-mysql-nights-'))
  server.run(`USE ferry; CREATE TABLE tasks (id bigint unsigned PRIMARY KEY, title varchar(200), effort decimal(8,2),
      score float, ratio double, flags bit(5), kind enum('bug','idea'), raw varbinary(20), doc json, due date,
      updated_at timestamp(6) NOT NULL DEFAULT now(6) ON UPDATE now(6), KEY (updated_at));
    INSERT INTO tasks SELECT seq, CONCAT('task "', seq, '", é'), seq / 8, seq / 7, seq / 3e20, seq % 32,
      ELT(1 + seq % 2, 'bug', 'idea'), UNHEX(MD5(seq)), JSON_OBJECT('n', seq), '2026-01-01' + INTERVAL seq DAY,
      now(6) - INTERVAL 9 DAY FROM seq_1_to_3000`)
  await writeFile(
    join(directory, 'ferry.yaml'),
    `warehouses: { hot: 'duckdb:./hot.duckdb' }
sources: { shop: { url: '${server.url}', overlap: 1s, tables: { tasks: { updated_at: updated_at } } } }\n`,
  )
}, 60_000)
afterAll(async () => {
  await ferry('warehouse', 'stop')
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

/** Transactions short and long: changes, new keys, deletions, stamps of another clock. */
async function write(signal: AbortSignal, writer: number): Promise<void> {
  const client = await createConnection(server.url)
  const any = (): number => 1 + Math.floor(Math.random() * 3_000)
  try {
    while (!signal.aborted) {
      await client.query('BEGIN')
      await client.query(`UPDATE tasks SET title = CONCAT(title, '.') WHERE id = ${any()}`)
      await sleep(Math.random() * (writer === 0 ? 2_500 : 100))
      const next = 10_000 + Math.floor(Math.random() * 1e9)
      await client.query(`INSERT IGNORE INTO tasks (id, title, score) VALUES (${next}, 'new', 0.1)`)
      await client.query(`UPDATE IGNORE tasks SET id = ${next + 1} WHERE id = ${any()}`)
      await client.query(`DELETE FROM tasks WHERE id = ${any()}`)
      await client.query(
        `UPDATE tasks SET effort = 2, updated_at = now(6) - INTERVAL 5 DAY WHERE id = ${any()}`,
      )
      await client.query(Math.random() < 0.2 ? 'ROLLBACK' : 'COMMIT')
      await sleep(20)
    }
  } finally {
    client.destroy()
  }
}

/** Deadlocks are the writers' own affair. */
const tireless = async (signal: AbortSignal, writer: number): Promise<void> => {
  while (!signal.aborted) await write(signal, writer).catch(() => undefined)
}

async function night(nr: number): Promise<string> {
  let proof = ''
  for (const command of ['mirror', 'load', 'compare']) {
    const date = `2026-03-${String(nr).padStart(2, '0')}`
    const { code, stdout, stderr } = await ferry(command, 'shop.tasks', '--date', date)
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stdout}${stderr}`)
    proof = stdout
  }
  return proof
}

test('nights of a MySQL beside writers: the warehouse has every row in the end', async () => {
  const stop = new AbortController()
  const writers = Promise.all([0, 1, 2].map(writer => tireless(stop.signal, writer)))
  for (let nr = 1; nr <= NIGHTS; nr += 1) await night(nr)
  stop.abort()
  await writers
  await night(NIGHTS + 1)
  expect(await night(NIGHTS + 2)).toContain('the same')
  // By a query of another kind: no fingerprint, no key ranges.
  const columns = `id, title, effort, kind, lower(hex(raw)) AS raw, CAST(due AS char(10)) AS due`
  const [theirs, ours] = await Promise.all([
    ferry('sql', '--on', 'shop', '-e', `SELECT ${columns} FROM tasks ORDER BY id`),
    ferry(
      'sql',
      '-e',
      `SELECT ${columns.replace('char(10)', 'varchar')} FROM shop.tasks ORDER BY id`,
    ),
  ])
  expect(theirs.stdout.split('\n').length).toBeGreaterThan(2_000)
  expect(ours.stdout).toBe(theirs.stdout)
}, 400_000)
