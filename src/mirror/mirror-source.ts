import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { writeFileAtomically } from '../core/atomic-write.ts'
import type { Engine } from '../databases/engine.ts'
import { type Counts, writeCounts } from '../formats/counts.ts'
import { tableManifestLines } from '../formats/table-manifest.ts'
import {
  type MirroredTable,
  mirrorTable,
  type OnSnapshot,
  type TableReading,
  wantsLaterMoment,
} from './mirror-table.ts'
import type { PartsFolder } from './parts-folder.ts'
import type { SourceAccess } from './source-access.ts'
import type { SourceSettings } from './source-settings.ts'
import type { TableTask } from './table-task.ts'

export interface SourceMirroring {
  readonly settings: SourceSettings
  readonly engine: Engine
  readonly date: string
  readonly clock: Clock
  readonly full: boolean
  /** Leave to read the source, at a moment that is later than `after`. */
  readonly access: (task: TableTask, after: string | undefined) => Promise<SourceAccess>
  readonly folderOf: (task: TableTask) => Promise<PartsFolder>
  readonly onSnapshot?: OnSnapshot | undefined
  readonly onTable: (task: TableTask, done: MirroredTable) => void
}

/**
 * Mirrors tables of one source, one after the other; what a make target stands for is written last.
 * @throws the first error; tables before it are done
 */
export async function mirrorSource(
  mirroring: SourceMirroring,
  tasks: readonly TableTask[],
): Promise<void> {
  for (const task of tasks) {
    const { projectDirectory } = mirroring.settings
    const target = join(projectDirectory, 'intermediate', mirroring.date, 'mirror', task.name)
    // Its parts are about to go: whoever finds the target must find them, too.
    await rm(target, { force: true })
    const done = await mirrorOne(mirroring, task)
    await writeCounts(projectDirectory, countsOf(mirroring, task, done))
    await writeFileAtomically(target, [...tableManifestLines(done.manifest)].join(''))
    mirroring.onTable(task, done)
  }
}

async function mirrorOne(mirroring: SourceMirroring, task: TableTask): Promise<MirroredTable> {
  const { settings, engine, date, full, onSnapshot } = mirroring
  const folder = await mirroring.folderOf(task)
  const reading = { task, settings, sql: engine.sql, date, folder, full, onSnapshot }
  let after: string | undefined
  try {
    await using access = await mirroring.access(task, undefined)
    after = access.moment.takenAt
    return await mirrorAt(reading, access)
  } catch (error) {
    if (!wantsLaterMoment(error) || after === undefined) throw error
    settings.logger.info(`${task.name} is read again: ${error.message}`)
  }
  await using access = await mirroring.access(task, after)
  return await mirrorAt(reading, access)
}

async function mirrorAt(reading: TableReading, access: SourceAccess): Promise<MirroredTable> {
  const done = await mirrorTable(reading, access)
  access.finish()
  return done
}

function countsOf(
  { date, clock }: SourceMirroring,
  task: TableTask,
  { manifest, rows, newest }: MirroredTable,
): Counts {
  return {
    version: 1,
    step: 'mirror',
    name: task.name,
    source: task.source,
    date,
    rows: { in: rows, out: rows, filtered: 0, rejected: 0 },
    bytes: manifest.parts.reduce((sum, part) => sum + part.bytes, 0),
    ...(newest === undefined ? {} : { newest }),
    finishedAt: clock.now().toISOString(),
  }
}
