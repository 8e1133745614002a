import { afterAll, beforeAll, expect, test } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { dialectContract, exportText, failureOf } from './dialect.contract.ts'
import { sqlServerSpelling } from './sql-server-spelling.ts'

let server: TdsServer
beforeAll(async () => {
  server = await startTds()
})
afterAll(async () => server.stop())

const open = async (
  url = server.url,
  environment: Record<string, string> = {},
  signal = new AbortController().signal,
) => (await dialectOf(url)).open({ url, projectDirectory: '.', environment, signal })

dialectContract('mssql', async () => ({
  dialect: await dialectOf(server.url),
  spelling: sqlServerSpelling,
  endlessQuery: `WAITFOR DELAY '00:05:00'`,
  showStatement: 'SELECT @@VERSION',
  open: signal => open(server.url, {}, signal),
}))

const VALUES: readonly (readonly [expression: string, text: string | number | boolean])[] = [
  [`CAST('9223372036854775807' AS bigint)`, '9223372036854775807'],
  [`CAST(255 AS tinyint)`, 255],
  [`CAST(-32768 AS smallint)`, -32_768],
  [
    `CAST('12345678901234567890123456789.012345678' AS decimal(38, 9))`,
    '12345678901234567890123456789.012345678',
  ],
  [`CAST('-0.05' AS decimal(5, 2))`, '-0.05'],
  [`CAST('1234567890123456789' AS decimal(19, 0))`, '1234567890123456789'],
  [`CAST('-922337203685477.5808' AS decimal(28, 4))`, '-922337203685477.5808'],
  [`CAST(0.1 AS real)`, 0.1],
  [`CAST('1.7976931348623157e308' AS float)`, Number.MAX_VALUE],
  [`CAST('0001-01-01' AS date)`, '0001-01-01'],
  [`CAST('9999-12-31' AS date)`, '9999-12-31'],
  [`CAST('2024-02-29' AS date)`, '2024-02-29'],
  [`CAST('23:59:59.123456' AS time)`, '23:59:59.123456'],
  [`CAST('0001-01-01 00:00:00' AS datetime2)`, '0001-01-01 00:00:00'],
  [`CAST('9999-12-31 23:59:59.999999' AS datetime2)`, '9999-12-31 23:59:59.999999'],
  [
    `CAST('2026-03-01 12:00:00.5+02:00' AS datetimeoffset)`,
    '2026-03-01 10:00:00.5+00:00', // the server of the tests keeps no offset
  ],
  [
    `CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier)`,
    '6f9619ff-8b86-d011-b42d-00c04fc964ff',
  ],
  [`CAST(0x00FF10 AS varbinary(max))`, '\\x00ff10'],
  [`N'árvíztűrő 🎉'`, 'árvíztűrő 🎉'],
]

test.each(VALUES)('%s comes with all its digits', async (expression, expected) => {
  await using session = await open()
  const [[value] = []] = await readAll(session, `SELECT ${expression}`)
  const read = typeof value === 'bigint' ? String(value) : value
  expect(read).toBe(expected)
})

test('floats in files are spelt as PostgreSQL spells them, booleans are t and f', async () => {
  await using session = await open()
  const statement = `SELECT CAST(1e-7 AS float) AS a, CAST(1e15 AS float) AS b, CAST(1e6 AS real) AS c, CAST(1 AS bit) AS d`
  expect(await exportText(session, statement)).toBe('a,b,c,d\n1e-07,1e+15,1e+06,t\n')
})

test('a wrong password is told apart from a server that is away', async () => {
  const wrong = await failureOf(open(server.url.replace(server.password, 'wrong')))
  expect(wrong).toMatchObject({ code: 'DENIED', details: { number: 18_456 } })
  const away = await failureOf(open('mssql://x:y@127.0.0.1:9/z?encrypt=false'))
  expect(away).toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: /127\.0\.0\.1:9/ })
})

test('the environment fills in what the URL leaves out', async () => {
  const { port, user, password } = server
  const ours = { MSSQL_HOST: '127.0.0.1', MSSQL_PORT: String(port), MSSQL_USER: user }
  const theirs = { SQLCMDSERVER: `tcp:127.0.0.1,${port}`, SQLCMDUSER: user }
  for (const environment of [
    { ...ours, MSSQL_PASSWORD: password },
    { ...theirs, SQLCMDPASSWORD: password },
  ]) {
    await using session = await open('mssql:///ferry?encrypt=false', environment)
    expect(await readAll(session, 'SELECT 1')).toEqual([[1]])
  }
})

