import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { engineOf } from '../../src/databases/open-database.ts'
import { runFerry } from '../support/run-ferry.ts'

const NIGHTS = Number(process.env['FERRY_NIGHTS'] ?? 1)

let server: TdsServer
let directory = ''
const ferry = (...args: readonly string[]) => runFerry(args, { cwd: directory })

async function open() {
  const { signal } = new AbortController()
  const target = { url: server.url, projectDirectory: '.', environment: {}, signal }
  return (await engineOf(server.url)).open(target)
}

beforeAll(async () => {
  server = await startTds()
  directory = await mkdtemp(join(tmpdir(), 'ferry-mssql-nights-'))
  await using session = await open()
  await session.execute(`CREATE TABLE tasks (id bigint NOT NULL PRIMARY KEY, title nvarchar(200), effort decimal(8,2),
    ratio float, done bit, raw varbinary(20), due date, updated_at datetime2(6) NOT NULL)`)
  await session.execute(`INSERT INTO tasks SELECT value, CONCAT(N'task "', value, N'", é'), value / 8.0, value / 7.0, value % 2,
    0x00FF, DATEADD(day, value % 900, CAST('2026-01-01' AS date)), DATEADD(day, -9, SYSUTCDATETIME()) FROM GENERATE_SERIES(1, 2000)`)
  await writeFile(
    join(directory, 'ferry.yaml'),
    `warehouses: { hot: 'duckdb:./hot.duckdb' }
sources: { shop: { url: '${server.url}', overlap: 1s, tables: { tasks: { updated_at: updated_at } } } }\n`,
  )
}, 120_000)
afterAll(async () => {
  await ferry('warehouse', 'stop')
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

/** Transactions short and long: changes, new keys, deletions, stamps of another clock. */
async function write(signal: AbortSignal, writer: number): Promise<void> {
  await using session = await open()
  const any = (): number => 1 + Math.floor(Math.random() * 2_000)
  while (!signal.aborted) {
    const next = 10_000 + Math.floor(Math.random() * 1e9)
    await session.execute('BEGIN TRANSACTION')
    await session.execute(
      `UPDATE tasks SET title = CONCAT(title, N'.'), updated_at = SYSUTCDATETIME() WHERE id = ${any()}`,
    )
    await sleep(Math.random() * (writer === 0 ? 2_500 : 100))
    await session.execute(
      `INSERT INTO tasks (id, title, ratio, updated_at) VALUES (${next}, N'new', 0.1, SYSUTCDATETIME())`,
    )
    await session.execute(`DELETE FROM tasks WHERE id = ${any()}`)
    await session.execute(
      `UPDATE tasks SET effort = 2, updated_at = DATEADD(day, -5, SYSUTCDATETIME()) WHERE id = ${any()}`,
    )
    await session.execute(Math.random() < 0.2 ? 'ROLLBACK' : 'COMMIT')
    await sleep(20)
  }
}

/** Conflicts are the writers' own affair. */
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

test('nights of a SQL Server beside writers: the warehouse has every row in the end', async () => {
  const stop = new AbortController()
  const writers = Promise.all([0, 1].map(writer => tireless(stop.signal, writer)))
  for (let nr = 1; nr <= NIGHTS; nr += 1) await night(nr)
  stop.abort()
  await writers
  await night(NIGHTS + 1)
  expect(await night(NIGHTS + 2)).toContain('the same')
  // By a query of another kind: no fingerprint, no key ranges.
  const columns = 'id, title, effort, CAST(done AS int) AS done, due'
  const [theirs, ours] = await Promise.all([
    ferry('sql', '--on', 'shop', '-e', `SELECT ${columns} FROM tasks ORDER BY id`),
    ferry('sql', '-e', `SELECT ${columns} FROM shop.tasks ORDER BY id`),
  ])
  expect(theirs.stdout.split('\n').length).toBeGreaterThan(1_000)
  expect(ours.stdout).toBe(theirs.stdout)
}, 400_000)
