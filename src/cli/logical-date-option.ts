import { type LogicalDate, logicalDateAt, parseLogicalDate } from '../core/logical-date.ts'
import type { CommandContext } from './command.ts'
import { findProject, openProject } from './project.ts'

/**
 * The logical date of a command: `--date`, else TODAY of the environment (make exports it), else
 * today in the project's time zone (UTC outside a project).
 */
export async function resolveLogicalDate(
  option: string | undefined,
  context: CommandContext,
): Promise<LogicalDate> {
  const given = option ?? context.environment['TODAY']
  if (given !== undefined && given !== '') return parseLogicalDate(given)
  const now = context.clock.now()
  if (findProject(context.directory) === undefined) return logicalDateAt(now, 'UTC')
  const { config } = await openProject(context.directory, context.environment)
  return logicalDateAt(now, config.timezone)
}
