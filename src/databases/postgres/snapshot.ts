import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../../core/errors.ts'
import type { OpenTarget, Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type { ReadLimits, Snapshot, SnapshotReader } from '../source.ts'
import { type Moment, momentOf, replicaState } from './in-flight.ts'
import { endOfLog } from './log-place.ts'
import { openReader, PostgresSnapshotReader } from './snapshot-reader.ts'
import { sql } from './sql.ts'

const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
/** A replica that is further behind than that is no place to read from. */
const REPLAYS_WITHIN_MS = 600_000
const POLL_MS = 250

/**
 * Exports the present moment of a database. What is in flight is asked for before the snapshot is
 * taken: whoever is not seen then begins later than that.
 */
export async function openSnapshot(target: OpenTarget, limits: ReadLimits): Promise<Snapshot> {
  const { session } = await openReader(target, limits)
  try {
    const moment = await momentBefore(session, target, limits)
    await session.execute(BEGIN)
    const [row] = await readAll(
      session,
      `SELECT pg_export_snapshot(), txid_snapshot_xmin(txid_current_snapshot())::text`,
    )
    const id = String(row?.[0])
    return {
      id,
      takenAt: moment.at,
      inFlightSince: moment.inFlightSince ?? null,
      oldestTransaction: String(row?.[1]),
      reader: () => joinSnapshot(target, id, limits),
      [Symbol.asyncDispose]: () => session.close(),
    }
  } catch (error) {
    await session.close()
    throw error
  }
}

export async function joinSnapshot(
  target: OpenTarget,
  id: string,
  limits: ReadLimits,
): Promise<SnapshotReader> {
  const reader = await openReader(target, limits)
  try {
    await reader.session.execute(BEGIN)
    await reader.session.execute(`SET TRANSACTION SNAPSHOT ${sql.literal(id)}`).catch(gone)
    return new PostgresSnapshotReader(reader)
  } catch (error) {
    await reader.session.close()
    throw error
  }
}

/** A wrong snapshot and one whose holder has ended are one and the same to the server. */
function gone(error: unknown): never {
  if (!(error instanceof FerryError) || error.code === 'INTERRUPTED') throw error
  throw new FerryError('TRANSIENT', 'the snapshot is gone with the process that held it', {
    cause: error,
    hint: 'try again: a new one is taken',
    details: { snapshot: 'gone' },
  })
}

async function momentBefore(
  session: Session,
  target: OpenTarget,
  limits: ReadLimits,
): Promise<Moment> {
  const replica = await replicaState(session)
  if (!replica.isReplica) return await momentOf(session)
  const { primary } = limits
  // Of what is in flight at its primary a replica knows nothing.
  if (primary === undefined) {
    return { at: replica.at, inFlightSince: undefined }
  }
  const { moment, end } = await momentOfPrimary({ ...primary, signal: target.signal }, limits)
  const deadline = Date.now() + REPLAYS_WITHIN_MS
  while ((await replicaState(session)).readTo < end) {
    if (Date.now() > deadline) {
      throw new FerryError('TRANSIENT', 'the replica is ten minutes behind its primary', {
        hint: 'see what holds it up, or read from the primary',
      })
    }
    await sleep(POLL_MS, undefined, { signal: target.signal })
  }
  return moment
}

/** With the end of its log after that: a replica that has it all has what was committed by then. */
async function momentOfPrimary(
  primary: OpenTarget,
  limits: ReadLimits,
): Promise<{ readonly moment: Moment; readonly end: bigint }> {
  const { session } = await openReader(primary, limits)
  await using _ = session
  return { moment: await momentOf(session), end: await endOfLog(session) }
}
