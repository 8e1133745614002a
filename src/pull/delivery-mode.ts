import type { Delivery } from './delivery/deliver.ts'
import type { TablePlan } from './table-plan.ts'

/** What the rows of a table are: all of it, or what is new since `from`. */
export function deliveryMode(
  { config, key }: TablePlan,
  from: string | null,
): Pick<Delivery, 'mode' | 'rows'> {
  const isIncremental = config.since !== undefined
  const mode = config.mode ?? (isIncremental ? (key.length > 0 ? 'incremental' : 'append') : 'full')
  const isPart = isIncremental ? from !== null : mode !== 'full'
  return { mode, rows: isPart ? 'changes' : 'all' }
}
