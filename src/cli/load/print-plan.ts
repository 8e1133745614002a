import { engineOf } from '../../databases/open-database.ts'
import { planLoad } from '../../loader/load-request.ts'
import type { StageSettings } from '../../loader/planned-stage.ts'
import { planText } from '../../loader/print-plan.ts'
import type { CommandContext } from '../command.ts'
import { PacedOutput } from '../write-to.ts'
import type { FoundDelivery } from './find-deliveries.ts'
import {
  type LoadSetting,
  type NamedWarehouse,
  tableSettings,
  targetOf,
  warehousesOf,
} from './settings.ts'

/** Engines whose plan can be printed without a warehouse of theirs in ferry.yaml. */
const ENGINES = ['duckdb', 'postgres', 'redshift', 'mssql', 'synapse']

/** Prints what would be run; nothing is asked of a warehouse. @throws FerryError USAGE, UNSUPPORTED */
export async function printPlan(
  { delivery }: FoundDelivery,
  { project, source, options }: LoadSetting,
  context: CommandContext,
): Promise<void> {
  using output = new PacedOutput(context.stdout, context.signal)
  const settings = tableSettings(delivery.table, project, options)
  for (const { name, url, config } of chosen(delivery.table, { project, source, options })) {
    const engine = await engineOf(url)
    const plan = planLoad({
      delivery,
      target: targetOf(delivery.table),
      settings,
      engine,
      source,
      clock: context.clock,
      stage: stageOf(config, project),
    })
    await output.write(`-- ${delivery.table} into ${name} (${engine.name})\n`)
    for (const text of planText(plan)) await output.write(text)
  }
}

/** A store of ferry.yaml by its name, or a URL. */
function stageOf(
  warehouse: NamedWarehouse['config'],
  { config }: LoadSetting['project'],
): StageSettings | undefined {
  if (!('stage' in warehouse) || warehouse.stage === undefined) return undefined
  const { stage, identity, region, slots } = warehouse
  return { url: config.stores[stage] ?? stage, identity, region, slots }
}

function chosen(table: string, { project, options }: LoadSetting): readonly NamedWarehouse[] {
  const { on } = options
  if (on === undefined || on in project.config.warehouses || !ENGINES.includes(on)) {
    return warehousesOf(table, project, options)
  }
  const url = on === 'duckdb' ? 'duckdb:warehouse.duckdb' : `${on}://`
  return [{ name: on, url, config: { url } }]
}