const WRONG_URLS = [
  'mssql://host/db',
  'mssql://u:p@host:99999/db',
  'mssql://u:p@host/db?encrypt=maybe',
  'mssql://u:p@host/db?authentication=guess',
]
test.each(WRONG_URLS)('%s is refused before anything is sent', async url => {
  const failure = await failureOf(open(url))
  expect(failure.code).toBe('CONFIG_INVALID')
  expect(`${failure.message}${failure.hint}`).not.toContain(':p@')
})

test('a running query is stopped on the server, and the session goes on', async () => {
  await using session = await open()
  const many = sqlServerSpelling.series(1, 100_000_000)
  const started = Date.now()
  for await (const _ of (await session.query(`${many} WHERE value > 5`)).batches) break
  expect(await readAll(session, 'SELECT 1')).toEqual([[1]])
  expect(Date.now() - started).toBeLessThan(20_000)
})

test('two writers of one row: the second fails as transient', async () => {
  await using first = await open()
  await using second = await open()
  await first.execute('CREATE TABLE conflict (a int)')
  await first.execute('INSERT INTO conflict VALUES (1)')
  await first.execute('BEGIN')
  await second.execute('BEGIN TRANSACTION')
  await first.execute('UPDATE conflict SET a = 2')
  expect((await failureOf(second.execute('UPDATE conflict SET a = 3'))).code).toBe('TRANSIENT')
  await second.execute('ROLLBACK')
  await first.execute('COMMIT')
  expect(await readAll(second, 'SELECT a FROM conflict')).toEqual([[2]])
})

test('tables are made of queries of any form', async () => {
  await using session = await open()
  const { createTableAs, createTemporaryTableAs, dropTable } = (await dialectOf(server.url)).sql
  const queries = [
    `WITH x AS (SELECT 1 AS a) SELECT a FROM x`,
    `SELECT a FROM (SELECT 1 AS a) AS "from" ORDER BY a`,
    `SELECT 1 AS a /* FROM */ UNION ALL SELECT 1 FROM sys.schemas WHERE 1 = 0`,
    `SELECT (SELECT 1) AS a`,
    `SELECT 1 AS a WHERE 'x' = 'x'`,
  ]
  for (const query of queries) {
    await session.execute(createTableAs({ schema: 'dbo', name: 'made' }, query))
    expect(await readAll(session, 'SELECT a FROM dbo.made')).toEqual([[1]])
    await session.execute(dropTable({ schema: 'dbo', name: 'made' }))
    await session.execute(dropTable({ schema: 'dbo', name: 'made' })) // it is gone already
  }
  await session.execute(createTemporaryTableAs('mine', 'SELECT 2 AS a'))
  expect(await readAll(session, 'SELECT a FROM #mine')).toEqual([[2]])
})

test('a new table takes the place of an old one, or of a view', async () => {
  await using session = await open()
  const { sql } = await dialectOf(server.url)
  const live = { schema: 'dbo', name: 'live' }
  const build = { schema: 'dbo', name: 'live_new' }
  await session.execute(sql.createOrReplaceView(live, 'SELECT 1 AS a'))
  for (const was of ['view', 'table'] as const) {
    await session.execute(sql.createTableAs(build, `SELECT N'${was}' AS a`))
    await session.execute('BEGIN')
    for (const statement of sql.replaceWithTable({ live, build, was })) {
      await session.execute(statement)
    }
    await session.execute('COMMIT')
    expect(await readAll(session, 'SELECT a FROM dbo.live')).toEqual([[was]])
  }
})

test('names of columns keep their declared types', async () => {
  await using session = await open()
  const { introspect } = await dialectOf(server.url)
  await session.execute(`CREATE TABLE typed (a nvarchar(50) NOT NULL, b decimal(10, 2), c datetime2(3),
    d varchar(max), e varbinary(16), f int)`)
  const columns = await introspect.columns(session, { name: 'typed' })
  expect(columns?.map(column => column.type)).toEqual([
    'nvarchar(50)',
    'decimal(10,2)',
    'datetime2(3)',
    'varchar(max)',
    'varbinary(16)',
    'int',
  ])
})
