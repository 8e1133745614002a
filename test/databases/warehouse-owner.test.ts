import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FerryError } from '../../src/core/errors.ts'
import type { Session } from '../../src/databases/dialect.ts'
import { dialectOf } from '../../src/databases/open-database.ts'
import {
  leaseWarehouse,
  stopWarehouse,
  warehouseStatus,
} from '../../src/databases/open-warehouse.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { failureOf } from './dialect.contract.ts'

const SOAK = process.env['FERRY_SOAK'] === '1'
const url = 'duckdb:./w.duckdb'
let projectDirectory = ''
const target = () => ({ url, projectDirectory })

beforeEach(async () => {
  projectDirectory = await mkdtemp(join(tmpdir(), 'ferry-owner-'))
})
afterEach(async () => {
  await stopWarehouse(target())
  await rm(projectDirectory, { recursive: true })
})

async function open(environment: Record<string, string> = {}): Promise<Session> {
  return (await dialectOf(url)).open({
    ...target(),
    environment: { ...process.env, ...environment },
    signal: new AbortController().signal,
  })
}

/** A session in a process of its own: says `ready`, then does not end by itself. */
async function client(work: string): Promise<{ child: ChildProcess; said: Promise<string> }> {
  const script = `
    const { dialectOf } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/databases/open-database.ts'))})
    const dialect = await dialectOf('${url}')
    const session = await dialect.open({ url: '${url}', projectDirectory: ${JSON.stringify(projectDirectory)}, environment: process.env, signal: new AbortController().signal })
    ${work}`
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const said = once(child.stdout, 'data').then(([data]) => String(data).trim())
  return { child, said }
}

async function ownerPid(): Promise<number> {
  const status = await warehouseStatus(target())
  if (status === undefined) throw new Error('no owner runs')
  return status.pid
}

test('twenty at the same instant start one owner', async () => {
  const sessions = await Promise.all(Array.from({ length: 20 }, () => open()))
  const status = await warehouseStatus(target())
  expect(status?.sessions).toBe(20)
  const processes = await Promise.all(sessions.map(session => session.execute('SELECT 1')))
  expect(processes).toHaveLength(20)
  await Promise.all(sessions.map(session => session.close()))
})

test('processes that start at the same instant all reach the same owner', async () => {
  const clients = await Promise.all(
    Array.from({ length: 4 }, (_, index) =>
      client(
        `await session.execute('CREATE TABLE t${index} (a int)'); console.log('ready'); await session.close()`,
      ),
    ),
  )
  expect(await Promise.all(clients.map(one => one.said))).toEqual(Array(4).fill('ready'))
  await using session = await open()
  expect(await readAll(session, 'SELECT count(*) FROM duckdb_tables()')).toEqual([[4]])
})

test('an owner killed in the middle of queries: they fail as transient, what was committed stays', async () => {
  for (let round = 0; round < (SOAK ? 30 : 3); round += 1) {
    const [writer, reader] = [await open(), await open()]
    await writer.execute('CREATE TABLE IF NOT EXISTS kept (a integer)')
    await writer.execute(`INSERT INTO kept VALUES (${round})`)
    await writer.execute('BEGIN')
    await writer.execute('INSERT INTO kept VALUES (-1)')
    const running = [
      readAll(
        reader,
        'SELECT count(*) FROM range(100000000) a, range(1000000) b WHERE a.range % 7 = b.range % 5',
      ),
      writer.execute('CREATE TABLE half AS SELECT a.range FROM range(100000000) a, range(1000) b'),
    ]
    const failures = Promise.all(running.map(one => failureOf(one)))
    await sleep(Math.random() * 300)
    process.kill(await ownerPid(), 'SIGKILL')
    expect((await failures).map(failure => failure.code)).toEqual(['TRANSIENT', 'TRANSIENT'])
    await Promise.all([writer.close(), reader.close()])
    await using next = await open()
    expect(await readAll(next, 'SELECT a FROM kept ORDER BY a')).toEqual(
      Array.from({ length: round + 1 }, (_, index) => [index]),
    )
    expect(
      await readAll(next, `SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'`),
    ).toEqual([[0]])
  }
})

