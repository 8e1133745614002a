import { FerryError } from '../../core/errors.ts'
import type { OpenTarget } from '../dialect.ts'
import type { ReadLimits, Snapshot, SnapshotReader } from '../source.ts'
import type { MssqlSession } from './driver.ts'
import { type Moment, momentOf } from './in-flight.ts'
import { beginReading, type DatabaseState, databaseState, openReader } from './reader-session.ts'
import { readingChoices } from './reading-choices.ts'
import { awaitReplica, lastCommit } from './replica.ts'
import { MssqlSnapshotReader } from './snapshot-reader.ts'

/**
 * Takes the present moment. SQL Server cannot share a snapshot: each reader has a moment of its own, which
 * is not before `takenAt` and holds from the first table that it reads. All readers of a database that
 * nobody writes to (a snapshot of a database is one) see the same.
 */
export async function openSnapshot(target: OpenTarget, limits: ReadLimits): Promise<Snapshot> {
  const choices = readingChoices(target.url)
  // It may have to wait for a replica: the time limit of statements is for those that read tables.
  await using keeper = await openReader(target, { ...limits, statementTimeoutMs: 0 })
  const state = await databaseState(keeper)
  const moment = await momentBefore(keeper, state, { ...limits, target })
  const begin = async (): Promise<SnapshotReader> => {
    const session = await openReader(target, limits)
    try {
      await beginReading(session, state)
      return new MssqlSnapshotReader(session, target.signal, choices)
    } catch (error) {
      await session.close()
      throw error
    }
  }
  // What is wrong with the database is told before anything is read.
  const waiting: SnapshotReader[] = [await begin()]
  return {
    id: null,
    takenAt: moment.at,
    inFlightSince: moment.inFlightSince ?? null,
    oldestTransaction: null,
    reader: async () => waiting.shift() ?? (await begin()),
    [Symbol.asyncDispose]: async () => {
      for (const reader of waiting.splice(0)) await reader[Symbol.asyncDispose]()
    },
  }
}

export async function joinSnapshot(): Promise<SnapshotReader> {
  throw new FerryError('UNSUPPORTED', 'SQL Server does not share the snapshot of another process')
}

async function momentBefore(
  session: MssqlSession,
  state: DatabaseState,
  { primary, target, ...limits }: ReadLimits & { readonly target: OpenTarget },
): Promise<Moment> {
  const { signal } = target
  if (primary !== undefined) {
    await using writer = await openReader({ ...primary, signal }, limits)
    const moment = await momentOf(writer)
    await awaitReplica(session, await lastCommit(writer), signal)
    return moment
  }
  const moment = await momentOf(session)
  // Of what is in flight at its primary a replica knows nothing; where nobody writes, nothing is.
  return state.isReadOnly && state.isReplicated ? { ...moment, inFlightSince: undefined } : moment
}
