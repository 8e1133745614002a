import { FerryError } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest.ts'
import { formatBytes } from '../../core/units.ts'
import { engineOf } from '../../databases/open-database.ts'
import { joinObjectUrl, parseObjectUrl } from '../../formats/object-url.ts'
import { leaseAccess } from '../../mirror/holder/lease-access.ts'
import { type MirroredTable, partsBudget } from '../../mirror/mirror-table.ts'
import { mirrorSource } from '../../mirror/mirror-source.ts'
import { type PartsFolder, partsFolder } from '../../mirror/parts-folder.ts'
import type { SourceSettings } from '../../mirror/source-settings.ts'
import { taskOf, tasksOf, type TableTask } from '../../mirror/table-task.ts'
import { keepHeapSmall } from '../../objects/small-heap.ts'
import { createStorePool, type StorePool } from '../../objects/store-pool.ts'
import type { CommandContext } from '../command.ts'
import { commandDate } from '../database-target.ts'
import { repairMirrored } from '../compare/repair-mirrored.ts'
import { proofHook } from '../compare/proof-hook.ts'
import { objectLocation } from '../object-location.ts'
import { openProject, type Project } from '../project.ts'

export interface MirrorArguments {
  readonly date: string | undefined
  readonly full: boolean
  readonly 'on-schema-change': string | undefined
  readonly repair: boolean
  readonly json: boolean
}

/** `ferry mirror [SOURCE[.TABLE]...]`. @throws FerryError as reading a source and writing parts do */
export async function runMirror(
  args: readonly string[],
  options: MirrorArguments,
  context: CommandContext,
): Promise<number> {
  const { directory, environment, signal, logger, clock, stdout } = context
  const project = await openProject(directory, environment)
  const date = commandDate(options.date, project.config.timezone, context)
  const chosen = withOptions(chooseTables(args, project), options)
  if (options.repair) {
    const names = [...chosen.values()].flat().map(({ name }) => name)
    return await repairMirrored(names, { date, json: options.json }, context)
  }
  keepHeapSmall() // what comes from the sockets is garbage at once
  await using pool = createStorePool({ environment, logger })
  const budget = partsBudget()
  for (const [name, tasks] of chosen) {
    const config = project.config.sources[name]
    if (config === undefined) throw new FerryError('BUG', `no source \`${name}\``)
    const settings: SourceSettings = {
      name,
      config,
      projectDirectory: project.directory,
      environment,
      signal,
      logger,
    }
    const engine = await engineOf(config.url)
    await mirrorSource(
      {
        settings,
        engine,
        date,
        clock,
        full: options.full,
        access: (task, after) => leaseAccess(engine, settings, task, after),
        onSnapshot: proofHook(project, context),
        folderOf: task => folderOf(task, { project, date, pool, budget, context }),
        onTable: (task, done) => {
          for (const change of done.changes)
            logger.warn(`${task.name} has other columns: ${change}`)
          stdout.write(options.json ? jsonLine(task, done) : textLine(task, done))
        },
      },
      tasks,
    )
  }
  return 0
}

/** Tables by source, in the order in which they were named. @throws FerryError USAGE */
function chooseTables(
  args: readonly string[],
  { config: { sources } }: Project,
): ReadonlyMap<string, readonly TableTask[]> {
  const chosen = new Map<string, readonly TableTask[]>()
  for (const text of args.length > 0 ? args : Object.keys(sources)) {
    const dot = text.indexOf('.')
    const name = dot === -1 ? text : text.slice(0, dot)
    const config = sources[name]
    if (config === undefined) {
      const near = nearestName(name, Object.keys(sources))
      throw new FerryError('USAGE', `no source \`${name}\` in ferry.yaml`, {
        hint: near === undefined ? 'name it under `sources`' : `did you mean \`${near}\`?`,
      })
    }
    const tasks = dot === -1 ? tasksOf(name, config) : [taskOf(name, config, text.slice(dot + 1))]
    chosen.set(name, [...(chosen.get(name) ?? []), ...tasks])
  }
  return chosen
}

function withOptions(
  chosen: ReadonlyMap<string, readonly TableTask[]>,
  options: MirrorArguments,
): ReadonlyMap<string, readonly TableTask[]> {
  const given = options['on-schema-change']
  const onSchemaChange = (['add', 'ignore', 'fail'] as const).find(known => known === given)
  if (onSchemaChange === undefined) return chosen
  return new Map(
    [...chosen].map(([name, tasks]) => [name, tasks.map(task => ({ ...task, onSchemaChange }))]),
  )
}

interface FolderChoice {
  readonly project: Project
  readonly date: string
  readonly pool: StorePool
  readonly budget: ReturnType<typeof partsBudget>
  readonly context: CommandContext
}

/** Beside the make target, or in the source's stage. */
async function folderOf(task: TableTask, choice: FolderChoice): Promise<PartsFolder> {
  const { project, date, pool, budget, context } = choice
  const config = project.config.sources[task.source]
  const inProject = { ...context, directory: project.directory }
  const folder =
    config?.stage === undefined
      ? parseObjectUrl(`intermediate/${date}/mirror/${task.name}.parts/`, project.directory)
      : joinObjectUrl(await objectLocation(config.stage, inProject), `mirror/${task.name}/${date}/`)
  const { signal } = context
  const compress = config?.compress ?? 'zstd'
  const isParquet = config?.format === 'parquet'
  const ownFolder = folder.scheme === 'file' ? joinObjectUrl(folder, '') : folder
  return partsFolder({
    store: await pool.open(ownFolder),
    folder: ownFolder,
    compress,
    isParquet,
    budget,
    signal,
  })
}

function textLine({ name, mode }: TableTask, { manifest, rows }: MirroredTable): string {
  const bytes = manifest.parts.reduce((sum, part) => sum + part.bytes, 0)
  const what = manifest.delivery.rows === 'all' ? mode : `${mode}, changes`
  return `${name}: ${rows} rows (${what}), ${manifest.parts.length} parts, ${formatBytes(bytes)}\n`
}

function jsonLine({ name }: TableTask, { manifest, rows, changes }: MirroredTable): string {
  const { delivery, parts } = manifest
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  return `${JSON.stringify({ ...delivery, name, of: delivery.rows, rows, parts: parts.length, bytes, changes })}\n`
}
