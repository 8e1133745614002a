import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../../core/errors.ts'
import type { Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'

/** A replica that is further behind than that is no place to read from. */
const REPLAYS_WITHIN_MS = 600_000
const POLL_MS = 250

/**
 * Of the primary: the last commit in its log. Of a secondary: the last commit that it has redone.
 * @see sys.dm_hadr_database_replica_states, last_commit_lsn
 */
const LAST_COMMIT = `SELECT CONVERT(varchar(40), r.last_commit_lsn) FROM sys.dm_hadr_database_replica_states AS r
  WHERE r.is_local = 1 AND r.database_id = DB_ID()`

/** @throws FerryError DENIED (no permission VIEW SERVER STATE), UNSUPPORTED (in no availability group) */
export async function lastCommit(session: Session): Promise<bigint> {
  const [[found] = []] = await readAll(session, LAST_COMMIT)
  if (found !== null && found !== undefined) return BigInt(String(found))
  throw new FerryError('UNSUPPORTED', 'the database does not tell how far its log was written', {
    hint: 'only the members of one availability group do; else read from the primary',
  })
}

/** Resolves when a replica has what its primary had. @throws FerryError TRANSIENT: it is too far behind */
export async function awaitReplica(
  replica: Session,
  commit: bigint,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + REPLAYS_WITHIN_MS
  while ((await lastCommit(replica)) < commit) {
    if (Date.now() > deadline) {
      throw new FerryError('TRANSIENT', 'the replica is ten minutes behind its primary', {
        hint: 'see what holds it up, or read from the primary',
      })
    }
    await sleep(POLL_MS, undefined, { signal })
  }
}
