import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { afterAll, beforeAll } from 'vitest'
import { dialectContract, exportText, failureOf } from './dialect.contract.ts'

let server: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => server.stop())

const open = async (url = server.url, environment = {}, signal = new AbortController().signal) =>
  (await dialectOf(url)).open({ url, projectDirectory: '.', environment, signal })

dialectContract('postgres', async () => ({
  dialect: await dialectOf(server.url),
  endlessQuery: 'SELECT pg_sleep(300)',
  showStatement: 'SHOW server_version',
  open: signal => open(server.url, {}, signal),
}))

test('the way through a cursor gives the same bytes as COPY', async () => {
  await using session = await open()
  const query = `SELECT i, CASE i % 6 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'a,"b"' WHEN 3 THEN E'x\\ny\\r'
      WHEN 4 THEN '\\.' ELSE ' 日本 ' END AS t, i % 2 = 0 AS b, i / 3.0 AS n, i::float8 / 7 AS f,
      now() AS at, '\\x00ff'::bytea AS raw, ARRAY[i, NULL] AS list, interval '1 day 2 h' AS span
    FROM generate_series(1, 1000) AS i`
  await session.execute('BEGIN')
  for (const statement of [query, String.raw`SELECT '\.' AS alone`]) {
    // EXECUTE is a statement that COPY does not take.
    await session.execute(`PREPARE same AS ${statement}`)
    expect(await exportText(session, 'EXECUTE same')).toBe(await exportText(session, statement))
    expect(await exportText(session, 'EXECUTE same', 'tsv')).toBe(
      await exportText(session, statement, 'tsv'),
    )
    await session.execute('DEALLOCATE same')
  }
})

test('an aborted query does not run on at the server', async () => {
  const abort = new AbortController()
  await using session = await open(server.url, {}, abort.signal)
  await using watcher = await open()
  const running = session.execute('SELECT pg_sleep(299)')
  setTimeout(() => abort.abort(new Error('stop')), 200)
  await expect(running).rejects.toThrow('stop')
  const left = `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(299)%' AND state = 'active' AND pid <> pg_backend_pid()`
  expect(await readAll(watcher, left)).toEqual([[0]])
})

test('kinds of failure come from SQLSTATE and from the network, not from words', async () => {
  await using session = await open()
  const at = new URL(server.url)
  await session.execute('CREATE ROLE nobody_special LOGIN')
  await session.execute('CREATE TABLE secret_table (a integer PRIMARY KEY)')
  await using poor = await open(server.url.replace('postgres@', 'nobody_special@'))
  const code = async (work: Promise<unknown>): Promise<string> => (await failureOf(work)).code
  expect(await code(readAll(poor, 'SELECT * FROM secret_table'))).toBe('DENIED')
  await session.execute('INSERT INTO secret_table VALUES (1)')
  expect(await code(session.execute('INSERT INTO secret_table VALUES (1)'))).toBe('SQL_INVALID')
  expect(await code(open(`postgres://postgres@${at.host}/no_such_database`))).toBe('CONFIG_INVALID')
  expect(await code(open('postgres://postgres@127.0.0.1:1/postgres'))).toBe('SERVICE_UNAVAILABLE')
  expect(await code(open(`${server.url}?sslmode=sometimes`))).toBe('CONFIG_INVALID')
  await session.execute(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'nobody_special'`,
  )
  expect(await code(poor.execute('SELECT 1'))).toBe('TRANSIENT')
})

test('two that wait for each other: one fails as transient', async () => {
  await using one = await open()
  await using other = await open()
  await one.execute('CREATE TABLE dead (a integer PRIMARY KEY, b integer)')
  await one.execute('INSERT INTO dead VALUES (1, 0), (2, 0)')
  await one.execute('BEGIN')
  await other.execute('BEGIN')
  await one.execute('UPDATE dead SET b = 1 WHERE a = 1')
  await other.execute('UPDATE dead SET b = 1 WHERE a = 2')
  const results = await Promise.allSettled([
    one.execute('UPDATE dead SET b = 2 WHERE a = 2'),
    other.execute('UPDATE dead SET b = 2 WHERE a = 1'),
  ])
  const failed = results.filter(result => result.status === 'rejected')
  expect(failed).toHaveLength(1)
  expect(failed[0]?.reason).toMatchObject({ code: 'TRANSIENT' })
})

test('PGHOST and its like fill in what the URL leaves out', async () => {
  const { hostname, port, username } = new URL(server.url)
  await using session = await open('postgres://', {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGDATABASE: 'postgres',
    PGAPPNAME: 'from-environment',
  })
  expect(await readAll(session, 'SHOW application_name')).toEqual([['from-environment']])
})

test.skipIf(spawnSync('psql', ['--version']).status !== 0)(
  'csv is what psql writes, to the byte (needs psql)',
  async () => {
    await using session = await open()
    const query = `SELECT i, md5(i::text) AS m, CASE WHEN i % 3 = 0 THEN E'q"\\n,' END AS q FROM generate_series(1, 5000) AS i`
    const copy = `COPY (${query}) TO STDOUT (FORMAT csv, HEADER)`
    const psql = spawnSync('psql', ['-X', '-q', '-c', copy, server.url], { encoding: 'utf8' })
    expect(await exportText(session, query)).toBe(psql.stdout)
  },
)
