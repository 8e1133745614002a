/** A second PostgreSQL that follows a first one: its files are copied while it runs, as the makers describe it. */
import { spawnSync } from 'node:child_process'
import { chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { type PostgresServer, startPostgres } from './postgres.ts'

/** What a server must be started with to be followed. */
export const FOLLOWED = { wal_level: 'replica', max_wal_senders: '4' } as const

/**
 * Resolves when the replica answers, which is read only. Stop it before its primary.
 * @see https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export async function startPostgresReplica(
  primary: PostgresServer,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ferry-pg-replica-'))
  await copyWhileItRuns(primary, dataDir)
  const replica = await startPostgres({
    dataDir,
    settings: {
      ...FOLLOWED,
      primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres`,
      ...settings,
    },
  })
  const stop = async (): Promise<void> => {
    await replica.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { ...replica, stop, [Symbol.asyncDispose]: stop }
}

async function copyWhileItRuns(primary: PostgresServer, dataDir: string): Promise<void> {
  const client = new Client(primary.url) // a backup ends with its connection
  await client.connect()
  try {
    await client.query("SELECT pg_backup_start('replica', fast => true)")
    // A file that went away meanwhile is none that a backup needs; tar says so and ends with 1.
    const copy = `tar -C "$1" --exclude=./postmaster.pid --exclude=./server.log -cf - . | tar -C "$2" -xpf -`
    spawnSync('sh', ['-c', copy, 'copy', primary.dataDir, dataDir])
    const { rows } = await client.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)',
    )
    const { uid, gid } = await stat(primary.dataDir)
    for (const [name, content] of [
      ['backup_label', rows[0]?.labelfile ?? ''],
      ['standby.signal', ''],
    ] as const) {
      await writeFile(join(dataDir, name), content)
      await chown(join(dataDir, name), uid, gid)
    }
    await chown(dataDir, uid, gid)
  } finally {
    await client.end()
  }
}
