import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { mysqlEngine } from '../../src/databases/mysql/engine.ts'
import type { ReadLimits } from '../../src/databases/source.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import { NO_LIMITS, rowsOf } from './source.contract.ts'

test('a replica is read when it has what the primary had, which tells what is in flight', async () => {
  const logged = { 'log-bin': 'log', 'binlog-format': 'row' }
  await using primary = await startMariadb({ settings: { ...logged, 'server-id': '1' } })
  await using replica = await startMariadb({ settings: { 'server-id': '2' } })
  primary.run(`USE ferry; CREATE USER copier@'%'; GRANT REPLICATION SLAVE ON *.* TO copier@'%';
    CREATE TABLE t (id int PRIMARY KEY)`)
  replica.run(`DROP DATABASE ferry; SET GLOBAL gtid_slave_pos = '';
    CHANGE MASTER TO master_host = '127.0.0.1', master_port = ${primary.port}, master_user = 'copier',
      master_use_gtid = slave_pos; START SLAVE; SET GLOBAL read_only = 1`)
  const target = (url: string) => ({
    url,
    projectDirectory: '.',
    environment: { HOME: '/nonexistent' },
    signal: new AbortController().signal,
  })
  const open = async (limits: ReadLimits) => {
    const snapshot = await mysqlEngine.source?.openSnapshot(target(replica.url), limits)
    if (snapshot === undefined) throw new Error('MySQL is a source')
    return snapshot
  }
  const withPrimary = { ...NO_LIMITS, primary: target(primary.url) }
  const untilThere = async (): Promise<void> => {
    await using snapshot = await open(withPrimary)
    expect(snapshot.inFlightSince).not.toBeNull()
  }
  await expect
    .poll(
      () =>
        untilThere().then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true)

  replica.run('STOP SLAVE SQL_THREAD')
  await using writer = await mysqlEngine.open(target(primary.url))
  await writer.execute('BEGIN')
  await writer.execute('INSERT INTO t VALUES (2)')
  primary.run('INSERT INTO ferry.t VALUES (1)')
  const begun = Date.now()
  const opening = open(withPrimary)
  await sleep(1_500)
  replica.run('START SLAVE SQL_THREAD')
  await using snapshot = await opening
  expect(Date.now() - begun).toBeGreaterThan(1_400)
  await using reader = await snapshot.reader()
  const table = await reader.describe({ name: 't' })
  expect(await rowsOf(await reader.read({ table, columns: ['id'], where: [] }))).toEqual([['1']])
  expect(Date.parse(snapshot.inFlightSince ?? '')).toBeLessThan(Date.parse(snapshot.takenAt))
  await writer.execute('COMMIT')

  await using alone = await open(NO_LIMITS)
  expect(alone.inFlightSince).toBeNull()
}, 60_000)