test('an idle owner goes by itself, and a lease keeps it', async () => {
  const session = await open({ FERRY_WAREHOUSE_IDLE: '300ms' })
  await session.execute('CREATE TABLE t AS SELECT 1 AS a')
  const lease = await leaseWarehouse(target())
  await session.close()
  await sleep(900)
  const pid = await ownerPid()
  lease?.[Symbol.dispose]()
  for (let waited = 0; waited < 5_000 && isAlive(pid); waited += 50) await sleep(50)
  expect(isAlive(pid)).toBe(false)
  expect(existsSync(join(projectDirectory, '.ferry/warehouse-w.sock'))).toBe(false)
  expect(await warehouseStatus(target())).toBeUndefined()
  await using again = await open()
  expect(await readAll(again, 'SELECT a FROM t')).toEqual([[1]])
})

test('a lease keeps an owner that starts later, and the one after a killed one', async () => {
  using lease = await leaseWarehouse(target())
  expect(lease).toBeDefined()
  expect(await warehouseStatus(target())).toBeUndefined()
  for (let turn = 0; turn < 2; turn += 1) {
    const session = await open({ FERRY_WAREHOUSE_IDLE: '2500ms' })
    await session.close()
    const pid = await ownerPid()
    await sleep(4_000)
    expect(await ownerPid()).toBe(pid)
    process.kill(pid, 'SIGKILL')
  }
})

test('many sessions that create the same schema at once do not disturb each other', async () => {
  const sessions = await Promise.all(Array.from({ length: 20 }, () => open()))
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.all(
      sessions.map(session => session.execute(`CREATE SCHEMA IF NOT EXISTS s${turn}`)),
    )
  }
  await Promise.all(sessions.map(session => session.close()))
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a client killed in the middle of a query frees its transaction and its query', async () => {
  await using session = await open()
  await session.execute('CREATE TABLE t AS SELECT 1 AS a')
  const { child, said } = await client(`
    await session.execute('BEGIN')
    await session.execute('UPDATE t SET a = 2')
    console.log('ready')
    for await (const _ of (await session.export('SELECT a.range FROM range(100000000) a, range(1000) b', 'csv')).bytes);`)
  expect(await said).toBe('ready')
  expect((await failureOf(session.execute('UPDATE t SET a = 3'))).code).toBe('TRANSIENT')
  await sleep(200)
  child.kill('SIGKILL')
  for (let waited = 0; waited < 5_000; waited += 50) {
    if ((await warehouseStatus(target()))?.sessions === 1) break
    await sleep(50)
  }
  expect((await session.execute('UPDATE t SET a = 3')).rowsAffected).toBe(1)
  expect((await warehouseStatus(target()))?.queries).toBe(0)
})

test('twenty sessions may make the same schema at the same instant', async () => {
  const sessions = await Promise.all(Array.from({ length: 20 }, () => open()))
  try {
    for (let round = 0; round < 15; round += 1) {
      const statement = `create schema if not exists "shared_${round}"`
      await Promise.all(sessions.map(session => session.execute(statement)))
    }
  } finally {
    await Promise.all(sessions.map(session => session.close()))
  }
})

test('twenty models published at once, again and again, never fail and never mix', async () => {
  const rounds = SOAK ? 50 : 5
  const sessions = await Promise.all(Array.from({ length: 20 }, () => open()))
  await Promise.all(
    sessions.map(async (session, index) => {
      for (let round = 0; round < rounds; round += 1) {
        await session.execute(`DROP TABLE IF EXISTS m${index}_new`)
        await session.execute(
          `CREATE TABLE m${index}_new AS SELECT range AS a, ${round} AS round FROM range(${1000 + index})`,
        )
        await session.execute('BEGIN')
        await session.execute(`DROP TABLE IF EXISTS m${index}`)
        await session.execute(`ALTER TABLE m${index}_new RENAME TO m${index}`)
        await session.execute('COMMIT')
      }
      expect(
        await readAll(session, `SELECT count(*), min(round), max(round) FROM m${index}`),
      ).toEqual([[1000 + index, rounds - 1, rounds - 1]])
      await session.close()
    }),
  )
})

