import { FerryError } from '../../core/errors.ts'
import type { OpenTarget } from '../dialect.ts'
import type { ReadLimits, Snapshot, SnapshotReader } from '../source.ts'
import type { MysqlSession } from './driver.ts'
import { awaitFreshNews, type Moment, momentOf } from './in-flight.ts'
import { beginReading, openReader } from './reader-session.ts'
import { awaitReplica, writtenTo } from './replica.ts'
import { MysqlSnapshotReader } from './snapshot-reader.ts'

/** Writers may be held up by so much, once, while several readers begin at one moment. */
const LOCK_WITHIN_S = 2

/**
 * Takes the present moment. MySQL cannot share a snapshot: where more than one reader is wanted and this
 * user may hold up writers (the privilege RELOAD), so many are begun while nobody commits, and see one
 * moment. Otherwise, and beyond that number, each reader has a moment of its own, which is later.
 */
export async function openSnapshot(target: OpenTarget, limits: ReadLimits): Promise<Snapshot> {
  const waiting: MysqlSession[] = []
  const close = async (): Promise<void> => {
    for (const session of waiting.splice(0)) await session.close()
  }
  try {
    const moment = await beginTogether(target, limits, waiting)
    return {
      id: null,
      takenAt: moment.at,
      inFlightSince: moment.inFlightSince ?? null,
      oldestTransaction: null,
      reader: async () => {
        const begun = waiting.shift()
        if (begun !== undefined) return new MysqlSnapshotReader(begun, target.signal)
        const session = await openReader(target, limits)
        return new MysqlSnapshotReader(await begin(session), target.signal)
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

export async function joinSnapshot(): Promise<SnapshotReader> {
  throw new FerryError('UNSUPPORTED', 'MySQL does not share the snapshot of another process')
}

/** Begins the readers that are wanted at one moment; one where they cannot be more. */
async function beginTogether(
  target: OpenTarget,
  limits: ReadLimits,
  begun: MysqlSession[],
): Promise<Moment> {
  const wanted = Math.max(1, limits.readers ?? 1)
  // It may have to wait for a replica: the time limit of statements is for those that read tables.
  await using keeper = await openReader(target, { ...limits, statementTimeoutMs: 0 })
  for (let index = 0; index < wanted; index += 1) begun.push(await openReader(target, limits))
  const { primary } = limits
  const told = primary === undefined ? undefined : await momentOfPrimary(primary, keeper, limits)
  await awaitFreshNews(keeper)
  const isHeld = wanted > 1 && (await holdWriters(keeper))
  if (!isHeld) for (const session of begun.splice(1)) await session.close()
  const moment = told ?? (await momentOf(keeper))
  for (const session of begun) await begin(session)
  if (isHeld) await keeper.execute('UNLOCK TABLES')
  return moment
}

/** What is in flight at the primary; resolves when the replica has all that was committed there. */
async function momentOfPrimary(
  primary: OpenTarget,
  replica: MysqlSession,
  limits: ReadLimits,
): Promise<Moment> {
  await using session = await openReader(primary, limits)
  await awaitFreshNews(session)
  const moment = await momentOf(session)
  await awaitReplica(replica, await writtenTo(session))
  return moment
}

/** Whether nobody commits from now on. */
async function holdWriters(keeper: MysqlSession): Promise<boolean> {
  try {
    await keeper.execute(`SET SESSION lock_wait_timeout = ${LOCK_WITHIN_S}`)
    await keeper.execute('FLUSH TABLES WITH READ LOCK')
    return true
  } catch (error) {
    const isExpected = error instanceof FerryError && ['DENIED', 'TRANSIENT'].includes(error.code)
    if (isExpected) return false // it may not, or a long statement is in the way
    throw error
  }
}

async function begin(session: MysqlSession): Promise<MysqlSession> {
  try {
    await beginReading(session)
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}
