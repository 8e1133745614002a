import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../core/errors.ts'
import type { Engine } from '../databases/engine.ts'
import { readAll } from '../databases/read-all.ts'
import type { Snapshot, SourceReader } from '../databases/source.ts'
import { cursorColumn } from './increment.ts'
import type { SourceMoment } from './source-access.ts'
import { readLimits, readTarget, type SourceSettings } from './source-settings.ts'
import type { TableTask } from './table-task.ts'
import { parseTime } from './time-text.ts'

/** How long transactions that are in flight are waited for. */
const SETTLES_WITHIN_MS = 30_000
const POLL_MS = 200

export interface TakenMoment {
  readonly snapshot: Snapshot
  readonly moment: SourceMoment
}

/** @throws FerryError CONFIG_INVALID: an engine that cannot be a source */
export function sourceReaderOf(engine: Engine, name: string): SourceReader {
  if (engine.source !== undefined) return engine.source
  throw new FerryError('CONFIG_INVALID', `\`${name}\`: ${engine.name} is not read as a source`)
}

/**
 * Takes a moment of a source. Tables that go by a number need more than that: a number is drawn long
 * before its row is committed. So the highest numbers are looked at first, and the moment is taken
 * when every transaction of that time has ended: up to those numbers, all is then settled.
 */
export async function takeMoment(
  engine: Engine,
  settings: SourceSettings,
  tasks: readonly TableTask[],
  readers = 1,
): Promise<TakenMoment> {
  const reader = sourceReaderOf(engine, settings.name)
  const openFor = (count: number): Promise<Snapshot> =>
    reader.openSnapshot(readTarget(settings), readLimits(settings, count))
  const settled = await highestNumbers(engine, tasks, () => openFor(1))
  const open = (): Promise<Snapshot> => openFor(readers)
  let snapshot = await open()
  if (Object.keys(settled).length === 0) return taken(snapshot, {})
  const seenBy = parseTime(snapshot.takenAt) ?? 0n
  const deadline = Date.now() + SETTLES_WITHIN_MS
  for (;;) {
    const { inFlightSince } = snapshot
    if (inFlightSince === null) return taken(snapshot, {})
    if ((parseTime(inFlightSince) ?? 0n) >= seenBy) return taken(snapshot, settled)
    if (Date.now() > deadline) {
      settings.logger.debug(`${settings.name}: a transaction is open since ${inFlightSince}`)
      return taken(snapshot, {})
    }
    await snapshot[Symbol.asyncDispose]()
    await sleep(POLL_MS, undefined, { signal: settings.signal })
    snapshot = await open()
  }
}

function taken(snapshot: Snapshot, settled: SourceMoment['settled']): TakenMoment {
  const { id, takenAt, inFlightSince } = snapshot
  return { snapshot, moment: { snapshot: id, takenAt, inFlightSince, settled } }
}

/** By table; none of those that go by a time, or cannot be looked at: reading them will say why. */
async function highestNumbers(
  { sql }: Engine,
  tasks: readonly TableTask[],
  open: () => Promise<Snapshot>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  const candidates = tasks.filter(
    task => task.cursor !== undefined && task.cursor !== task.updatedAt,
  )
  if (candidates.length === 0) return found
  await using snapshot = await open()
  await using reader = await snapshot.reader()
  for (const task of candidates) {
    try {
      const table = await reader.describe(task.relation)
      if (cursorColumn(task, table).kind !== 'number') continue
      const where = task.where.length === 0 ? '' : ` WHERE (${task.where.join(') AND (')})`
      const rows = await readAll(
        reader.session,
        `SELECT max(${sql.identifier(task.cursor ?? '')}) FROM ${sql.relation(task.relation)}${where}`,
      )
      const [value] = rows[0] ?? []
      if (value !== null && value !== undefined) found[task.name] = String(value)
    } catch (error) {
      // A failed statement spoils the transaction of this look, not the reading: it says what is wrong.
      if (!(error instanceof FerryError) || error.retryable) throw error
      break
    }
  }
  return found
}
