import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import { dialectContract, exportText, failureOf, standardSpelling } from './dialect.contract.ts'
import { losslessContract, type TypedValue } from './lossless.contract.ts'

let server: Awaited<ReturnType<typeof startMariadb>>
beforeAll(async () => {
  server = await startMariadb()
}, 60_000)
afterAll(async () => server.stop())

/** What is in the home of who runs the tests is no part of them. */
const NOBODY = { HOME: '/nonexistent' }

const open = async (url = server.url, environment = {}, signal = new AbortController().signal) =>
  (await dialectOf(url)).open({
    url,
    projectDirectory: '.',
    environment: { ...NOBODY, ...environment },
    signal,
  })

const TOO_MUCH = '18446744073709551615'

dialectContract('mysql', async () => ({
  dialect: await dialectOf(server.url),
  spelling: {
    ...standardSpelling,
    text: 'char',
    integer: 'signed',
    bigint: 'signed',
    real: 'float',
    double: 'double',
    json: undefined, // MariaDB's JSON is text that was checked
    hasNaN: false,
    hasBooleans: false,
    failsByValue: `SELECT ${TOO_MUCH} + 1`,
    series: (first, last) => `SELECT seq AS i FROM seq_${first}_to_${last}`,
    failsLate: `SELECT IF(seq = 900000, ${TOO_MUCH} + seq, seq) FROM seq_1_to_1000000`,
  },
  endlessQuery: 'SELECT BENCHMARK(1000000000000, MD5(1))',
  showStatement: 'SHOW VARIABLES',
  open: signal => open(server.url, {}, signal),
}))

const VALUES: readonly TypedValue[] = [
  ['9007199254740993', 'signed', 'BIGINT'],
  ['-9223372036854775808', 'signed', 'BIGINT'],
  ['18446744073709551615', 'unsigned', 'UBIGINT'],
  [`1${'2'.repeat(34)}.${'3'.repeat(30)}`, 'decimal(65, 30)', 'VARCHAR'],
  ['-1.10', 'decimal(38, 10)', 'DECIMAL(38,10)'],
  ['0.00999', 'decimal(5, 5)', 'DECIMAL(5,5)'],
  ['1.7976931348623157e308', 'double', 'DOUBLE'],
  ['5e-324', 'double', 'DOUBLE'],
  ['0.30000000000000004', 'double', 'DOUBLE'],
  ['1e-05', 'double', 'DOUBLE'],
  ['0001-01-01', 'date', 'DATE'],
  ['9999-12-31', 'date', 'DATE'],
  ['2026-03-01 12:34:56.123456', 'datetime(6)', 'TIMESTAMP'],
  ['2026-03-01 12:34:56.100', 'datetime(3)', 'TIMESTAMP'],
  ['-838:59:59.000000', 'time(6)', 'VARCHAR'],
  ['12:34:56.7', 'time(1)', 'VARCHAR'],
  ['', 'char', 'VARCHAR'],
  ['NULL', 'char', 'VARCHAR'],
  [' \r\nx\r', 'char', 'VARCHAR'],
  ['\\.', 'char', 'VARCHAR'],
  ['back\\slash \' " `', 'char', 'VARCHAR'],
  ['ab  ', 'char(6)', 'VARCHAR'],
  ['árvíztűrő 🎉', 'char', 'VARCHAR'],
  ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'uuid', 'UUID'],
  ['::1', 'inet6', 'VARCHAR'],
]

