import { FerryError } from '../../core/errors.ts'
import type { OpenTarget } from '../dialect.ts'
import type { ReadLimits } from '../source.ts'
import { type MysqlSession, openSession } from './driver.ts'

/** A connection that reads gently and never writes. */
export async function openReader(target: OpenTarget, limits: ReadLimits): Promise<MysqlSession> {
  const session = await openSession(target)
  try {
    await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    const { lockTimeoutMs, statementTimeoutMs } = limits
    if (lockTimeoutMs > 0) {
      const seconds = Math.max(1, Math.ceil(lockTimeoutMs / 1_000))
      await session.execute(`SET SESSION lock_wait_timeout = ${seconds}`)
    }
    await trySettings(session, [
      // MariaDB counts seconds, MySQL milliseconds.
      `max_statement_time = ${statementTimeoutMs / 1_000}`,
      `max_execution_time = ${statementTimeoutMs}`,
      'information_schema_stats_expiry = 0', // MySQL: sizes of tables as they are, not of yesterday
    ])
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

export async function beginReading(session: MysqlSession): Promise<void> {
  await session.execute('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
}

const UNKNOWN_VARIABLE = 1193

/** Sets what this server knows of. */
async function trySettings(session: MysqlSession, settings: readonly string[]): Promise<void> {
  for (const setting of settings) {
    try {
      await session.execute(`SET SESSION ${setting}`)
    } catch (error) {
      const isUnknown = error instanceof FerryError && error.details['number'] === UNKNOWN_VARIABLE
      if (!isUnknown) throw error
    }
  }
}
