/** The TDS server of the tests, held against clients that others wrote: FreeTDS's tools. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection, Request } from 'tedious'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bringFreetds, freetds } from '../../servers/freetds.ts'
import { startTds, type TdsServer } from '../../servers/tds.ts'

let server: TdsServer
let folder = ''
beforeAll(async () => {
  await bringFreetds()
  server = await startTds()
  folder = await mkdtemp(join(tmpdir(), 'ferry-tds-'))
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const tsql = (batches: readonly string[], password = server.password) => {
  const who = ['-H', '127.0.0.1', '-p', String(server.port), '-U', server.user, '-P', password]
  return freetds('tsql', who, `${batches.map(batch => `${batch}\ngo\n`).join('')}exit\n`)
}

const account = (): string[] => {
  return ['-S', `127.0.0.1:${server.port}`, '-U', server.user, '-P', server.password]
}

test('tsql reads values of most types, and is told of NULL', () => {
  const { stdout } = tsql([
    `SELECT 1 AS a, N'árvíz 🎉' AS b, CAST('-12345678901234567890.5' AS decimal(30,2)) AS c, NULL AS d,
       CAST(9007199254740993 AS bigint) AS e, CAST(1 AS bit) AS f, CAST(0.5 AS float) AS g,
       CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier) AS h, CAST(255 AS tinyint) AS i`,
  ])
  expect(stdout).toContain(
    '1\tárvíz 🎉\t-12345678901234567890.50\tNULL\t9007199254740993\t1\t0.5\t6F9619FF-8B86-D011-B42D-00C04FC964FF\t255\n(1 row affected)',
  )
})

test('tsql is told what was wrong, by number and line, and goes on', () => {
  const { stderr, stdout } = tsql(['-- one\nSELEC 1', 'SELECT * FROM nowhere', 'SELECT 7 AS a'])
  expect(stderr).toContain('Msg 102 (severity 15, state 1) from ferry Line 2')
  expect(stderr).toContain('Msg 208 (severity 16, state 1)')
  expect(stdout).toContain('a\n7\n(1 row affected)')
})

test('a wrong password is error 18456', () => {
  const { stderr, status } = tsql([], 'wrong')
  expect(stderr).toContain('Msg 18456 (severity 14, state 1)')
  expect(status).toBe(1)
})

test('a transaction is seen by others when it is committed, and not before', () => {
  tsql(['CREATE TABLE seen (a int)'])
  tsql(['BEGIN TRANSACTION', 'INSERT INTO seen VALUES (1)']) // gone without a COMMIT
  tsql(['BEGIN TRANSACTION', 'INSERT INTO seen VALUES (2)', 'COMMIT'])
  expect(tsql(['SELECT a FROM seen']).stdout).toContain('a\n2\n(1 row affected)')
})

test('what freebcp copies in, freebcp copies out', async () => {
  tsql([
    `CREATE TABLE copied (id int NOT NULL, name nvarchar(50) NULL, price decimal(10,2) NULL,
       moment datetime2(3) NULL, big bigint NULL, yes bit NULL, half float NULL)`,
  ])
  const lines = [
    '1\tone\t1.50\t2026-01-02 03:04:05.123\t9007199254740993\t1\t0.5',
    '2\t\t\t\t\t\t',
    '3\tárvíz 🎉\t-7.25\t1999-12-31 23:59:59.000\t-1\t0\t-1.25',
  ]
  const [given, got] = [join(folder, 'given'), join(folder, 'got')]
  await writeFile(given, `${lines.join('\n')}\n`)
  const copied = freetds('freebcp', ['dbo.copied', 'in', given, '-c', ...account()])
  expect(copied).toMatchObject({ status: 0, stdout: expect.stringContaining('3 rows copied.') })
  freetds('freebcp', ['dbo.copied', 'out', got, '-c', ...account()])
  expect((await readFile(got, 'utf8')).trimEnd().split('\n')).toEqual(lines)
})

test('bsqldb runs a script of batches', () => {
  const script = `CREATE TABLE script (id int, price decimal(5, 2))\ngo
INSERT INTO script VALUES (1, 2.50), (2, NULL)\ngo
SELECT id, price FROM script ORDER BY id\ngo\n`
  const { stdout, stderr } = freetds('bsqldb', ['-q', '-t', '|', ...account()], script)
  expect(stderr).not.toContain('error')
  expect(stdout).toBe('1|2.50\n2|NULL\n')
})

test('many rows arrive whole and in order', () => {
  const { stdout } = tsql(['SELECT value FROM GENERATE_SERIES(1, 50000)'])
  const numbers = [...stdout.matchAll(/^(\d+)$/gm)].map(([line]) => Number(line))
  expect(numbers).toEqual(Array.from({ length: 50_000 }, (_, index) => index + 1))
})

test('sessions are told apart, know what is open, and can be killed', async () => {
  const { stdout, stderr } = tsql([
    'BEGIN TRANSACTION',
    `SELECT COUNT(*) AS open_ones FROM sys.dm_tran_session_transactions WHERE session_id = @@SPID`,
    `SELECT name, snapshot_isolation_state FROM sys.databases WHERE name = DB_NAME()`,
    'KILL 32000',
  ])
  expect(stdout).toContain('open_ones\n1\n')
  expect(stdout).toContain('ferry\t1\n')
  expect(stderr).toContain('Msg 6106')
})

test('who waits for a table whose shape another changes gives up with error 1222', async () => {
  tsql(['CREATE TABLE shaped (a int)'])
  const holder = new Connection({
    server: '127.0.0.1',
    authentication: {
      type: 'default',
      options: { userName: server.user, password: server.password },
    },
    options: { port: server.port, encrypt: false },
  })
  const done = async (text: string): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    holder.execSqlBatch(new Request(text, error => (error ? reject(error) : resolve())))
    await promise
  }
  await new Promise<void>((resolve, reject) =>
    holder.connect(error => (error === undefined ? resolve() : reject(error))),
  )
  await done('BEGIN TRANSACTION')
  await done('ALTER TABLE shaped ADD b int NULL')
  expect(tsql(['SET LOCK_TIMEOUT 200', 'SELECT a FROM shaped']).stderr).toContain('Msg 1222')
  await done('COMMIT')
  holder.close()
  expect(tsql(['SET LOCK_TIMEOUT 200', 'SELECT b FROM shaped']).stderr).not.toContain('Msg')
})