test('a slow reader of one result holds up nobody else, and the owner stays small', async () => {
  await using slow = await open()
  await using other = await open()
  const result = await slow.export('SELECT range, repeat($$x$$, 90) FROM range(3000000)', 'csv')
  let bytes = 0
  for await (const chunk of result.bytes) {
    if (bytes === 0) {
      for (let i = 0; i < 5; i += 1) {
        expect(await readAll(other, 'SELECT count(*) FROM range(1000000)')).toEqual([[1_000_000]])
      }
    }
    bytes += chunk.length
  }
  expect(bytes).toBeGreaterThan(290_000_000)
  expect(result.rows()).toBe(3_000_000)
})

test('another program that holds the file is named', async () => {
  const script = `
    const { DuckDBInstance } = await import(${JSON.stringify(import.meta.resolve('@duckdb/node-api'))})
    globalThis.kept = await DuckDBInstance.create(${JSON.stringify(join(projectDirectory, 'w.duckdb'))})
    console.log('ready'); setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script])
  await once(holder.stdout, 'data')
  const failure = await failureOf(open())
  expect(failure).toMatchObject({ code: 'BUSY', details: { pid: holder.pid } })
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  await using session = await open()
  expect(await readAll(session, 'SELECT 1')).toEqual([[1]])
})

test('a database file that was replaced is not served from the old one', async () => {
  const first = await open()
  await first.execute('CREATE TABLE old AS SELECT 1')
  await first.close()
  const path = join(projectDirectory, 'other.duckdb')
  const other = await DuckDBInstance.create(path)
  const connection = await other.connect()
  await connection.run('CREATE TABLE fresh AS SELECT 1')
  connection.disconnectSync()
  other.closeSync()
  await rename(path, join(projectDirectory, 'w.duckdb'))
  await using session = await open()
  expect(await readAll(session, 'SELECT table_name FROM duckdb_tables()')).toEqual([['fresh']])
})

test('a project in a very deep folder works too', async () => {
  const deep = join(projectDirectory, 'a'.repeat(100))
  await mkdir(deep)
  const session = await (await dialectOf(url)).open({
    url,
    projectDirectory: deep,
    environment: process.env,
    signal: new AbortController().signal,
  })
  expect(await readAll(session, 'SELECT 1')).toEqual([[1]])
  await session.close()
  await stopWarehouse({ url, projectDirectory: deep })
})

test('relative paths in SQL start at the project directory', async () => {
  await using session = await open()
  await session.execute(`COPY (SELECT 7 AS a) TO 'x.csv' (HEADER)`)
  expect(existsSync(join(projectDirectory, 'x.csv'))).toBe(true)
  expect(await readAll(session, `SELECT a FROM read_csv('x.csv')`)).toEqual([[7]])
  expect((await failureOf(readAll(session, `FROM read_csv('no.csv')`))).code).toBe('INPUT_MISSING')
})

test('after a disk that was full, the next session finds all that was committed', async () => {
  let committed = 0
  let code: string | undefined
  using lease = await leaseWarehouse(target())
  expect(lease).toBeDefined()
  {
    await using session = await open()
    await session.execute('CREATE TABLE t (a VARCHAR)')
  }
  const pid = await ownerPid()
  // What the owner writes fails beyond this, as on a disk that is full.
  expect(spawnSync('prlimit', ['--pid', String(pid), '--fsize=8000000:']).status).toBe(0)
  for (let turn = 0; turn < 60 && code === undefined; turn += 1) {
    await using session = await open()
    try {
      await session.execute('INSERT INTO t SELECT md5(n::VARCHAR) FROM range(60000) r(n)')
      committed += 60_000
      await session.execute('CHECKPOINT')
    } catch (error) {
      if (!(error instanceof FerryError)) throw error
      code = error.code
    }
  }
  expect(code).toBe('TRANSIENT')
  await using session = await open()
  const [row] = await readAll(session, 'SELECT count(*) FROM t')
  expect(Number(row?.[0])).toBe(committed)
  await session.execute('INSERT INTO t VALUES (1)')
  expect(await ownerPid()).not.toBe(pid)
})
