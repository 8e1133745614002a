import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { runFerry } from '../support/run-ferry.ts'

const WAREHOUSE = 'duckdb:./warehouse.duckdb'
const DATE = '2026-11-28'
const ROWS = 20_000
let folder = ''
let server: Awaited<ReturnType<typeof startPostgres>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-compare-night-'))
  server = await startPostgres()
  await writeFile(
    join(folder, 'ferry.yaml'),
    `warehouses: { hot: "${WAREHOUSE}" }
sources:
  production:
    url: ${server.url}
    tables: { tasks: { updated_at: updated_at, where: "id <> 13" } }
`,
  )
})
afterAll(async () => {
  await stopWarehouse({ url: WAREHOUSE, projectDirectory: folder })
  await server.stop()
  await rm(folder, { recursive: true })
})

async function ask(url: string, ...statements: readonly string[]) {
  const { signal } = new AbortController()
  const target = { url, projectDirectory: folder, environment: process.env, signal }
  await using session = await (await dialectOf(url)).open(target)
  let rows: Awaited<ReturnType<typeof readAll>> = []
  for (const statement of statements) rows = await readAll(session, statement)
  return rows
}
const source = (...statements: readonly string[]) => ask(server.url, ...statements)
const warehouse = (...statements: readonly string[]) => ask(WAREHOUSE, ...statements)
const ferry = (...args: readonly string[]) => runFerry(args, { cwd: folder })
const compare = async (...args: readonly string[]) => {
  const done = await ferry('compare', 'production.tasks', '--date', DATE, '--json', ...args)
  if (done.stdout === '') throw new Error(done.stderr)
  return { ...done, report: JSON.parse(done.stdout) }
}

/** A night: mirrored, and loaded by hand. */
async function night(): Promise<void> {
  const done = await ferry('mirror', 'production.tasks', '--date', DATE, '--full')
  expect(done.stderr).toBe('')
  const parts = join(folder, `intermediate/${DATE}/mirror/production.tasks.parts/*.csv.zst`)
  await warehouse(
    'CREATE SCHEMA IF NOT EXISTS production',
    'DROP TABLE IF EXISTS production.tasks',
    `CREATE TABLE production.tasks (id BIGINT, title VARCHAR, hours DOUBLE, kind VARCHAR, every VARCHAR, updated_at TIMESTAMPTZ)`,
    `INSERT INTO production.tasks SELECT * FROM read_csv('${parts}', header = true, all_varchar = true)`,
  )
}

beforeAll(async () => {
  await source(
    `CREATE TABLE tasks AS SELECT i::bigint AS id, 'task ' || i AS title, CASE WHEN i % 3 > 0 THEN i / 7.0::float8 END AS hours,
     ARRAY[i, NULL] AS kind, i * interval '1 hour' AS every, now() - interval '1 day' AS updated_at
     FROM generate_series(1, ${ROWS}) i`,
    'ALTER TABLE tasks ADD PRIMARY KEY (id)',
    'ANALYZE tasks',
  )
})

test('a night that lost nothing is proven, whatever the source did since', async () => {
  await night()
  const same = await compare()
  expect(same).toMatchObject({ code: 0, stderr: '' })
  expect(same.report).toMatchObject({
    equal: true,
    rows: { source: ROWS - 1, target: ROWS - 1 },
    share: 1,
    source_as_of: 'mirror',
    moved: 0,
  })
  await source(
    `UPDATE tasks SET title = 'changed', updated_at = now() WHERE id % 100 = 1`,
    'DELETE FROM tasks WHERE id = 500',
    `INSERT INTO tasks VALUES (${ROWS + 1}, 'new')`,
  )
  const later = await compare()
  expect(later.report).toMatchObject({ equal: true, changed_since: 0, moved: 0 })
  const target = await readFile(
    join(folder, `intermediate/${DATE}/compare/production.tasks`),
    'utf8',
  )
  expect(JSON.parse(target)).toMatchObject({ equal: true })
  const counts = await readFile(
    join(folder, `results/${DATE}/counts/compare/production.tasks.json`),
    'utf8',
  )
  expect(JSON.parse(counts)).toMatchObject({
    step: 'compare',
    compared: { sourceRows: ROWS - 1, missing: 0, surplus: 0, different: 0, share: 1, repaired: 0 },
  })
})

