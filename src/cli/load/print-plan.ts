import { engineOf } from '../../databases/open-database.ts'
import { planLoad } from '../../loader/load-request.ts'
import { planText } from '../../loader/print-plan.ts'
import type { CommandContext } from '../command.ts'
import { PacedOutput } from '../write-to.ts'
import type { FoundDelivery } from './find-deliveries.ts'
import {
  type LoadSetting,
  type NamedWarehouse,
  stageOf,
  tableSettings,
  targetOf,
  warehousesOf,
} from './settings.ts'

/** Engines whose plan can be printed without a warehouse of theirs in ferry.yaml. */
const ENGINES = ['duckdb', 'postgres', 'redshift', 'mssql', 'synapse']

const EXAMPLE_STAGES: Readonly<Record<string, string>> = {
  redshift: 's3://stage/',
  synapse: 'https://account.blob.core.windows.net/stage/',
}

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
      stage: await stageOf(config, context),
    })
    await output.write(`-- ${delivery.table} into ${name} (${engine.name})\n`)
    for (const text of planText(plan)) await output.write(text)
  }
}

function chosen(table: string, { project, options }: LoadSetting): readonly NamedWarehouse[] {
  const { on } = options
  if (on === undefined || on in project.config.warehouses || !ENGINES.includes(on)) {
    return warehousesOf(table, project, options)
  }
  const url = on === 'duckdb' ? 'duckdb:warehouse.duckdb' : `${on}://`
  // What would be asked of a warehouse that fetches files itself.
  return [{ name: on, url, config: { url, stage: EXAMPLE_STAGES[on] } }]
}