losslessContract(
  'mysql',
  async () => ({
    dialect: await dialectOf(server.url),
    open: () => open(),
    text: 'char',
    setup: [],
    slowWay: expression => [
      `PREPARE slow FROM '${`SELECT ${expression} AS v`.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
      'EXECUTE slow',
    ],
    respell: text => text,
  }),
  VALUES,
)

/** Numbers of 32 bits that six digits do not tell from their neighbours, and their canonical texts. */
const SINGLES: readonly (readonly [string, string])[] = [
  ['16777217', '1.6777216e+07'],
  ['0.1', '0.1'],
  ['3.4028234663852886e38', '3.4028235e+38'],
  ['1e-45', '1e-45'],
  ['-0.00001', '-1e-05'],
  ['123456.789', '123456.79'],
  ['999999', '999999'],
  ['1000000', '1e+06'],
]

test.each(SINGLES)('a float of %s arrives whole', async (written, text) => {
  await using session = await open()
  await session.execute('CREATE TEMPORARY TABLE singles (f float)')
  await session.execute(`INSERT INTO singles VALUES (${written})`)
  const query = 'SELECT f, NULL AS n, 7 AS i FROM singles'
  expect(await exportText(session, query)).toBe(`f,n,i\n${text},,7\n`)
  const [[value] = []] = await readAll(session, query)
  expect(value).toBe(Number(text))
  expect(Math.fround(Number(text))).toBe(Math.fround(Number(written)))
})

test('dates, times and bytes beside a float are what they are without one', async () => {
  await using session = await open()
  const rest = `CAST('2026-03-01' AS date) AS d, CAST('2026-03-01 01:02:03.4' AS datetime(3)) AS m,
    CAST('2026-03-01' AS datetime(6)) AS z, CAST('-838:59:58.5' AS time(6)) AS t,
    CAST('00:00:00' AS time) AS o, x'00ff' AS b, '' AS e, NULL AS n, -5 AS i,
    18446744073709551615 AS u, 1.50 AS p, CAST(0.1 AS double) AS f, b'101' AS bits`
  const [without = []] = await readAll(session, `SELECT ${rest}`)
  const [beside = []] = await readAll(session, `SELECT ${rest}, CAST(1 AS float) AS single`)
  expect(beside.slice(0, -1)).toEqual(without)
  expect(without).toEqual([
    '2026-03-01',
    '2026-03-01 01:02:03.400',
    '2026-03-01 00:00:00.000000',
    '-838:59:58.500000',
    '00:00:00',
    '\\x00ff',
    '',
    null,
    -5,
    18446744073709551615n,
    '1.50',
    0.1,
    '\\x05',
  ])
})

test('a server with other quotes, zones and limits gives the same results', async () => {
  await using other = await startMariadb({
    settings: {
      'sql-mode': 'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,STRICT_ALL_TABLES',
      'default-time-zone': '+05:30',
      'character-set-server': 'latin2',
      'skip-character-set-client-handshake': '1',
    },
  })
  await using session = await open(other.url)
  await session.execute('CREATE TABLE t (c char(9) character set latin2, at timestamp)')
  await session.execute(`INSERT INTO t VALUES ('ő\\\\', '2026-03-01 12:00:00')`)
  expect(await readAll(session, `SELECT c, at, "d" FROM t`)).toEqual([
    ['ő\\', '2026-03-01 12:00:00', 'd'],
  ])
  expect(await readAll(session, 'SELECT @@time_zone, @@sql_mode LIKE "%STRICT_ALL%"')).toEqual([
    ['+00:00', 1],
  ])
})

test('an aborted query does not run on at the server', async () => {
  const abort = new AbortController()
  await using session = await open(server.url, {}, abort.signal)
  await using watcher = await open()
  const running = session.execute('SELECT SLEEP(299)')
  setTimeout(() => abort.abort(new Error('stop')), 200)
  await expect(running).rejects.toThrow('stop')
  const left = `SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(299)%'`
  await expect.poll(() => readAll(watcher, left), { timeout: 10_000 }).toEqual([[0]])
})

test('kinds of failure come from the server and from the network, not from words', async () => {
  await using session = await open()
  const { host } = new URL(server.url)
  await session.execute(`CREATE USER poor@'%' IDENTIFIED BY 'se:cret'`)
  await session.execute('CREATE TABLE open_table (a integer PRIMARY KEY)')
  await session.execute('CREATE TABLE secret_table (a integer PRIMARY KEY)')
  await session.execute(`GRANT SELECT ON ferry.open_table TO poor@'%'`)
  await using poor = await open(`mysql://poor:se%3Acret@${host}/ferry`)
  const code = async (work: Promise<unknown>): Promise<string> => (await failureOf(work)).code
  expect(await code(readAll(poor, 'SELECT * FROM secret_table'))).toBe('DENIED')
  await session.execute('INSERT INTO secret_table VALUES (1)')
  expect(await code(session.execute('INSERT INTO secret_table VALUES (1)'))).toBe('SQL_INVALID')
  expect(await code(open(`mysql://poor:wrong@${host}/ferry`))).toBe('DENIED')
  expect(await code(open(`mysql://root@${host}/no_such_database`))).toBe('CONFIG_INVALID')
  expect(await code(open('mysql://root@127.0.0.1:1/ferry'))).toBe('SERVICE_UNAVAILABLE')
  expect(await code(open(`${server.url}?ssl-mode=sometimes`))).toBe('CONFIG_INVALID')
  expect(await code(open(`${server.url}?sslmode=required`))).toBe('CONFIG_INVALID')
  expect(await code(open(`${server.url}?ssl-mode=required`))).toBe('CONFIG_INVALID') // it has no TLS
  const [[id] = []] = await readAll(poor, 'SELECT connection_id()')
  await session.execute(`KILL ${String(id)}`)
  expect(await code(poor.execute('SELECT 1'))).toBe('TRANSIENT')
})

test('a connection that is cut in the middle of a result: it fails as transient', async () => {
  await using session = await open()
  await using killer = await open()
  const [[id] = []] = await readAll(session, 'SELECT connection_id()')
  const result = await session.export('SELECT seq, REPEAT("x", 90) FROM seq_1_to_3000000', 'csv')
  const reading = (async () => {
    for await (const _ of result.bytes) {
      await killer.execute(`KILL ${String(id)}`).catch(() => undefined)
      await sleep(5)
    }
  })()
  expect((await failureOf(reading)).code).toBe('TRANSIENT')
})

test('a procedure may have no result or one, and more are refused', async () => {
  await using session = await open()
  await session.execute('CREATE PROCEDURE one() SELECT 1 AS a')
  server.run('DELIMITER $$\nCREATE PROCEDURE ferry.two() BEGIN SELECT 1; SELECT 2; END$$')
  expect(await exportText(session, 'CALL one()')).toBe('a\n1\n')
  expect((await failureOf(exportText(session, 'CALL two()'))).message).toContain('2 results')
  expect(await readAll(session, 'SELECT 1')).toEqual([[1]])
})

test('~/.my.cnf and the environment fill in what the URL leaves out', async () => {
  const home = await mkdtemp(join(tmpdir(), 'ferry-home-'))
  server.run(`CREATE USER filed@'%' IDENTIFIED BY 'a#b "c"'`)
  server.run(`GRANT ALL ON ferry.* TO filed@'%'`)
  const { hostname, port } = new URL(server.url)
  const whoAmI = async (url: string, environment = {}) => {
    await using session = await open(url, { HOME: home, ...environment })
    return (await readAll(session, 'SELECT current_user(), database()'))[0]
  }
  const file = `# comment\n[mysqld]\nuser = wrong\n[client]\nuser=filed # him
    password = 'a#b "c"'\nhost = ${hostname}\n[mysql]\npassword = wrong\n`
  await writeFile(join(home, '.my.cnf'), file)
  expect(await whoAmI('mysql:///ferry', { MYSQL_TCP_PORT: port })).toEqual(['filed@%', 'ferry'])
  await expect(whoAmI('mysql://root@/ferry', { MYSQL_TCP_PORT: port })).rejects.toThrow('denied')
  await writeFile(join(home, '.my.cnf'), `[client]\nsocket=${server.socket}\nuser=root\n`)
  expect(await whoAmI('mariadb:///ferry')).toEqual(['root@localhost', 'ferry'])
  await rm(join(home, '.my.cnf'))
  const environment = { MYSQL_HOST: hostname, MYSQL_TCP_PORT: port, MYSQL_PWD: 'a#b "c"' }
  expect(await whoAmI('mysql://filed@/ferry', environment)).toEqual(['filed@%', 'ferry'])
  await rm(home, { recursive: true })
})
