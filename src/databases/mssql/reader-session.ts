import { FerryError } from '../../core/errors.ts'
import type { OpenTarget } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type { ReadLimits } from '../source.ts'
import { openConnection } from './connect.ts'
import { MssqlSession } from './driver.ts'

/** What Ferry's own connections are called; they read and never write. */
export const READER_NAME = 'ferry mirror'

/** A connection that reads gently and never writes. */
export async function openReader(target: OpenTarget, limits: ReadLimits): Promise<MssqlSession> {
  const connection = await openConnection(target, READER_NAME)
  const session = new MssqlSession(connection, target.signal, limits.statementTimeoutMs)
  try {
    await session.execute(
      `SET LOCK_TIMEOUT ${limits.lockTimeoutMs > 0 ? Math.ceil(limits.lockTimeoutMs) : -1}`,
    )
    // Who has to give way is the reader, which can come again.
    await session.execute('SET DEADLOCK_PRIORITY LOW')
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

/** What a database says of itself. */
export interface DatabaseState {
  readonly name: string
  /** Its rows keep their older versions, so that a transaction sees one moment. */
  readonly hasSnapshots: boolean
  /** A secondary of an availability group, a snapshot of a database, or one that is read only. */
  readonly isReadOnly: boolean
  /** It belongs to an availability group. */
  readonly isReplicated: boolean
}

export async function databaseState(session: MssqlSession): Promise<DatabaseState> {
  const [row] = await readAll(
    session,
    `SELECT name, snapshot_isolation_state, replica_id,
       CASE WHEN DATABASEPROPERTYEX(name, 'Updateability') = 'READ_ONLY' THEN 1 ELSE 0 END
     FROM sys.databases WHERE name = DB_NAME()`,
  )
  const [name, state, replica, isReadOnly] = row ?? []
  return {
    name: String(name),
    hasSnapshots: state === 1,
    isReadOnly: isReadOnly === 1,
    isReplicated: typeof replica === 'string',
  }
}

/**
 * Begins a transaction that sees one moment. On a secondary every transaction does, whatever it asks
 * for; in a database that nobody can write to, all of them see the same.
 * @throws FerryError CONFIG_INVALID where the database does not keep older versions of its rows
 */
export async function beginReading(session: MssqlSession, state: DatabaseState): Promise<void> {
  const { name, hasSnapshots, isReadOnly } = state
  if (hasSnapshots) await session.execute('SET TRANSACTION ISOLATION LEVEL SNAPSHOT')
  else if (!isReadOnly) {
    const quoted = `[${name.replaceAll(']', ']]')}]`
    throw new FerryError(
      'CONFIG_INVALID',
      `the database \`${name}\` does not allow snapshot isolation, without which its tables cannot be read as of one moment`,
      {
        hint: `let an administrator run: ALTER DATABASE ${quoted} SET ALLOW_SNAPSHOT_ISOLATION ON`,
      },
    )
  }
  await session.execute('BEGIN TRANSACTION')
}
