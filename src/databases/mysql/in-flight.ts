import { FerryError } from '../../core/errors.ts'
import type { Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'

/** What a server says of itself at one moment, asked before a snapshot is taken. */
export interface Moment {
  /** The server's clock, ISO 8601 in UTC with microseconds. */
  readonly at: string
  /** Start of the oldest transaction that may still write, or `at`; undefined where that is not told. */
  readonly inFlightSince: string | undefined
}

const NOW = `SELECT date_format(utc_timestamp(6), '%Y-%m-%dT%H:%i:%s.%fZ')`

/**
 * Seconds since the oldest transaction began that is no reader's; whether there is one that no session
 * has (left by XA: nobody knows when it began); whether this is a replica. A statement that waits for a
 * table is in no transaction yet, and stamps its rows with the time of its own start: so the oldest
 * statement counts, too. Last, how many seconds ago a replica had news of its primary. Times of transactions are told by the clock on the wall of the server's machine,
 * which is this session's while it asks; all are cut to seconds, hence one more.
 */
const IN_FLIGHT = `SELECT
  (SELECT coalesce(max(timestampdiff(SECOND, trx_started, sysdate())), -1) + 1
   FROM information_schema.innodb_trx
   WHERE trx_is_read_only = 0 AND trx_autocommit_non_locking = 0
     AND trx_mysql_thread_id <> connection_id()),
  (SELECT count(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = 0),
  (SELECT coalesce(max(time), -1) + 1 FROM information_schema.processlist
   WHERE command IN ('Query', 'Execute') AND id <> connection_id() AND user <> 'system user'
     AND coalesce(info, '') NOT LIKE 'SELECT%'),
  @@GLOBAL.read_only NOT IN ('OFF', '0') OR EXISTS (SELECT 1 FROM information_schema.processlist
    WHERE user = 'system user' AND command <> 'Daemon'),
  (SELECT coalesce(max(time), 0) FROM information_schema.processlist
   WHERE user = 'system user' AND command NOT IN ('Daemon', 'Slave_IO')
     AND coalesce(state, '') NOT LIKE 'Waiting for % to send event')`

/**
 * The server looks for transactions no oftener than each 0.1 s, and tells in between what it knew. Waiting
 * for that makes it look; if others ask all the time, what began in that time is missed, hence the margin.
 */
const MARGIN_MS = 200

/** To be awaited before the moment is asked for, and before anybody is held up for it. */
export async function awaitFreshNews(session: Session): Promise<void> {
  await session.execute('DO SLEEP(0.11)')
}

/** The present moment of a database that is written to. */
export async function momentOf(session: Session): Promise<Moment> {
  const [[now] = []] = await readAll(session, NOW)
  const at = String(now)
  const row = await inFlight(session)
  if (row === undefined) return { at, inFlightSince: undefined }
  const [transaction, unowned, statement, isReplica, behind = 0] = row.map(Number)
  // Of what is in flight at its primary a replica knows nothing.
  if (isReplica !== 0) return { at: earlier(at, behind * 1_000), inFlightSince: undefined }
  if (unowned !== 0) return { at, inFlightSince: undefined }
  const seconds = Math.max(transaction ?? 0, statement ?? 0)
  return { at, inFlightSince: earlier(at, seconds * 1_000 + MARGIN_MS) }
}

/** Undefined where this user may not know: without the privilege PROCESS. */
async function inFlight(session: Session): Promise<readonly unknown[] | undefined> {
  try {
    await session.execute(`SET time_zone = 'SYSTEM'`)
    return (await readAll(session, IN_FLIGHT))[0]
  } catch (error) {
    if (error instanceof FerryError && error.code === 'DENIED') return undefined
    throw error
  } finally {
    await session.execute(`SET time_zone = '+00:00'`)
  }
}

/** ISO 8601, so many milliseconds before. */
function earlier(at: string, milliseconds: number): string {
  const before = new Date(Date.parse(at) - milliseconds)
  return before.toISOString().slice(0, 23) + at.slice(23)
}
