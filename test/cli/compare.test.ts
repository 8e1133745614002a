import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { runFerry } from '../support/run-ferry.ts'

let folder = ''
let source: Awaited<ReturnType<typeof startPostgres>>
let other: Awaited<ReturnType<typeof startPostgres>>

const WAREHOUSE = 'duckdb:./warehouse.duckdb'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-compare-'))
  ;[source, other] = await Promise.all([startPostgres(), startPostgres()])
  await writeFile(
    join(folder, 'ferry.yaml'),
    `warehouses:
  hot: ${WAREHOUSE}
  copy: ${other.url}
sources:
  production:
    url: ${source.url}
    tables: { tasks: {}, notes: {}, log: {} }
`,
  )
})
afterAll(async () => {
  await stopWarehouse({ url: WAREHOUSE, projectDirectory: folder })
  await Promise.all([source.stop(), other.stop()])
  await rm(folder, { recursive: true })
})

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const { signal } = new AbortController()
  const target = { url, projectDirectory: folder, environment: process.env, signal }
  await using session = await (await dialectOf(url)).open(target)
  for (const statement of statements) await session.execute(statement)
}

const compare = (...args: readonly string[]) => runFerry(['compare', ...args], { cwd: folder })

/** The same rows in two engines: every one has a NULL, a float, a time and a text of its own. */
const ROWS = {
  [WAREHOUSE]: (count: number) => `SELECT i AS id, 'task ' || i AS title,
    CASE WHEN i % 3 = 0 THEN NULL ELSE i * 1.5::DOUBLE END AS hours, ((i % 100) / 4)::DECIMAL(10,4) AS price,
    TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_seconds(i) AS updated_at, i % 2 = 0 AS done
    FROM range(1, ${count + 1}) r(i)`,
  postgres: (count: number) => `SELECT i::bigint AS id, 'task ' || i AS title,
    CASE WHEN i % 3 = 0 THEN NULL ELSE i * 1.5::float8 END AS hours, ((i % 100)::numeric / 4)::numeric(10,2) AS price,
    TIMESTAMPTZ '2026-01-01 00:00:00+00' + i * interval '1 second' AS updated_at, i % 2 = 0 AS done
    FROM generate_series(1, ${count}) i`,
}

describe.each([
  ['DuckDB', 'hot', () => WAREHOUSE, (count: number) => ROWS[WAREHOUSE](count)],
  ['PostgreSQL', 'copy', () => other.url, (count: number) => ROWS.postgres(count)],
])('PostgreSQL with %s', (_, name, url, rows) => {
  const COUNT = 30_000
  beforeAll(async () => {
    await run(
      source.url,
      'DROP TABLE IF EXISTS tasks',
      `CREATE TABLE tasks AS ${ROWS.postgres(COUNT)}`,
      'ALTER TABLE tasks ADD PRIMARY KEY (id)',
    )
    await run(
      url(),
      'CREATE SCHEMA IF NOT EXISTS production',
      `CREATE TABLE production.tasks AS ${rows(COUNT)}`,
    )
  })

  test('equal tables are told so, and nothing moves', async () => {
    const done = await compare('production.tasks', `${name}:production.tasks`, '--json')
    expect(done.stderr).toBe('')
    expect(JSON.parse(done.stdout)).toMatchObject({
      equal: true,
      rows: { source: COUNT, target: COUNT },
      key: ['id'],
      moved: 0,
      left_out: [],
    })
    expect(done.code).toBe(0)
    const told = await compare('production.tasks', `${name}:production.tasks`)
    expect(told.stdout).toBe(
      `production.tasks has ${COUNT} rows, ${name}:production.tasks has ${COUNT}: the same\n`,
    )
  })

  test('one changed byte, a row that is lost and one too many are found to their keys', async () => {
    await run(
      url(),
      `UPDATE production.tasks SET title = 'task X' WHERE id = 17`,
      'DELETE FROM production.tasks WHERE id = 20000',
      `INSERT INTO production.tasks (id, title) VALUES (70000, 'nobody''s')`,
    )
    const done = await compare('production.tasks', `${name}:production.tasks`, '--json')
    const result = JSON.parse(done.stdout)
    expect(result).toMatchObject({ equal: false, missing: 1, surplus: 1, different: 1 })
    expect(new Set(result.keys)).toEqual(
      new Set([
        { is: 'different', key: { id: '17' } },
        { is: 'missing', key: { id: '20000' } },
        { is: 'surplus', key: { id: '70000' } },
      ]),
    )
    expect(result.moved).toBeLessThan(1_000)
    expect(done.code).toBe(1)
    const told = await compare('production.tasks', `${name}:production.tasks`, '--keys', '0')
    expect(told.stdout).toBe(
      `production.tasks has ${COUNT} rows, ${name}:production.tasks has ${COUNT}: 1 missing, 1 too many, 1 different\nand 3 more\n`,
    )
  })

  test('an empty table lacks every row, and no more of them move than are told', async () => {
    await run(url(), 'DELETE FROM production.tasks')
    const done = await compare(
      'production.tasks',
      `${name}:production.tasks`,
      '--json',
      '--keys',
      '3',
    )
    const result = JSON.parse(done.stdout)
    expect(result).toMatchObject({ missing: COUNT, surplus: 0, different: 0, moved: 3 })
    expect(result.keys).toHaveLength(3)
  })
})
