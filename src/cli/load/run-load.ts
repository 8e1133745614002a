import { FerryError } from '../../core/errors.ts'
import { PartSource } from '../../loader/open-part.ts'
import type { CommandContext } from '../command.ts'
import { commandDate } from '../database-target.ts'
import { openProject } from '../project.ts'
import { findDelivery, tablesOfNight } from './find-deliveries.ts'
import { loadInto } from './load-into.ts'
import type { LoadOptions } from './load-options.ts'
import { printPlan } from './print-plan.ts'

/**
 * `ferry load [TABLE...]`: loads what was delivered on a night. All tables are tried; the first error
 * is thrown when there is only one. @throws FerryError as loadTable does
 */
export async function runLoad(
  tables: readonly string[],
  options: LoadOptions,
  context: CommandContext,
): Promise<number> {
  const project = await openProject(context.directory, context.environment)
  const date = commandDate(options.date, project.config.timezone, context)
  const names = tables.length > 0 ? tables : await tablesOfNight(project.directory, date)
  if (names.length === 0) {
    throw new FerryError('INPUT_MISSING', `nothing was delivered on ${date}`, {
      hint: 'have it delivered: ferry mirror, or name a table and its files: ferry load TABLE URL...',
    })
  }
  await using source = new PartSource({ ...context, directory: project.directory })
  for (const name of names) {
    const found = await findDelivery(project.directory, date, name)
    if (options.plan) await printPlan(found, { project, source, options }, context)
    else await loadInto({ ...found, unread: undefined }, { project, source, options }, context)
  }
  return 0
}
