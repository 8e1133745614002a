import type { Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import { logPlace } from './log-place.ts'

/** What a server says of itself at one moment, asked before a snapshot is taken. */
export interface Moment {
  /** The server's clock, ISO 8601 in UTC with microseconds. */
  readonly at: string
  /** Start of the oldest transaction that is open, or `at`; undefined where we may not know. */
  readonly inFlightSince: string | undefined
}

/** What Ferry's own connections are called; they read and never write. */
export const READER_NAME = 'ferry mirror'

const iso = (expression: string): string =>
  `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/**
 * Any open transaction counts, one that has not written yet too: when it does, it will stamp its rows
 * with the time of its start. Of what others do, only a superuser or a member of pg_read_all_stats is
 * told; and of a prepared transaction nobody knows when it began.
 */
const MOMENT = `SELECT ${iso('clock_timestamp()')},
  (SELECT ${iso('least(min(xact_start), clock_timestamp())')} FROM pg_catalog.pg_stat_activity
   WHERE datname = current_database() AND pid <> pg_backend_pid()
     AND application_name <> '${READER_NAME}'
     AND backend_type NOT IN ('autovacuum worker', 'walsender', 'parallel worker')),
  EXISTS (SELECT FROM pg_catalog.pg_stat_activity
          WHERE datname = current_database() AND query = '<insufficient privilege>')
  OR EXISTS (SELECT FROM pg_catalog.pg_prepared_xacts WHERE database = current_database())`

/**
 * The present moment of a database that is written to. Whatever is open and not seen here begins
 * later than `at`.
 */
export async function momentOf(session: Session): Promise<Moment> {
  const [row] = await readAll(session, MOMENT)
  const [at, since, isHidden] = row ?? []
  return {
    at: String(at),
    inFlightSince: isHidden === true ? undefined : String(since ?? at),
  }
}

/** Of a replica: whether it is one, when what it has last was committed, and how far it is. */
export async function replicaState(
  session: Session,
): Promise<{ readonly isReplica: boolean; readonly at: string; readonly readTo: bigint }> {
  const [row] = await readAll(
    session,
    `SELECT pg_is_in_recovery(),
       coalesce(${iso('pg_last_xact_replay_timestamp()')}, ''),
       coalesce(pg_last_wal_replay_lsn()::text, '')`,
  )
  return { isReplica: row?.[0] === true, at: String(row?.[1]), readTo: logPlace(String(row?.[2])) }
}
