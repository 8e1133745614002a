import type { LogicalDate } from '../core/logical-date.ts'
import type { CommandContext } from './command.ts'
import { commandDate } from './database-target.ts'
import { findProject, openProject } from './project.ts'

/**
 * The logical date of a command: `--date`, else TODAY of the environment (make exports it), else
 * today in the project's time zone (UTC outside a project). Reads ferry.yaml only when it must.
 */
export async function resolveLogicalDate(
  option: string | undefined,
  context: CommandContext,
): Promise<LogicalDate> {
  const isGiven = (option ?? context.environment['TODAY'] ?? '') !== ''
  if (isGiven || findProject(context.directory) === undefined) {
    return commandDate(option, 'UTC', context)
  }
  const { config } = await openProject(context.directory, context.environment)
  return commandDate(undefined, config.timezone, context)
}
