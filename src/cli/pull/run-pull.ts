import { FerryError } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import type { Delivered } from '../../pull/delivery/deliver.ts'
import { httpReader } from '../../pull/http/http-reader.ts'
import type { PullContext } from '../../pull/pull-context.ts'
import { pullTable } from '../../pull/pull-table.ts'
import { choose, type TablePlan } from '../../pull/table-plan.ts'
import type { CommandContext } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'
import { objectLocation } from '../object-location.ts'
import { openProject } from '../project.ts'

export interface PullArguments {
  readonly date: string | undefined
}

/** `ferry pull [SOURCE[.TABLE]...]`: one after the other; the night makes them beside each other. */
export async function runPull(
  names: readonly string[],
  options: PullArguments,
  context: CommandContext,
): Promise<number> {
  const project = await openProject(context.directory, context.environment)
  const date = await resolveLogicalDate(options.date, context)
  const plans = choose(project.config.pull, names)
  if (plans.length === 0) {
    throw new FerryError('USAGE', 'there is nothing to pull', {
      hint: 'name sources under pull: in ferry.yaml; ferry pull init URL prints a first one',
    })
  }
  const pulling = pullContext(project.directory, date, context)
  for (const plan of plans) await pullOne(plan, pulling)
  return 0
}

async function pullOne(plan: TablePlan, context: PullContext): Promise<Delivered> {
  const takenAt = new Date()
  return pullTable(plan, await httpReader(plan, takenAt, context), takenAt, context)
}

function pullContext(project: string, date: LogicalDate, context: CommandContext): PullContext {
  const { environment, logger, signal } = context
  return {
    project,
    date,
    environment,
    logger,
    signal,
    locate: text => objectLocation(text, { ...context, directory: project }),
  }
}
