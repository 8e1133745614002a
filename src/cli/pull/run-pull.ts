import { FerryError } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import { keepHeapSmall } from '../../objects/small-heap.ts'
import { commandReader } from '../../pull/command/command-reader.ts'
import { pullSourceConfig } from '../../pull/config.ts'
import { firstConfig } from '../../pull/first-config/first-config.ts'
import { fileReader } from '../../pull/files/file-reader.ts'
import { httpReader } from '../../pull/http/http-reader.ts'
import type { PullContext } from '../../pull/pull-context.ts'
import { pullTable, type TableReader } from '../../pull/pull-table.ts'
import { pullSinger } from '../../pull/singer/pull-singer.ts'
import { choose, type TablePlan } from '../../pull/table-plan.ts'
import type { CommandContext } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'
import { objectLocation } from '../object-location.ts'
import { findProject, openProject } from '../project.ts'
import { listFiles } from './list-files.ts'
import { preview } from './preview.ts'

export interface PullArguments {
  readonly date: string | undefined
  readonly singer: string | undefined
  readonly head: number | undefined
  readonly 'dry-run': boolean
  readonly bearer: string | undefined
}

/** `ferry pull [SOURCE[.TABLE]...]`: one after the other; the night makes them beside each other. */
export async function runPull(
  names: readonly string[],
  options: PullArguments,
  context: CommandContext,
): Promise<number> {
  keepHeapSmall()
  const date = await resolveLogicalDate(options.date, context)
  const project = findProject(context.directory) ?? context.directory
  const pulling = pullContext(project, date, context)
  const isPreview = options['dry-run'] || options.head !== undefined
  if (names[0] === 'init')
    return printFirstConfig(names.slice(1), options.bearer, { pulling, context })
  if (options.singer !== undefined) return pullTap(names, options.singer, pulling)
  const { config } = await openProject(context.directory, context.environment)
  const plans = choose(config.pull, names)
  if (plans.length === 0) {
    throw new FerryError('USAGE', 'there is nothing to pull', {
      hint: 'name sources under pull: in ferry.yaml; ferry pull init URL prints a first one',
    })
  }
  const taps = new Set<string>()
  for (const plan of plans) {
    const { source } = plan
    if (isPreview) await preview(plan, options, { pulling, context, readerOf })
    else if (plan.config.singer === undefined) await pullOne(plan, pulling)
    else if (!taps.has(source)) {
      taps.add(source)
      const tap = config.pull[source]
      if (tap !== undefined) await pullSinger(source, tap, pulling)
    }
  }
  return 0
}

/** `ferry pull init URL`: nothing is written but to stdout. */
async function printFirstConfig(
  urls: readonly string[],
  bearer: string | undefined,
  { pulling, context }: { readonly pulling: PullContext; readonly context: CommandContext },
): Promise<number> {
  const [text, ...more] = urls
  if (text === undefined || more.length > 0 || !/^https?:\/\//.test(text)) {
    throw new FerryError('USAGE', '`ferry pull init` takes one URL of HTTP', {
      hint: 'ferry pull init https://api.example/v1/things',
    })
  }
  context.stdout.write(await firstConfig(new URL(text), bearer, pulling))
  return 0
}

/** `--singer COMMAND [NAME]`: a tap that is in no ferry.yaml. */
async function pullTap(
  names: readonly string[],
  singer: string,
  context: PullContext,
): Promise<number> {
  const [name = nameOfTap(singer), ...more] = names
  if (more.length > 0) {
    throw new FerryError('USAGE', 'a tap is one source', {
      hint: 'ferry pull --singer COMMAND NAME',
    })
  }
  await pullSinger(name, pullSourceConfig.parse({ singer }), context)
  return 0
}

/** `tap-github --config c.json` is called `github`. */
function nameOfTap(command: string): string {
  const [program = ''] = command.trim().split(/\s+/)
  const base = program
    .slice(program.lastIndexOf('/') + 1)
    .replace(/^tap-/, '')
    .replace(/\.\w+$/, '')
  return base.replaceAll(/[^\w-]/g, '_').replace(/^(?=[^A-Za-z_])/, '_')
}

async function pullOne(plan: TablePlan, context: PullContext): Promise<void> {
  const takenAt = new Date()
  await pullTable(plan, await readerOf(plan, takenAt, context), takenAt, context)
}

async function readerOf(
  plan: TablePlan,
  takenAt: Date,
  context: PullContext,
): Promise<TableReader> {
  if (plan.config.command !== undefined) return commandReader(plan, takenAt, context)
  if (plan.config.files === undefined) return httpReader(plan, takenAt, context)
  return fileReader(plan, await listFiles(plan, context), context)
}

function pullContext(project: string, date: LogicalDate, context: CommandContext): PullContext {
  const { environment, logger, signal } = context
  const locate = (text: string) => objectLocation(text, { ...context, directory: project })
  return { project, date, environment, logger, signal, locate }
}
