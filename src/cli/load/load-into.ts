import { formatDuration } from '../../core/units.ts'
import { engineOf } from '../../databases/open-database.ts'
import type { LoadOutcome } from '../../formats/load-receipt.ts'
import type { Delivery } from '../../loader/delivery.ts'
import { keepEdge } from '../../loader/edges.ts'
import { loadTable } from '../../loader/load-table.ts'
import { recordLoad } from '../../loader/record-load.ts'
import type { CommandContext } from '../command.ts'
import { type LoadSetting, stageOf, tableSettings, targetOf, warehousesOf } from './settings.ts'

export interface Delivered {
  readonly delivery: Delivery
  /** The room whose next delivery begins where this one ends. */
  readonly from: 'mirror' | 'pull' | undefined
  /** Rows of plain files that could not be read, and the file that keeps them. */
  readonly unread: { readonly rows: number; readonly file: string } | undefined
}

/** Loads a delivery into each warehouse that it is for, and records it. */
export async function loadInto(
  { delivery, from, unread }: Delivered,
  { project, source, options }: LoadSetting,
  context: CommandContext,
): Promise<void> {
  const { clock, logger, environment, signal } = context
  const { directory } = project
  const startedAt = clock.now()
  const settings = tableSettings(delivery.table, project, options)
  const warehouses: Record<string, LoadOutcome> = {}
  for (const { name, url, config } of warehousesOf(delivery.table, project, options)) {
    const engine = await engineOf(url)
    const { outcome: loaded, isNewest } = await loadTable({
      delivery,
      target: targetOf(delivery.table),
      settings,
      engine,
      warehouse: name,
      open: () => engine.open({ url, projectDirectory: directory, environment, signal }),
      source,
      stage: await stageOf(config, context),
      signal,
      directory,
      clock,
      logger,
    })
    if (isNewest && from !== undefined) {
      const edge = { to: delivery.to, delivery: delivery.id }
      await keepEdge({ directory, from, table: delivery.table }, name, edge)
    }
    const outcome = withUnread(loaded, unread)
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

function withUnread(outcome: LoadOutcome, unread: Delivered['unread']): LoadOutcome {
  if (unread === undefined) return outcome
  const { rows } = outcome
  return {
    ...outcome,
    rows: { ...rows, in: rows.in + unread.rows, rejected: rows.rejected + unread.rows },
    rejectedFile: unread.file,
  }
}
