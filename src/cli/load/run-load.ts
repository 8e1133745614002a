import { FerryError } from '../../core/errors.ts'
import { formatDuration } from '../../core/units.ts'
import { engineOf } from '../../databases/open-database.ts'
import type { LoadOutcome } from '../../formats/load-receipt.ts'
import { keepEdge } from '../../loader/edges.ts'
import { loadTable } from '../../loader/load-table.ts'
import { PartSource } from '../../loader/open-part.ts'
import { recordLoad } from '../../loader/record-load.ts'
import type { CommandContext } from '../command.ts'
import { commandDate } from '../database-target.ts'
import { openProject } from '../project.ts'
import { tablesOfNight, findDelivery, type FoundDelivery } from './find-deliveries.ts'
import type { LoadOptions } from './load-options.ts'
import { printPlan } from './print-plan.ts'
import { type LoadSetting, tableSettings, targetOf, warehousesOf } from './settings.ts'

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
    else await loadInto(found, { project, source, options }, context)
  }
  return 0
}

async function loadInto(
  { delivery, from }: FoundDelivery,
  { project, source, options }: LoadSetting,
  context: CommandContext,
): Promise<void> {
  const { clock, logger, environment, signal } = context
  const { directory } = project
  const startedAt = clock.now()
  const settings = tableSettings(delivery.table, project, options)
  const warehouses: Record<string, LoadOutcome> = {}
  for (const { name, url } of warehousesOf(delivery.table, project, options)) {
    const engine = await engineOf(url)
    const { outcome, isNewest } = await loadTable({
      delivery,
      target: targetOf(delivery.table),
      settings,
      engine,
      warehouse: name,
      open: () => engine.open({ url, projectDirectory: directory, environment, signal }),
      source,
      directory,
      clock,
      logger,
    })
    if (isNewest) {
      const edge = { to: delivery.to, delivery: delivery.id }
      await keepEdge({ directory, from, table: delivery.table }, name, edge)
    }
    warehouses[name] = outcome
    tell(
      outcome,
      { name, table: delivery.table, ms: clock.now().getTime() - startedAt.getTime() },
      context,
    )
  }
  const receipt = await recordLoad({
    directory,
    delivery,
    warehouses,
    startedAt,
    finishedAt: clock.now(),
  })
  if (options.json) context.stdout.write(`${JSON.stringify(receipt)}\n`)
}

function tell(
  { state, strategy, rows, columns, rejectedFile }: LoadOutcome,
  { name, table, ms }: { name: string; table: string; ms: number },
  { logger }: CommandContext,
): void {
  const { added, changed, dropped } = columns
  for (const column of added) logger.warn(`${table}: the column \`${column}\` is new`)
  for (const change of changed) logger.warn(`${table}: the column ${change}`)
  for (const column of dropped) {
    logger.warn(`${table}: the column \`${column}\` is not in the source any more`)
  }
  if (rows.rejected > 0) {
    logger.warn(`${table}: ${rows.rejected} rows do not fit; they are in ${rejectedFile}`)
  }
  const done = {
    loaded: strategy,
    already: 'was loaded already',
    older: 'older than the table',
    empty: 'empty',
  }
  logger.info(`${table}: ${done[state]}, ${rows.out} rows into ${name}, ${formatDuration(ms)}`)
}