test('rows that are lost are told from rows that changed since, and repaired', async () => {
  await night()
  await warehouse(
    'DELETE FROM production.tasks WHERE id = 17',
    `UPDATE production.tasks SET hours = 1e300, kind = NULL WHERE id = 18`,
    `INSERT INTO production.tasks (id, title) VALUES (${ROWS + 70}, 'never was'), (13, 'not mirrored')`,
  )
  await source(
    // In the same range of keys as what was lost, with a stamp and without one.
    `UPDATE tasks SET title = 'changed again', updated_at = clock_timestamp() WHERE id IN (20, 21)`,
    `UPDATE tasks SET title = 'changed in silence' WHERE id = 22`,
    'DELETE FROM tasks WHERE id = 23',
  )
  const found = await compare('--look')
  expect(found.code).toBe(1)
  expect(found.report).toMatchObject({
    equal: false,
    missing: 1,
    different: 1,
    surplus: 2,
    changed_since: 4,
    repaired: 0,
  })
  expect(new Set(found.report.keys.map((one: { key: { id: string } }) => one.key.id))).toEqual(
    new Set(['17', '18', '13', String(ROWS + 70)]),
  )
  const repair = await compare()
  expect(repair.report).toMatchObject({ missing: 1, different: 1, surplus: 2, repaired: 4 })
  expect(repair).toMatchObject({ code: 0, stderr: '' })
  expect((await compare()).report).toMatchObject({ equal: true })
  const [row] = await warehouse(
    `SELECT id, title, kind, every, (SELECT count(*) FROM production.tasks WHERE id IN (13, ${ROWS + 70})) FROM production.tasks WHERE id = 17`,
  )
  expect(row).toEqual([17, 'task 17', '{17,NULL}', '17:00:00', 0])
  const live = await compare('--live', '--look')
  expect(live.report).toMatchObject({ source_as_of: 'now', missing: 0, different: 3, surplus: 1 })
})

test('ferry mirror --repair finds and repairs', async () => {
  await night()
  await warehouse(`DELETE FROM production.tasks WHERE id > ${ROWS - 50}`)
  const done = await ferry('mirror', 'production.tasks', '--date', DATE, '--repair')
  expect(done.stdout).toMatch(/: 51 missing, 0 too many, 0 different; 51 repaired\n/)
  expect(done.code).toBe(0)
  expect((await compare()).report).toMatchObject({ equal: true })
})

test('without the fingerprints of a night the source itself is asked', async () => {
  await night()
  await rm(join(folder, `intermediate/${DATE}/mirror/production.tasks.fingerprints.json`))
  expect((await compare()).report).toMatchObject({ equal: true, source_as_of: 'now' })
})

test('a large table is proven by a share of its keys each night, and as a whole after some nights', async () => {
  await writeFile(
    join(folder, 'ferry.yaml'),
    `warehouses: { hot: "${WAREHOUSE}" }
sources:
  production:
    url: ${server.url}
    compare: { above: 1000, share: 0.4, repair: false }
    tables: { tasks: { updated_at: updated_at, where: "id <> 13" } }
`,
  )
  await night()
  const seen: number[] = []
  for (const day of ['01', '02', '03']) {
    const date = `2026-12-${day}`
    const done = await ferry('mirror', 'production.tasks', '--date', date, '--full')
    expect(done.code).toBe(0)
    const result = await compare('--date', date)
    expect(result.report.equal).toBe(true)
    expect(result.report.share).toBeLessThan(0.41)
    seen.push(result.report.rows.source)
  }
  const [[total] = []] = await warehouse('SELECT count(*) FROM production.tasks')
  expect(seen.reduce((sum, rows) => sum + rows, 0)).toBe(total)
})
