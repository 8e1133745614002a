import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { afterAll, beforeAll } from 'vitest'
import { dialectContract, exportText, failureOf, standardSpelling } from './dialect.contract.ts'
import { losslessContract, type TypedValue } from './lossless.contract.ts'

let server: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => server.stop())

const open = async (url = server.url, environment = {}, signal = new AbortController().signal) =>
  (await dialectOf(url)).open({ url, projectDirectory: '.', environment, signal })

dialectContract('postgres', async () => ({
  dialect: await dialectOf(server.url),
  spelling: {
    ...standardSpelling,
    series: (first, last) => `SELECT i FROM generate_series(${first}, ${last}) AS i`,
    failsLate: `SELECT 1 / (900000 - i) FROM generate_series(1, 1000000) AS i`,
  },
  endlessQuery: 'SELECT pg_sleep(300)',
  showStatement: 'SHOW server_version',
  open: signal => open(server.url, {}, signal),
}))

const VALUES: readonly TypedValue[] = [
  ['9007199254740993', 'bigint', 'BIGINT'],
  ['-9223372036854775808', 'bigint', 'BIGINT'],
  ['4294967295', 'oid', 'UINTEGER'],
  ['123456789012345678901234567890.123456789', 'numeric', 'VARCHAR'],
  ['1.10', 'numeric', 'VARCHAR'],
  ['1e500', 'numeric', 'VARCHAR'],
  ['NaN', 'numeric', 'VARCHAR'],
  ['-Infinity', 'numeric', 'VARCHAR'],
  ['12345678901234567890.0123456789', 'numeric(38, 10)', 'DECIMAL(38,10)'],
  ['12345678901234567890123456789012345678.99', 'numeric(40, 2)', 'VARCHAR'],
  ['9999900', 'numeric(5, -2)', 'DECIMAL(7,0)'],
  ['0.00999', 'numeric(3, 5)', 'DECIMAL(5,5)'],
  ['NaN', 'numeric(10, 2)', undefined],
  ['0001-01-01', 'date', 'DATE'],
  ['1500-02-28', 'date', 'DATE'],
  ['1582-10-10', 'date', 'DATE'],
  ['4713-01-01 BC', 'date', 'DATE'],
  ['5874897-12-31', 'date', 'DATE'],
  ['infinity', 'date', 'DATE'],
  ['-infinity', 'date', 'DATE'],
  ['2026-03-01 12:34:56.123456', 'timestamp', 'TIMESTAMP'],
  ['0044-03-15 12:00:00.5 BC', 'timestamp', 'TIMESTAMP'],
  ['infinity', 'timestamp', 'TIMESTAMP'],
  ['294276-12-31 23:59:59.999999', 'timestamp', undefined],
  ['2026-03-01 12:34:56.123456+05:30', 'timestamptz', 'TIMESTAMP WITH TIME ZONE'],
  ['1800-01-01 00:00:00+00', 'timestamptz', 'TIMESTAMP WITH TIME ZONE'],
  ['0044-03-15 12:00:00+00 BC', 'timestamptz', 'TIMESTAMP WITH TIME ZONE'],
  ['-infinity', 'timestamptz', 'TIMESTAMP WITH TIME ZONE'],
  ['24:00:00', 'time', 'TIME'],
  ['12:34:56.1+05:30', 'timetz', 'VARCHAR'],
  ['1 year 2 mons 3 days 04:05:06.789012', 'interval', 'VARCHAR'],
  ['-1 mons +3 days -04:05:06.789', 'interval', 'VARCHAR'],
  ['\\x00ff5c22', 'bytea', 'BLOB'],
  ['', 'bytea', 'BLOB'],
  ['{1,NULL,3}', 'int[]', 'VARCHAR'],
  ['{NaN,Infinity,1.5}', 'float8[]', 'VARCHAR'],
  ['{NULL,"NULL","","a,b","\\"q"}', 'text[]', 'VARCHAR'],
  ['{{1.10,NaN},{3,4}}', 'numeric[]', 'VARCHAR'],
  ['sad', 'mood', 'VARCHAR'],
  ['(1,"a,b",)', 'pair', 'VARCHAR'],
  ['9007199254740993', 'big_domain', 'BIGINT'],
  ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'uuid', 'UUID'],
  ['', 'text', 'VARCHAR'],
  ['NULL', 'text', 'VARCHAR'],
  [' \r\nx\r', 'text', 'VARCHAR'],
  ['\\.', 'text', 'VARCHAR'],
  ['ab  ', 'char(6)', 'VARCHAR'],
  ['NaN', 'float8', 'DOUBLE'],
  ['-0', 'float8', 'DOUBLE'],
  ['5e-324', 'float8', 'DOUBLE'],
  ['-Infinity', 'float8', 'DOUBLE'],
  ['0.1', 'float4', 'FLOAT'],
  ['{"a": 1e400, "b": 12345678901234567890.10, "a": 2}', 'json', 'JSON'],
  ['{"a": 12345678901234567890.10}', 'jsonb', 'JSON'],
  ['t', 'bool', 'BOOLEAN'],
  ['10110', 'bit varying', 'VARCHAR'],
  ['-12.34', 'money', 'VARCHAR'],
  ['192.168.0.1/24', 'inet', 'VARCHAR'],
  ['[1,5)', 'int4range', 'VARCHAR'],
  ['<a>b</a>', 'xml', 'VARCHAR'],
]

losslessContract(
  'postgres',
  async () => ({
    dialect: await dialectOf(server.url),
    text: 'text',
    open: () => open(),
    setup: [
      `CREATE TYPE mood AS ENUM ('sad', 'ok')`,
      'CREATE TYPE pair AS (a int, b text, c text)',
      'CREATE DOMAIN big_domain AS bigint',
    ],
    slowWay: expression => [
      'DEALLOCATE ALL',
      `PREPARE slow AS SELECT ${expression} AS v`,
      'EXECUTE slow',
    ],
    respell: text =>
      /^(\\x[0-9A-F]{2})+$/.test(text)
        ? `\\x${text.replaceAll('\\x', '')}`
        : text.replace(/^(\S+) \(BC\)(.*)$/, '$1$2 BC'),
  }),
  VALUES,
)

test('a database with other forms of dates, floats and bytes gives the same results', async () => {
  await using admin = await open()
  await admin.execute('CREATE DATABASE other_forms')
  for (const setting of [
    `DateStyle = 'German, DMY'`,
    'extra_float_digits = -3',
    'bytea_output = escape',
  ]) {
    await admin.execute(`ALTER DATABASE other_forms SET ${setting}`)
  }
  await using session = await open(server.url.replace(/\/postgres$/, '/other_forms'))
  const query = `SELECT DATE '2026-03-01' AS d, 0.1::float8 + 0.2 AS f, '\\x0041'::bytea AS b,
    '02/03/2026'::date AS read_as_before`
  expect(await exportText(session, query)).toBe(
    'd,f,b,read_as_before\n2026-03-01,0.30000000000000004,\\x0041,2026-03-02\n',
  )
  await session.execute('SET bytea_output = escape')
  expect((await failureOf(session.export(query, 'parquet'))).message).toContain('bytea_output')
})

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
  // The server hears of it a moment after we do.
  await expect.poll(() => readAll(watcher, left), { timeout: 10_000 }).toEqual([[0]])
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
