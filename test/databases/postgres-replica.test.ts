import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { FOLLOWED, startPostgresReplica } from '../../servers/postgres-replica.ts'
import { postgresEngine } from '../../src/databases/postgres/engine.ts'
import type { ReadLimits, Snapshot } from '../../src/databases/source.ts'
import { parseTableManifest } from '../../src/formats/table-manifest.ts'
import { runFerry } from '../support/run-ferry.ts'
import { rowsOf as mirroredRows } from '../mirror/mirror-playground.ts'
import { NO_LIMITS, rowsOf } from './source.contract.ts'

const ROWS = 40_000

let primary: PostgresServer
let replica: PostgresServer
beforeAll(async () => {
  primary = await startPostgres({ settings: { ...FOLLOWED, autovacuum: 'off' } })
  await run(
    primary,
    'CREATE TABLE t (id int PRIMARY KEY)',
    `CREATE TABLE wide AS SELECT i AS id, repeat('x', 1000) AS note FROM generate_series(1, ${ROWS}) i`,
    'ALTER TABLE wide ADD PRIMARY KEY (id)',
  )
  // Rows that the primary has cleaned away are not kept for readers of the replica.
  replica = await startPostgresReplica(primary, { max_standby_streaming_delay: '0' })
})
afterAll(async () => {
  await replica.stop()
  await primary.stop()
})

async function run(server: PostgresServer, ...statements: readonly string[]): Promise<unknown> {
  const client = new Client(server.url)
  await client.connect()
  let first: unknown
  for (const text of statements) {
    first = Object.values((await client.query<Record<string, unknown>>(text)).rows[0] ?? {})[0]
  }
  await client.end()
  return first
}

const target = (url: string) => ({
  url,
  projectDirectory: '.',
  environment: {},
  signal: new AbortController().signal,
})

async function open(limits: ReadLimits): Promise<Snapshot> {
  const snapshot = await postgresEngine.source?.openSnapshot(target(replica.url), limits)
  if (snapshot === undefined) throw new Error('PostgreSQL is a source')
  return snapshot
}

test('a replica is read when it has what the primary had, which tells what is in flight', async () => {
  await run(replica, 'SELECT pg_wal_replay_pause()')
  await using writer = await postgresEngine.open(target(primary.url))
  await writer.execute('BEGIN')
  await writer.execute('INSERT INTO t VALUES (2)')
  await run(primary, 'INSERT INTO t VALUES (1)')
  const begun = Date.now()
  const opening = open({ ...NO_LIMITS, primary: target(primary.url) })
  await sleep(1_500)
  await run(replica, 'SELECT pg_wal_replay_resume()')
  await using snapshot = await opening
  expect(Date.now() - begun).toBeGreaterThan(1_400)
  await using reader = await snapshot.reader()
  await using another = await snapshot.reader()
  for (const one of [reader, another]) {
    const table = await one.describe({ name: 't' })
    expect(await rowsOf(await one.read({ table, columns: ['id'], where: [] }))).toEqual([['1']])
  }
  expect(Date.parse(snapshot.inFlightSince ?? '')).toBeLessThan(Date.parse(snapshot.takenAt))
  await writer.execute('COMMIT')
  await using alone = await open(NO_LIMITS)
  expect(alone.inFlightSince).toBeNull()
})

test('a reading that the replica cancels, as the primary cleaned rows away, is done again at a later moment', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-replica-'))
  try {
    const config = {
      sources: {
        shop: {
          url: primary.url,
          replica: replica.url,
          rows_per_second: 8_000,
          connections: 2,
          tables: { wide: {} },
        },
      },
    }
    await writeFile(join(directory, 'ferry.yaml'), JSON.stringify(config))
    const date = '2026-03-01'
    const running = runFerry(['mirror', 'shop.wide', '--date', date], { cwd: directory })
    await expect
      .poll(
        () =>
          run(
            replica,
            "SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'",
          ),
        { timeout: 30_000, interval: 50 },
      )
      .toBe(1)
    await run(primary, 'DELETE FROM wide WHERE id % 2 = 0', 'VACUUM wide')
    const { code, stderr } = await running
    expect(stderr).toMatch(/shop\.wide is read again: /)
    expect(code).toBe(0)
    const path = join(directory, `intermediate/${date}/mirror/shop.wide`)
    const manifest = parseTableManifest(await readFile(path, 'utf8'), path)
    const rows = await mirroredRows(manifest)
    expect(rows).toHaveLength(ROWS / 2)
    expect(rows.every(([id]) => Number(id) % 2 === 1)).toBe(true)
    const conflicts = `SELECT sum(confl_snapshot + confl_lock)::int FROM pg_stat_database_conflicts`
    expect(Number(await run(replica, conflicts))).toBeGreaterThan(0)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}, 120_000)
